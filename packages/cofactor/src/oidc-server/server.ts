import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Provider } from 'oidc-provider';
import type { Cofactor } from '../core/cofactor.ts';
import { CofactorError } from '../base/errors.ts';
import { idOf } from '../core/ids.ts';
import { peer } from '../base/peer.ts';
import { readSession } from '../core/sessions/sessions.ts';
import type { UserRecord } from '../core/store.ts';
import { clientAddressFinder } from '../http/client-address.ts';
import { readCookie } from '../http/cookies.ts';
import { csrfToken, isOwnOrigin, isOwnRequest } from '../http/csrf.ts';
import { maxBodyBytes, type HttpRequest, type HttpResponse } from '../http/index.ts';
import { languageOf } from '../http/language.ts';
import { redirect } from '../http/route.ts';
import { runCall, sessionKeyOf, type OidcCall } from './call.ts';
import { applications, removeApplication } from './applications.ts';
import { ClientRegistry } from './client-registry.ts';
import type { OidcClient } from './clients.ts';
import { reserveCodeTry, settleCodeTry, tooManyTries } from './device.ts';
import { withdraw } from './grants.ts';
import { headersFor, type PageResponse } from './headers.ts';
import { interactionChoice, interactionPage, purposeFinder, type InteractionContext } from './interaction.ts';
import { LogoutNotices } from './logout-notices.ts';
import { checkOidcOptions, type OidcConfig, type OidcServerOptions } from './options.ts';
import { errorPage, type Frame } from './pages.ts';
import { loadKeys, rotateKeys, type SigningKey } from './signing-keys.ts';
import { oidcTexts } from './texts.ts';

/** An OpenID Connect server for the accounts of one realm: made by `createOidcServer`, mounted by `oidcServer` or `handle`. */
export interface OidcServer {
  readonly auth: Cofactor;
  /** What clients are configured with; its discovery document is at `<issuer>/.well-known/openid-configuration`. */
  readonly issuer: string;
  /** Path of everything it answers. */
  readonly base: string;
  /**
   * Answers a request of `node:http` below `base`; `false` where it is for somebody else, and nothing was done then. Nobody
   * may have read its body.
   */
  handle(request: IncomingMessage, response: ServerResponse): Promise<boolean>;
  /** The clients of the database, beside those of the configuration. */
  readonly clients: {
    list(): Promise<readonly OidcClient[]>;
    find(id: string): Promise<OidcClient | null>;
    /** Adds a client, or replaces it; `by` is for the record. Seen by every node within a second. Throws `ERR_CONFIG_OIDC_CLIENT`. */
    put(client: OidcClient, by?: string): Promise<OidcClient>;
    /** One of the database as it is now, not as a node remembers it, and what `replace` knows it by. */
    stored(id: string): Promise<{ readonly client: OidcClient; readonly version: string } | null>;
    /**
     * As `put`, in place of that version and of nothing else, or of none (`null`): two who change a client at once do not take
     * each other's change back, such as a new secret. `null`, and nothing is written, where it is another by now.
     */
    replace(client: OidcClient, version: string | null, by?: string): Promise<OidcClient | null>;
    /** Removes a client with all its tokens; `false` where there is none. */
    remove(id: string, by?: string): Promise<boolean>;
    /** Whether a client stands in the configuration, and can only be changed there. */
    isConfigured(id: string): boolean;
    /** What clients may be given here. */
    readonly choices: { readonly scopes: readonly string[]; readonly algorithms: readonly string[] };
  };
  /** Takes back what a person lets a client have, tokens included; `false` where that is nothing. */
  withdraw(user: Pick<UserRecord, 'id'>, client: string): Promise<boolean>;
  /**
   * Makes new signing keys. They are published at once and sign an hour later, so that nobody meets a signature of a key they
   * have not seen; `immediately` is for keys that got out: the old ones are gone then, and what they signed with
   * them; another node goes on with them for a minute at most. `by` is for the record.
   */
  rotateKeys(options?: { readonly immediately?: boolean; readonly by?: string }): Promise<void>;
  /** Makes what is needed ready: schema, keys. Mounting calls it. */
  start(): Promise<void>;
  /** Stops what `start` began. */
  close(): Promise<void>;
}

/** How long the signing keys are believed that were read, in milliseconds: far less than new ones are published before. */
const keysForMs = 60_000;

const providerModule = peer('oidc-provider', 'cofactor/oidc-server', () => import('./provider.ts'));

/**
 * Makes an OpenID Connect server that honours what its clients ask: `acr_values`, essential `acr`, `max_age`, `prompt`, and
 * each client's own minimum.
 *
 * @example
 * const oidc = createOidcServer(auth, {
 *   clients: [{ id: 'shop', name: 'Shop', redirectUris: ['https://shop.example/callback'], minimumAcr: 'mfa' }],
 * });
 * await app.register(cofactor, { auth });
 * await app.register(oidcServer, { oidc });
 *
 * @throws {CofactorError} `ERR_CONFIG_*`, naming the option and what it takes.
 */
export function createOidcServer(auth: Cofactor, options: OidcServerOptions = {}): OidcServer {
  const { engine } = auth;
  const { config: core } = engine;
  const config = checkOidcOptions(auth, options);
  const clients = new ClientRegistry(engine, config);
  const addressOf = clientAddressFinder(core.trustedProxies);
  let made: { readonly keys: string; readonly provider: Provider; readonly until: number } | undefined;
  let loading: Promise<Provider> | undefined;

  const load = async (): Promise<Provider> => {
    const { createProvider } = await providerModule();
    const keys = await loadKeys(engine, config.algorithms);
    const names = keys.map(({ kid }) => kid).join(' ');
    const provider = made?.keys === names ? made.provider : createProvider(engine, config, clients, keys);
    made = { keys: names, provider, until: core.clock.now().getTime() + until(keys, core.clock.now()) };
    return provider;
  };
  const provider = (): Promise<Provider> => {
    const now = core.clock.now().getTime();
    if (made && now < made.until && made.until - now <= keysForMs) return Promise.resolve(made.provider);
    loading ??= load().finally(() => (loading = undefined));
    return loading;
  };
  const notices = new LogoutNotices(engine, provider);
  const context: InteractionContext = {
    engine,
    config,
    clients,
    async finish(uid, result) {
      const { Interaction } = await provider();
      const interaction = await Interaction.find(uid);
      if (!interaction) throw new TypeError('the request in progress is gone');
      // Who is signed in by now is looked at when it goes on; who was at first does not matter any more.
      Object.assign(interaction, { result, session: undefined });
      await interaction.persist();
      return interaction.returnTo;
    },
    async keep(uid, result) {
      const { Interaction } = await provider();
      const interaction = await Interaction.find(uid);
      if (!interaction) throw new TypeError('the request in progress is gone');
      Object.assign(interaction, { result });
      await interaction.persist();
    },
  };

  return Object.freeze<OidcServer>({
    auth,
    issuer: config.issuer,
    base: config.base,
    handle: (request, response) => handle({ auth, config, context, provider, addressOf }, request, response),
    clients: {
      list: () => clients.list(),
      find: (id) => clients.find(id),
      stored: (id) => clients.stored(id),
      put: (client, by) => clients.put(client, by),
      replace: (client, version, by) => clients.replace(client, version, by),
      remove: (id, by) => clients.drop(id, by),
      isConfigured: (id) => clients.isConfigured(id),
      choices: { scopes: config.scopes, algorithms: config.algorithms },
    },
    withdraw: (user, client) => withdraw(engine, user.id, client),
    async rotateKeys(how) {
      await rotateKeys(engine, config.algorithms, how);
      await load();
    },
    async start() {
      await auth.start();
      engine.purposes.add(`${config.base}/interaction/`, purposeFinder(engine, config, clients));
      const names = Object.entries(oidcTexts).map(([language, { appsTitle }]): [string, string] => [
        language,
        appsTitle,
      ]);
      engine.accountPages.set(`${config.base}/applications`, Object.fromEntries<string>(names));
      await load();
      notices.start();
    },
    async close() {
      notices.close();
      await auth.close();
    },
  });
}

/** Milliseconds until the keys are to be looked at again: when the next one begins to sign, if that is sooner. */
function until(keys: readonly SigningKey[], now: Date): number {
  const next = keys.map(({ activeAt }) => activeAt.getTime() - now.getTime()).filter((ms) => ms > 0);
  return Math.min(keysForMs, ...next);
}

interface Parts {
  readonly auth: Cofactor;
  readonly config: OidcConfig;
  readonly context: InteractionContext;
  readonly provider: () => Promise<Provider>;
  readonly addressOf: (request: HttpRequest) => string;
}

/** What RFC 8414, 3.1 puts before the issuer's path, and not after it. */
const metadataPath = '/.well-known/oauth-authorization-server';

function pathBelow(base: string, path: string): string | null {
  if (path.startsWith(`${base}/`)) return path.slice(base.length);
  return path === `${metadataPath}${base}` ? metadataPath : null;
}

/** Endpoints that people come to with their browser: who is signed in matters there. */
const front = /^\/(?:auth|device|logout|interaction|applications)(?:\/|$)/;

async function handle(parts: Parts, raw: IncomingMessage, response: ServerResponse): Promise<boolean> {
  const { auth, config } = parts;
  const { engine } = auth;
  const url = raw.url ?? '/';
  const mark = url.indexOf('?');
  const whole = mark === -1 ? url : url.slice(0, mark);
  const path = pathBelow(config.base, whole);
  if (path === null) return false;
  const request: HttpRequest = {
    method: raw.method ?? 'GET',
    url,
    headers: raw.headers,
    body: null,
    remoteAddress: raw.socket.remoteAddress ?? '',
  };
  const frame: Frame = {
    engine,
    base: config.authBase,
    // Looked for only where there is something to read.
    get language() {
      return languageOf(engine.config, request);
    },
  };
  try {
    // oidc-provider takes any spelling; what is looked at here are these.
    if (isOtherSpelling(path) || (path === '/device/start' && /^(?:GET|HEAD)$/.test(request.method))) {
      send(response, engine, errorPage(frame, 404, null));
      return true;
    }
    const isFront = front.test(path) && path !== '/device/start';
    const call: OidcCall = {
      request,
      get language() {
        return frame.language;
      },
      ip: parts.addressOf(request),
      session: isFront
        ? await readSession(engine, readCookie(engine.config, request, 'session'), { live: true })
        : null,
      browser: isFront ? idOf('brw', readCookie(engine.config, request, 'oidc')) : null,
      browserSecret: isFront ? (readCookie(engine.config, request, 'oidc') ?? null) : null,
      keepsBrowser: false,
      source: null,
      interaction: null,
      consuming: null,
      grants: new Map(),
      tokens: new Map(),
      parts: new Map(),
      cookies: [],
      endsSession: path === '/logout/confirm',
      signedOut: false,
    };
    const uid = /^\/interaction\/([^/]+)$/.exec(path)?.[1] ?? null;
    if (uid === null && path !== '/applications') {
      await protocol(parts, call, frame, { raw, response, path, url });
    } else {
      const query = new URLSearchParams(mark === -1 ? '' : url.slice(mark + 1));
      const page = await runCall(call, () => ownPage(parts, call, frame, raw, uid, query));
      send(response, engine, page, raw.method === 'HEAD');
    }
  } catch (error) {
    engine.config.log.error({ error }, 'the OpenID Connect server failed');
    sendFailure(response, engine, frame, error, raw.method === 'GET' ? url : null);
  }
  return true;
}

/** Whatever happened, there is an answer. */
function sendFailure(
  response: ServerResponse,
  engine: Cofactor['engine'],
  frame: Frame,
  error: unknown,
  retry: string | null,
): void {
  if (response.headersSent) return void response.destroy();
  const away = error instanceof CofactorError;
  try {
    const page = errorPage(frame, away ? 503 : 500, null, retry);
    send(response, engine, { ...page, headers: { ...page.headers, ...(away && { 'retry-after': '5' }) } });
  } catch {
    response.writeHead(500).end();
  }
}

/** The pages that are not the protocol's: that of a request in progress, or the applications of an account. */
async function ownPage(
  { auth, config, context }: Parts,
  call: OidcCall,
  frame: Frame,
  raw: IncomingMessage,
  uid: string | null,
  query: URLSearchParams,
): Promise<PageResponse> {
  const { engine } = auth;
  const { method } = call.request;
  if (method === 'GET' || method === 'HEAD') {
    if (uid !== null) return interactionPage(context, call, uid, query);
    if (!call.session) return toSignIn(config, call.request.url);
    const { token, cookie } = csrfToken(engine, call.request);
    const removed = query.get('removed');
    const { id } = call.session.user;
    const page = await applications(engine, config, context.clients, frame, id, token, removed);
    return cookie === null ? page : { ...page, headers: { ...page.headers, 'set-cookie': cookie } };
  }
  const body = method === 'POST' && isOwnOrigin(engine, call.request) ? await readForm(raw) : null;
  if (!body) return errorPage(frame, 400, null);
  if (uid !== null) return interactionChoice(context, call, uid, body);
  if (!call.session || !isOwnRequest(engine, call.request, body.get('csrf') ?? undefined)) {
    return errorPage(frame, 403, null, `${config.base}/applications`);
  }
  const removed = body.get('client') ?? '';
  await removeApplication(engine, call.session.user.id, removed);
  return redirect(`${config.base}/applications?${String(new URLSearchParams({ removed }))}`);
}

function toSignIn(config: OidcConfig, returnTo: string): HttpResponse {
  return redirect(`${config.authBase}/sign-in?${String(new URLSearchParams({ return_to: returnTo }))}`);
}

interface Exchange {
  readonly raw: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
  readonly url: string;
}

/** Everything else is the protocol's: oidc-provider answers it, with what we let it see of the request. */
async function protocol(parts: Parts, call: OidcCall, frame: Frame, exchange: Exchange): Promise<void> {
  const { auth, config } = parts;
  const { engine } = auth;
  const { raw, response, path, url } = exchange;
  const isDevice = /^\/device(?:\/(?!start$)|$)/.test(path);
  // Codes of devices are for who is signed in, so that guessing them is counted for somebody.
  if (isDevice && !call.session) return send(response, engine, toSignIn(config, url));
  const changes = raw.method === 'POST' && front.test(path) && path !== '/device/start';
  if (changes && !isOwnOrigin(engine, call.request))
    return send(response, engine, errorPage(frame, 400, null));
  const counts = changes && isDevice;
  if (counts) {
    const wait = await reserveCodeTry(engine, call);
    if (wait !== null) return send(response, engine, tooManyTries(frame, config, wait));
  }
  if (!call.session && leavesRow.has(path)) {
    const now = engine.config.clock.now();
    const wait = engine.openers.wait(call.ip, now);
    if (wait > 0) return send(response, engine, tooMany(frame, wait));
    engine.openers.add(call.ip, now);
  }
  const key = sessionKeyOf(call);
  const uid = /^\/(?:auth|device)\/([A-Za-z0-9_-]{1,64})$/.exec(path)?.[1];
  const cookies = [
    ...(key === null ? [] : [`_session=${key}`]),
    ...(uid === undefined ? [] : [`_interaction_resume=${uid}`]),
  ];
  const { origin } = engine.config;
  // Who asks and where is known by now; nothing of it is taken from what a client wrote into its request (I-26).
  const headers: IncomingHttpHeaders = {};
  for (const [name, value] of Object.entries(raw.headers)) {
    if (name !== 'cookie' && name !== 'forwarded' && !name.startsWith('x-forwarded-')) headers[name] = value;
  }
  headers.host = origin.host;
  headers['x-forwarded-host'] = origin.host;
  headers['x-forwarded-proto'] = origin.protocol.slice(0, -1);
  if (cookies.length > 0) headers.cookie = cookies.join('; ');
  raw.headers = headers;
  const search = url.includes('?') ? url.slice(url.indexOf('?')) : '';
  Object.assign(raw, { originalUrl: `${config.base}${path}${search}`, url: path + search });
  const provider = await parts.provider();
  await runCall(call, () => answerOf(provider)(raw, response));
  if (counts) await settleCodeTry(engine, call, response.statusCode < 400);
}

/** Of paths whose second part is not an id. */
const exact = new Set(['/device/start', '/logout/confirm', '/logout/success']);

/** Whether a path is one of ours to oidc-provider alone, which knows no case and no slash at the end. */
function isOtherSpelling(path: string): boolean {
  const [, first = ''] = path.split('/');
  if (first !== first.toLowerCase() || path.endsWith('/')) return true;
  return !exact.has(path) && exact.has(path.toLowerCase());
}

/** What strangers can have a row written by, so that there is a limit to it for each network. */
const leavesRow = new Set(['/auth', '/par', '/logout', '/device/start']);

function tooMany(frame: Frame, seconds: number): PageResponse {
  const page = errorPage(frame, 429, null);
  return { ...page, headers: { ...page.headers, 'retry-after': String(seconds) } };
}

const answers = new WeakMap<Provider, ReturnType<Provider['callback']>>();

/** Put together once: it is the same for every request. */
function answerOf(provider: Provider): ReturnType<Provider['callback']> {
  let answer = answers.get(provider);
  if (!answer) answers.set(provider, (answer = provider.callback()));
  return answer;
}

function send(
  response: ServerResponse,
  { config }: Cofactor['engine'],
  page: PageResponse,
  bare = false,
): void {
  const { status, headers, body, formTarget } = page;
  response.writeHead(status, { ...headersFor(config, formTarget), ...(headers as Record<string, string>) });
  response.end(bare ? undefined : (body ?? undefined));
}

/** The fields of a form, each once; `null` for anything else. */
async function readForm(raw: IncomingMessage): Promise<URLSearchParams | null> {
  if (!/^application\/x-www-form-urlencoded(?:;|$)/i.test(raw.headers['content-type'] ?? '')) return null;
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of raw as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBodyBytes) return null;
    chunks.push(chunk);
  }
  const form = new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
  return new Set(form.keys()).size === [...form].length ? form : null;
}
