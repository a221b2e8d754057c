/** The limit on Express: the guarded route without its guard. */
import express from 'express';
import { readConfig, serveHttp } from './serve.ts';

const app = express();
app.get('/guarded', (_request, response) => {
  response.json({ user: '0123456789abcdef0123456789abcdef' });
});
await serveHttp(app, readConfig());
