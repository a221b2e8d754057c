/** The limit: the guarded route without its guard. */
import Fastify from 'fastify';
import { readConfig, serve } from './serve.ts';

const app = Fastify();
app.get('/guarded', () => ({ user: '0123456789abcdef0123456789abcdef' }));
await serve(app, readConfig());
