import { errors, Provider, type Account, type Configuration, type KoaContextWithOIDC } from 'oidc-provider';
import { standardLevels, type AuthenticationEvent } from '../assurance/index.ts';
import { eventOf, type Engine } from '../core/engine.ts';
import { CofactorError, errorName } from '../base/errors.ts';
import { sha256 } from '../core/ids.ts';
import type { UserRecord } from '../core/store.ts';
import { clearCookie, setCookie } from '../http/cookies.ts';
import { adapterFactory, consumeNow } from './adapter.ts';
import { refuseBelow } from './below.ts';
import { malformedParameter } from './asked.ts';
import { currentCall } from './call.ts';
import type { ClientRegistry } from './client-registry.ts';
import { extraMetadata, metadataOf, resourceScopesOf } from './clients.ts';
import { deviceSources } from './device.ts';
import { loadGrant } from './grants.ts';
import { handOverPage } from './hand-over.ts';
import { headersFor } from './headers.ts';
import { fail, frameOf, send, setHeaders } from './koa.ts';
import type { OidcConfig } from './options.ts';
import { errorPage, loggedOutPage, logoutPage } from './pages.ts';
import { createPolicy } from './policy.ts';
import { claimsOfScopes, ownScopes } from './scopes.ts';
import { Signer } from './signer.ts';
import type { SigningKey } from './signing-keys.ts';

/** How long a browser that asked for something keeps the id that it is bound to, in seconds. */
const browserLife = 86_400;

/**
 * oidc-provider as this server needs it: its protocol, our sessions, cookies, pages and decision. Made anew when the signing
 * keys change.
 */
export function createProvider(
  engine: Engine,
  config: OidcConfig,
  clients: ClientRegistry,
  keys: readonly SigningKey[],
): Provider {
  const provider = providerOf(
    config.issuer,
    { ...configuration(engine, config, clients), features: features(engine, config) },
    keys,
  );
  // The address is the configured one, whatever a request says (I-26); `handle` sees to the headers.
  provider.proxy = true;
  adopt(provider);
  acceptLocalhost(provider);
  answer(provider, engine, config);
  listen(provider, engine);
  return provider;
}

/** Signs with our own hands where oidc-provider lets us; to it that is an experiment, which a later version may know otherwise. */
function providerOf(issuer: string, settings: Configuration, keys: readonly SigningKey[]): Provider {
  const { features: whole } = settings;
  try {
    return new Provider(issuer, {
      ...settings,
      features: { ...whole, externalSigningSupport: { enabled: true, ack: 'experimental-01' } },
      jwks: { keys: keys.map((key) => new Signer(key)) },
    });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const jwks = { keys: keys.map(({ kid, alg, jwk }) => ({ ...jwk, kid, alg, use: 'sig' as const })) };
    return new Provider(issuer, { ...settings, jwks });
  }
}

function configuration(engine: Engine, config: OidcConfig, clients: ClientRegistry): Configuration {
  const { lifetimes, algorithms } = config;
  const signing = [...algorithms] as ('ES256' | 'EdDSA' | 'RS256')[];
  return {
    adapter: adapterFactory(engine, clients),
    clients: config.clients.map(metadataOf),
    clientDefaults: {
      id_token_signed_response_alg: signing[0] ?? 'ES256',
      grant_types: ['authorization_code'],
    },
    enabledJWA: {
      idTokenSigningAlgValues: signing,
      requestObjectSigningAlgValues: ['ES256', 'EdDSA', 'RS256', 'PS256'],
      clientAuthSigningAlgValues: ['ES256', 'EdDSA', 'RS256', 'PS256'],
      dPoPSigningAlgValues: ['ES256', 'EdDSA'],
      userinfoSigningAlgValues: signing,
    },
    acrValues: reachableLevels(engine),
    scopes: [...ownScopes],
    claims: { ...claimsOfScopes },
    extraClientMetadata: { properties: [...extraMetadata] },
    responseTypes: config.hybrid ? ['code', 'code id_token'] : ['code'],
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
    conformIdTokenClaims: true,
    // Where a code goes is said in each request, as OpenID Connect Core 3.1.2.1 has it.
    allowOmittingSingleRegisteredRedirectUri: false,
    pkce: { required: () => true },
    clientBasedCORS: (_ctx, origin, client) =>
      (client.redirectUris ?? []).some((uri) => URL.parse(uri)?.origin === origin),
    cookies: {
      names: { session: '_session', interaction: '_interaction', resume: '_interaction_resume' },
      keys: [],
    },
    routes: {
      authorization: '/auth',
      pushed_authorization_request: '/par',
      token: '/token',
      userinfo: '/userinfo',
      jwks: '/jwks',
      revocation: '/revoke',
      introspection: '/introspect',
      end_session: '/logout',
      device_authorization: '/device/start',
      code_verification: '/device',
    },
    interactions: {
      policy: createPolicy(engine, config),
      url: (_ctx, interaction) => `${config.base}/interaction/${interaction.uid}`,
    },
    findAccount: (ctx, id, token) => accountOf(engine, ctx, id, token),
    loadExistingGrant: (ctx) => loadGrant(ctx, engine),
    // Ours look at the session, and at the account's generation, when they are found.
    expiresWithSession: () => false,
    rotateRefreshToken: true,
    revokeGrantPolicy: (ctx) =>
      !(ctx.oidc.route === 'revocation' && ctx.oidc.entities.AccessToken !== undefined),
    issueRefreshToken: (_ctx, client, source) =>
      client.grantTypeAllowed('refresh_token') && source.scopes.has('offline_access'),
    extraTokenClaims: (ctx, token) => (token.kind === 'AccessToken' ? proofIn(ctx) : undefined),
    ttl: {
      AuthorizationCode: lifetimes.code,
      AccessToken: (_ctx, token) =>
        (token as { resourceServer?: { accessTokenTTL?: number } }).resourceServer?.accessTokenTTL ??
        lifetimes.accessToken,
      ClientCredentials: (_ctx, token) =>
        (token as { resourceServer?: { accessTokenTTL?: number } }).resourceServer?.accessTokenTTL ??
        lifetimes.accessToken,
      RefreshToken: lifetimes.refreshToken,
      DeviceCode: lifetimes.deviceCode,
      Interaction: lifetimes.interaction,
      IdToken: 3600,
      Grant: lifetimes.refreshToken + 86_400,
      Session: engine.config.session.absolute,
    },
    // Clients are told of sign-outs, and nothing else is fetched. What the operator configured may well be inside; what somebody
    // wrote into the database has to be outside, which oidc-provider's dispatcher sees to.
    fetch(url, request) {
      const { dispatcher: _outsideOnly, ...anywhere } = (request ?? {}) as RequestInit & {
        dispatcher?: unknown;
      };
      const { href } = new URL(url instanceof Request ? url.url : url);
      const isOurs = config.clients.some(
        ({ backchannelLogoutUri: told }) => told !== undefined && URL.parse(told)?.href === href,
      );
      return globalThis.fetch(url, isOurs || config.privateNetworks ? anywhere : request);
    },
    renderError(ctx, out, error) {
      const { error: name, error_description: description } = out;
      const wrongBrowser = error.name === 'SessionNotFound';
      const detail = wrongBrowser ? null : `${name}: ${description ?? ''}`;
      const retry = ctx.status >= 500 && ctx.method === 'GET' ? currentCall().request.url : null;
      send(ctx, errorPage(frameOf(engine, config), ctx.status, detail, retry));
    },
  };
}

function features(engine: Engine, config: OidcConfig): NonNullable<Configuration['features']> {
  return {
    devInteractions: { enabled: false },
    claimsParameter: { enabled: true },
    pushedAuthorizationRequests: { enabled: true },
    dPoP: { enabled: true },
    revocation: { enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId },
    introspection: {
      enabled: true,
      allowedPolicy: async (ctx, client, token) =>
        token.clientId === client.clientId ||
        ((client as { may_introspect?: unknown }).may_introspect === true &&
          // What a client had that is gone is worth nothing.
          (await ctx.oidc.provider.Client.find(token.clientId ?? '')) !== undefined),
    },
    clientCredentials: { enabled: true },
    backchannelLogout: { enabled: true },
    userinfo: { enabled: true },
    jwtUserinfo: { enabled: false },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource(ctx) {
        const { session, client } = ctx.oidc;
        const { state } = session as unknown as { state?: { secret?: string } };
        const target = ctx.oidc.params?.['post_logout_redirect_uri'];
        const page = logoutPage(frameOf(engine, config), {
          action: `${config.base}/logout/confirm`,
          xsrf: state?.secret ?? '',
          application: client?.clientName ?? null,
          user: currentCall().session?.user.identifier ?? '',
        });
        send(ctx, page);
        setHeaders(ctx, headersFor(engine.config, typeof target === 'string' ? target : null));
      },
      postLogoutSuccessSource(ctx) {
        send(ctx, loggedOutPage(frameOf(engine, config)));
      },
    },
    deviceFlow: {
      enabled: true,
      charset: 'base-20',
      mask: '****-****',
      ...deviceSources(engine, config),
    },
    resourceIndicators: {
      enabled: true,
      // One of these two is called for every request that asks for something, before oidc-provider reads the parameters in
      // its own way: the first where no resource is named, the second for each that is.
      defaultResource(ctx, _client, oneOf) {
        refuseMalformed(ctx);
        return oneOf?.[0] ?? [];
      },
      useGrantedResource: () => true,
      getResourceServerInfo(ctx, resource, client) {
        refuseMalformed(ctx);
        const known = config.resources.get(resource);
        if (!known) throw new errors.InvalidTarget();
        return {
          scope: known.scopes.filter((scope) => resourceScopesOf(client).includes(scope)).join(' '),
          audience: resource,
          accessTokenTTL: known.accessTokenLifetime,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: config.algorithms[0] ?? 'ES256' } },
        };
      },
    },
  };
}

function refuseMalformed({ oidc: { params = {}, route } }: KoaContextWithOIDC): void {
  const wrong = route.endsWith('resume') ? null : malformedParameter(params);
  if (wrong !== null) throw new errors.InvalidRequest(wrong);
}

/** The levels that somebody can reach with the factors there are: what discovery says is true. */
function reachableLevels({ config }: Engine): string[] {
  const events = [...config.providers.values()].map((provider): AuthenticationEvent => {
    const event = eventOf(provider, null, new Date(0));
    // What a key does beyond proving possession is seen with each one that is enrolled; there are keys that do it all.
    const isKey = event.kind === 'have' && event.phishingResistant === true;
    return isKey ? { ...event, userVerified: true, hardwareProtected: true } : event;
  });
  return standardLevels.filter((level) => level.reached(events)).map(({ acr }) => acr);
}

/** The sign-in behind what a token is made from, for access tokens too (RFC 9068, 2.2.1; RFC 9470, 6). */
function proofIn(ctx: KoaContextWithOIDC): Record<string, unknown> | undefined {
  const { RotatedRefreshToken, RefreshToken, AuthorizationCode, DeviceCode } = ctx.oidc.entities;
  const source = AuthorizationCode ?? RotatedRefreshToken ?? RefreshToken ?? DeviceCode;
  if (!source) return undefined;
  const { acr, amr, authTime } = source as { acr?: string; amr?: readonly string[]; authTime?: number };
  return { acr, amr, auth_time: authTime };
}

async function accountOf(
  engine: Engine,
  ctx: KoaContextWithOIDC,
  id: string,
  token: unknown,
): Promise<Account | undefined> {
  const { session } = currentCall();
  const { extra, acr, amr } = (token ?? {}) as {
    readonly extra?: Readonly<Record<string, unknown>>;
    readonly acr?: string;
    readonly amr?: readonly string[];
  };
  if (acr !== undefined) await refuseBelow(engine, ctx, id, { acr, amr: amr ?? [] });
  return {
    accountId: id,
    async claims(_use, scope, claims) {
      // Nothing of the person is read for a client that asks for nothing of theirs.
      const asksMore = /\b(profile|email|roles)\b/.test(scope) || Object.keys(claims).length > 0;
      if (!asksMore) return { ...extra, sub: id };
      const user =
        session?.user.id === id ? session.user : (await engine.store.account(engine.realm, { id }))?.user;
      return { ...extra, ...(user && claimsOf(user)), sub: id };
    },
  };
}

function claimsOf(user: UserRecord): Record<string, unknown> {
  return {
    preferred_username: user.identifier,
    ...(user.language !== null && { locale: user.language }),
    ...(user.email !== null && { email: user.email, email_verified: user.emailVerifiedAt !== null }),
    roles: [...user.roles],
  };
}

/**
 * Makes the session of oidc-provider ours: it has one id for as long as the sign-in lasts, and every client is told which
 * sign-in it is (`sid`), so that it can be told when that is over.
 */
function adopt(provider: Provider): void {
  const session = provider.Session.prototype as unknown as {
    resetIdentifier: () => void;
    ensureClientContainer: (this: ClientsOfSession, clientId: string) => void;
    getValueAndPayload: (
      this: KeptOfSession,
    ) => Promise<{ readonly value: string; readonly payload: object }>;
  };
  session.resetIdentifier = () => undefined;
  // All that is kept of it: the rest is ours already.
  session.getValueAndPayload = async function () {
    return { value: this.jti, payload: { authorizations: this.authorizations, state: this.state } };
  };
  // The same whoever asks first, so that of several at once none is told another one.
  session.ensureClientContainer = function (clientId) {
    if (this.sidFor(clientId) === undefined) this.sidFor(clientId, sha256(`sid ${this.uid} ${clientId}`));
  };
  const client = provider.Client.prototype as unknown as { includeSid: () => boolean };
  client.includeSid = () => true;
  // A logout token has the same key, client and person, and says that they are not signed in (Back-Channel Logout 1.0, 2.4).
  const token = provider.IdToken as unknown as {
    validate: (jwt: string, client: object) => Promise<{ readonly header: { readonly typ?: string } }>;
  };
  const { validate } = token;
  token.validate = async (jwt, of) => {
    const validated = await validate.call(token, jwt, of);
    if (validated.header.typ === undefined || validated.header.typ === 'JWT') return validated;
    throw new errors.InvalidRequest('it is no id_token');
  };
}

interface KeptOfSession {
  readonly jti: string;
  readonly authorizations?: object;
  readonly state?: unknown;
}

interface ClientsOfSession {
  readonly uid: string;
  sidFor(clientId: string, value?: string): string | undefined;
}

/** Which addresses a client may have is checked already; one that gets an id_token with its code is developed on localhost, too. */
function acceptLocalhost(provider: Provider): void {
  const { Schema } = provider.Client as unknown as { readonly Schema: { readonly prototype: ClientSchema } };
  const { invalidate } = Schema.prototype;
  Schema.prototype.invalidate = function (message, code) {
    if (code !== 'implicit-force-https' && code !== 'implicit-forbid-localhost')
      invalidate.call(this, message, code);
  };
}

/** How oidc-provider refuses a client. */
interface ClientSchema {
  invalidate: (this: unknown, message: string, code?: string) => void;
}

/** In the discovery document: there may be other providers by now than there were at start. */
function tellLevels(engine: Engine, ctx: { readonly body?: unknown; readonly oidc?: unknown }): void {
  const { route } = (ctx.oidc ?? {}) as { readonly route?: string };
  const isDocument = route === 'discovery' && typeof ctx.body === 'object' && ctx.body !== null;
  if (isDocument) Object.assign(ctx.body, { acr_values_supported: reachableLevels(engine) });
}

/** Answers with the headers of the house, a page for who lost their way, and with no cookies but ours. */
function answer(provider: Provider, engine: Engine, config: OidcConfig): void {
  const ofAll = Object.entries(headersFor(engine.config));
  provider.use(async (ctx, next) => {
    const call = currentCall();
    for (const [name, value] of ofAll) ctx.res.setHeader(name, value);
    let late: Error | null = null;
    try {
      await next();
      late = await consumeNow(engine, call);
      tellLevels(engine, ctx);
    } catch (error) {
      // What oidc-provider does not answer for itself: writing down a session after everything else, for one.
      fail(ctx, engine, config, error);
    }
    if (late && ctx.status < 400) {
      ctx.status = 400;
      ctx.body = { error: 'invalid_grant', error_description: late.message };
    }
    ctx.remove('set-cookie');
    if (ctx.status === 404 && (ctx.body ?? null) === null && ctx.accepts('json', 'html') === 'html') {
      const page = errorPage(frameOf(engine, config), 404, null);
      ctx.body = page.body;
      ctx.status = page.status;
      setHeaders(ctx, page.headers);
    }
    const { params } = (ctx['oidc'] ?? {}) as { readonly params?: Readonly<Record<string, unknown>> };
    const target = params?.['redirect_uri'] ?? params?.['post_logout_redirect_uri'];
    const handOver = typeof ctx.body === 'string' ? handOverPage(frameOf(engine, config), ctx.body) : null;
    if (handOver !== null) {
      ctx.body = handOver;
      const leadsTo = typeof target === 'string' ? target : null;
      const { 'content-security-policy': wider = '' } = headersFor(engine.config, leadsTo);
      const action = /form-action [^;]*/.exec(wider)?.[0] ?? '';
      ctx.set(
        'content-security-policy',
        ctx.response.get('content-security-policy').replace(/form-action [^;]*/, action),
      );
    }
    const cookies = [...call.cookies];
    if (call.keepsBrowser && call.browserSecret !== null) {
      cookies.push(setCookie(engine.config, 'oidc', call.browserSecret, browserLife));
    }
    if (call.signedOut) cookies.push(clearCookie(engine.config, 'session'));
    if (cookies.length > 0) ctx.set('set-cookie', cookies);
  });
}

function listen(provider: Provider, engine: Engine): void {
  const { log } = engine.config;
  provider.on('server_error', (ctx: KoaContextWithOIDC, error: unknown) => {
    log.error({ error, route: ctx.oidc?.route }, 'the OpenID Connect server failed');
    if (!(error instanceof CofactorError)) return;
    ctx.status = 503;
    ctx.set('retry-after', String(error.retryAfter ?? 5));
  });
  const refused = (ctx: KoaContextWithOIDC, error: Error): void => {
    const { error: name = errorName(error), error_description: description } = error as {
      readonly error?: string;
      readonly error_description?: string;
    };
    const client = ctx.oidc.client?.clientId;
    log.info({ error: name, description, client }, 'an OpenID Connect request was refused');
  };
  // Also where an id_token in it says the same, for clients that look for nothing else (RFC 9207, 2).
  provider.on('authorization.success', (_ctx, response) => {
    if (response) response['iss'] = provider.issuer;
  });
  provider.on('authorization.error', refused);
  provider.on('grant.error', refused);
}
