import { errors, type Adapter, type AdapterPayload } from 'oidc-provider';
import { assuranceOf } from '../assurance/index.ts';
import type { Engine } from '../core/engine.ts';
import { newSecret, sha256 } from '../core/ids.ts';
import { open, seal } from '../base/keys/envelope.ts';
import type { ArtifactRecord, FoundArtifact } from '../core/oidc-store.ts';
import { endSessions, loginOf, unusedSince } from '../core/sessions/sessions.ts';
import type { ClientRegistry } from './client-registry.ts';
import { callInProgress, currentCall, sessionKeyOf, type OidcCall } from './call.ts';

/** What oidc-provider keeps, on the store of everything else. One adapter for each of its models. */
export function adapterFactory(engine: Engine, clients: ClientRegistry): (model: string) => Adapter {
  return (model) => {
    if (model === 'Client') return clientAdapter(clients);
    if (model === 'Session') return sessionAdapter(engine);
    return artifactAdapter(engine, model);
  };
}

type Payload = AdapterPayload & {
  readonly jti?: string;
  readonly scope?: string;
  readonly userCode?: string;
  /** Ours: the browser that a request in progress is bound to. */
  readonly browser?: string;
  /** Ours: members that are not for a reader of the database. */
  readonly sealed?: string;
};

function artifactAdapter(engine: Engine, kind: string): Adapter {
  const { store, realm, config, keys } = engine;
  const { oidc } = store;
  const idOf = (value: string): string => artifactId(kind, value);
  const placeOf = (value: string): string => `oidc_artifacts ${idOf(value)}`;

  // What somebody else holds and a reader of the database must not: a device's code, the address of a request in progress.
  const members = secretMembers[kind] ?? [];
  const partlySealed = (id: string, payload: Payload): string => {
    const { jti: _value, userCode: _typed, ...whole } = payload;
    const kept = Object.fromEntries(Object.entries(whole).filter(([name]) => !members.includes(name)));
    const secret = Object.fromEntries(members.map((name) => [name, payload[name]]));
    const browser = kind === 'Interaction' && { browser: browserOf(engine, currentCall()) };
    const sealed = seal(secret, placeOf(id), keys, config.random);
    return JSON.stringify({ ...kept, ...browser, sealed }, withoutHint);
  };
  const payloadOf = (artifact: ArtifactRecord, jti: string): AdapterPayload => {
    const payload = JSON.parse(artifact.payload) as AdapterPayload & { sealed?: string; consumed?: unknown };
    if (payload.sealed !== undefined) {
      Object.assign(payload, open(payload.sealed, `oidc_artifacts ${artifact.id}`, keys));
      delete payload.sealed;
    }
    payload.jti = jti;
    if (artifact.consumedAt) payload.consumed = Math.floor(artifact.consumedAt.getTime() / 1000);
    return payload;
  };
  const look = (value: string): Promise<FoundArtifact | null> => {
    const ask = (): Promise<FoundArtifact | null> =>
      oidc.find(realm, idOf(value), config.clock.now(), unusedSince(engine));
    const call = callInProgress();
    if (!call || !tokens.has(kind)) return ask();
    const asked = call.tokens.get(value) ?? ask();
    call.tokens.set(value, asked);
    return asked;
  };
  /** Of two at once the second one is a replay as any other, and ends what came of the first (I-04, A-137). */
  const replayed = async (id: string): Promise<Error> => {
    const artifact = await oidc.find(realm, id, config.clock.now(), unusedSince(engine));
    const { grantId } = (artifact ? JSON.parse(artifact.payload) : {}) as { grantId?: string };
    if (grantId !== undefined) await oidc.drop(realm, artifactId('Grant', grantId));
    return kind === 'PushedAuthorizationRequest'
      ? new errors.InvalidRequestUri('it was used before')
      : new errors.InvalidGrant('it was used before');
  };
  const remember = (artifact: FoundArtifact, payload: AdapterPayload): AdapterPayload | undefined => {
    const call = callInProgress();
    if (!call) return payload;
    if (kind === 'Interaction') {
      // Of another browser: it is not there.
      if (call.browser === null || (payload as Payload).browser !== call.browser) return undefined;
      call.interaction = artifact;
    }
    if (sources.has(kind)) call.source = artifact;
    if (artifact.grant !== null && artifact.grantPayload !== null) {
      call.grants.set(artifact.grant, artifact.grantPayload);
    }
    return payload;
  };

  return {
    async upsert(id, payload: Payload, expiresIn = 0) {
      const now = config.clock.now();
      const { jti: _value, userCode, ...kept } = payload;
      const call = callInProgress();
      const artifact: ArtifactRecord = {
        id: idOf(id),
        realm,
        kind,
        payload: members.length === 0 ? JSON.stringify(kept) : partlySealed(id, payload),
        clientId: payload.clientId ?? null,
        grant: payload.grantId === undefined ? null : artifactId('Grant', payload.grantId),
        user: ownerOf(payload, call),
        login: loginFor(kind, payload, call),
        userCode: userCode === undefined ? null : keys.hmac('hash', `user code ${userCode}`),
        createdAt: now,
        expiresAt: new Date(now.getTime() + expiresIn * 1000),
        consumedAt: null,
      };
      forget(call);
      if (kind !== 'ReplayDetection') {
        const consuming = call?.consuming ?? null;
        if (call) call.consuming = null;
        const kept = await oidc.put(artifact, consuming ? { id: consuming.id, now } : undefined);
        if (!kept && consuming) throw await consuming.refused();
        return;
      }
      // Seen before by somebody who was a moment faster.
      if (!(await oidc.add(artifact))) throw new errors.InvalidRequest('it was used before');
    },
    async find(id) {
      const known = kind === 'Grant' ? callInProgress()?.grants.get(idOf(id)) : undefined;
      if (known !== undefined) return { ...(JSON.parse(known) as Payload), jti: id };
      const artifact = await look(id);
      return artifact?.kind === kind ? remember(artifact, payloadOf(artifact, id)) : undefined;
    },
    async findByUserCode(userCode) {
      const hashes = keys.ids.map((id) => keys.hmac('hash', `user code ${userCode}`, id));
      for (const hash of hashes) {
        const artifact = await oidc.findByUserCode(realm, hash, config.clock.now(), unusedSince(engine));
        if (!artifact) continue;
        const { sealed = '' } = JSON.parse(artifact.payload) as Payload;
        const { jti } = open(sealed, `oidc_artifacts ${artifact.id}`, keys) as { jti: string };
        return { ...payloadOf(artifact, jti), userCode };
      }
      return undefined;
    },
    async findByUid() {
      return undefined;
    },
    async consume(id) {
      const call = callInProgress();
      forget(call);
      const consumed = { id: idOf(id), refused: () => replayed(idOf(id)) };
      // What comes of a code is kept along with using it up, in one go.
      if (call && sources.has(kind)) call.consuming = consumed;
      else if (!(await oidc.consume(realm, consumed.id, config.clock.now()))) throw await consumed.refused();
    },
    async destroy(id) {
      forget(callInProgress());
      await oidc.drop(realm, idOf(id));
    },
    // Whatever belongs to a grant is looked at together with it, and it is gone by then.
    async revokeByGrantId(grantId) {
      forget(callInProgress());
      await oidc.drop(realm, artifactId('Grant', grantId));
    },
  };
}

/**
 * Uses up what a request was to use up and made nothing from that is kept: a JWT, or an error. The answer is refused where
 * somebody was faster.
 */
export async function consumeNow(engine: Engine, call: OidcCall): Promise<Error | null> {
  const { consuming } = call;
  if (!consuming) return null;
  call.consuming = null;
  const { store, realm, config } = engine;
  return (await store.oidc.consume(realm, consuming.id, config.clock.now())) ? null : consuming.refused();
}

/** It was looked at when the request came, and is somebody's token: it is not kept with the request. */
function withoutHint(name: string, value: unknown): unknown {
  return name === 'id_token_hint' ? undefined : value;
}

/** Members that are somebody's secret, by kind. Found by what a person typed, a device's code has to be known again. */
const secretMembers: Readonly<Record<string, readonly string[]>> = {
  DeviceCode: ['jti'],
  Interaction: ['returnTo', 'deviceCode', 'parJti'],
};

/** What a client holds as a token; which sort it is, is seen when it is found. */
const tokens = new Set(['AccessToken', 'ClientCredentials', 'RefreshToken']);

function artifactId(kind: string, value: string): string {
  return sha256(`${tokens.has(kind) ? 'token' : kind} ${value}`);
}

/** What was read is not believed any longer once something was written. */
function forget(call: OidcCall | undefined): void {
  call?.grants.clear();
  call?.tokens.clear();
}

/** What tokens are made from. */
const sources = new Set(['AuthorizationCode', 'RefreshToken', 'DeviceCode']);

/** Requests in progress belong to the browser that they came from. */
function browserOf(engine: Engine, call: OidcCall): string {
  if (call.browser === null) {
    const { secret, id } = newSecret('brw', engine.config.random);
    call.browser = id;
    call.browserSecret = secret;
  }
  // Sent anew with each request that begins, so that it lasts as long as the newest of them.
  call.keepsBrowser = true;
  return call.browser;
}

/**
 * Whose it is and for which generation of the account it was decided (I-06): what is made from something else has that one's,
 * so that nothing is younger than the proof behind it.
 */
function ownerOf(payload: Payload, call: OidcCall | undefined): ArtifactRecord['user'] {
  const { accountId } = payload;
  if (accountId === undefined || call === undefined) return null;
  if (call.source?.user?.id === accountId) return call.source.user;
  if (call.session?.user.id === accountId) {
    return { id: accountId, generation: call.session.session.generation };
  }
  throw new TypeError('something was to be issued for somebody who is not there');
}

/** The sign-in that something ends with. What is for being used when nobody is there (`offline_access`) outlives it. */
function loginFor(kind: string, payload: Payload, call: OidcCall | undefined): string | null {
  if (kind === 'AuthorizationCode' || (kind === 'DeviceCode' && payload.accountId !== undefined)) {
    return call?.session ? loginOf(call.session.session) : (call?.source?.login ?? null);
  }
  if (kind !== 'AccessToken' && kind !== 'RefreshToken') return null;
  const { source } = call ?? {};
  if (!source || source.kind === 'RefreshToken') return source?.login ?? null;
  const { scope = '' } = JSON.parse(source.payload) as { scope?: string };
  return scope.split(' ').includes('offline_access') ? null : source.login;
}

/** What belongs to a sign-in is kept under the id of that, by which it is found when it is over. */
function rowOf(key: string): string {
  return key.startsWith('login:') ? key.slice('login:'.length) : sha256(key);
}

/** The session of oidc-provider is ours, with what each client has of it beside it. */
function sessionAdapter(engine: Engine): Adapter {
  const { store, realm, config } = engine;
  const { oidc } = store;
  return {
    async find(key) {
      const call = currentCall();
      if (key !== sessionKeyOf(call)) return undefined;
      const parts = await oidc.session(realm, rowOf(key), config.clock.now());
      call.parts.clear();
      for (const { clientId, data, grant, grantPayload } of parts) {
        call.parts.set(clientId, data);
        if (grant !== null && grantPayload !== null) call.grants.set(grant, grantPayload);
      }
      const { '': own, ...authorizations } = Object.fromEntries(
        parts.map(({ clientId, data }) => [clientId, JSON.parse(data) as unknown]),
      );
      const { session } = call;
      const assurance = session && assuranceOf(session.session.events);
      return {
        kind: 'Session',
        jti: key,
        uid: sha256(`uid ${key}`),
        // Whoever is to be told of a sign-out is, whatever ends it; oidc-provider does not do it once more.
        ...(Object.keys(authorizations).length > 0 && !call.endsSession && { authorizations }),
        ...(own !== undefined && { state: own }),
        ...(session && {
          accountId: session.user.id,
          loginTs: Math.floor((assurance?.authTime?.getTime() ?? 0) / 1000),
          acr: assurance?.acr ?? undefined,
          amr: [...(assurance?.amr ?? [])],
        }),
        exp: Math.floor(config.clock.now().getTime() / 1000) + config.session.absolute,
      } as AdapterPayload;
    },
    async upsert(_key, payload) {
      const call = currentCall();
      const now = config.clock.now();
      if (!call.session) browserOf(engine, call);
      const key = sessionKeyOf(call);
      if (key === null) return;
      const { session } = call;
      const wanted = new Map(
        Object.entries({
          ...payload.authorizations,
          ...(payload.state !== undefined && { '': payload.state }),
        }).map(([client, value]) => [client, JSON.stringify(value)] as const),
      );
      if (payload.state === undefined && call.parts.has('')) wanted.set('', 'null');
      for (const [clientId, data] of wanted) {
        if (call.parts.get(clientId) === data) continue;
        const { grantId } = (JSON.parse(data) ?? {}) as { readonly grantId?: string };
        await oidc.putSession({
          id: rowOf(key),
          clientId,
          realm,
          userId: session?.user.id ?? null,
          login: session ? loginOf(session.session) : null,
          data,
          grant: grantId === undefined ? null : artifactId('Grant', grantId),
          expiresAt: session?.session.expiresAt ?? new Date(now.getTime() + 3_600_000),
        });
        call.parts.set(clientId, data);
      }
    },
    /** Signed out by a client: our session ends, and with it everything that hangs on it. */
    async destroy(key) {
      const call = currentCall();
      if (key !== sessionKeyOf(call)) return;
      const { session } = call;
      if (!session) await oidc.dropSession(realm, rowOf(key));
      if (session) await endSessions(engine, session.user, { only: session.session.id }, 'signed-out');
      call.session = null;
      call.signedOut = true;
    },
    async findByUid() {
      return undefined;
    },
    async findByUserCode() {
      return undefined;
    },
    async consume() {},
    async revokeByGrantId() {},
  };
}

function clientAdapter(clients: ClientRegistry): Adapter {
  return {
    async find(id) {
      return clients.metadata(id);
    },
    async upsert() {},
    async findByUid() {
      return undefined;
    },
    async findByUserCode() {
      return undefined;
    },
    async destroy() {},
    async consume() {},
    async revokeByGrantId() {},
  };
}
