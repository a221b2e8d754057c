/** The same application with Passport, its strategy for OpenID Connect, and sessions in the memory of express-session. */
import express, { type RequestHandler } from 'express';
import session from 'express-session';
import passport from 'passport';
import { Strategy, type VerifyFunction } from 'passport-openidconnect';
import { oidcClient } from '../oidc-client.ts';
import { readConfig, serveHttp } from './serve.ts';

interface User {
  readonly sub: string;
  readonly amr: readonly string[];
}

const config = readConfig();
const { issuer = '' } = config;
// What express-session says is that memory is not for production.
console.warn = () => undefined;

type Done = (error: unknown, user: User) => void;
// Its types know the shortest one only of the functions that it takes.
const verify: unknown = (
  _issuer: string,
  { id }: { readonly id: string },
  { methods }: { readonly methods?: unknown },
  _idToken: string,
  done: Done,
) => done(null, { sub: id, amr: Array.isArray(methods) ? methods : [] });
passport.use(
  new Strategy(
    {
      issuer,
      authorizationURL: `${issuer}/authorize`,
      tokenURL: `${issuer}/token`,
      userInfoURL: `${issuer}/userinfo`,
      clientID: oidcClient.id,
      clientSecret: oidcClient.secret,
      callbackURL: `${config.origin}/callback`,
      skipUserProfile: true,
    },
    verify as VerifyFunction,
  ),
);
passport.serializeUser((user, done) => done(null, user));
passport.deserializeUser((user: User, done) => done(null, user));

const requireMfa: RequestHandler = (request, response, next) => {
  if (!request.isAuthenticated()) {
    if (request.accepts('html')) response.redirect('/login');
    else response.status(401).json({ error: 'not signed in' });
  } else if (!(request.user as User).amr.includes('mfa')) {
    response.status(403).json({ error: 'two factors are needed' });
  } else {
    next();
  }
};

const app = express();
app.use(session({ secret: 'the secret of a benchmark', resave: false, saveUninitialized: false }));
app.use(passport.session());
app.get('/login', passport.authenticate('openidconnect'));
app.get('/callback', passport.authenticate('openidconnect'), (_request, response) =>
  response.redirect('/guarded'),
);
app.get('/guarded', requireMfa, (request, response) => {
  response.json({ user: (request.user as User).sub });
});
await serveHttp(app, config);
