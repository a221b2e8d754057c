/** The same application with express-openid-connect, its session in a cookie, guarded by its own check of a claim. */
import express, { type ErrorRequestHandler } from 'express';
import openidConnect from 'express-openid-connect';
import { oidcClient } from '../oidc-client.ts';
import { readConfig, serveHttp } from './serve.ts';

const { auth, claimIncludes } = openidConnect;
const config = readConfig();
const app = express();
app.use(
  auth({
    baseURL: config.origin,
    issuerBaseURL: config.issuer ?? '',
    clientID: oidcClient.id,
    clientSecret: oidcClient.secret,
    secret: 'the secret of a benchmark, of no use elsewhere',
    idTokenSigningAlg: 'ES256',
    authorizationParams: { response_type: 'code', scope: oidcClient.scope },
    authRequired: false,
    enableTelemetry: false,
  }),
);
// It asks for somebody who is signed in as well, as `requiresAuth()` does.
app.get('/guarded', claimIncludes('amr', 'mfa'), (request, response) => {
  response.json({ user: request.oidc.user?.['sub'] });
});
// Express would print each refusal.
const refuse: ErrorRequestHandler = (error: { readonly status?: number }, _request, response, _next) => {
  response.status(error.status ?? 500).end();
};
app.use(refuse);
await serveHttp(app, config);
