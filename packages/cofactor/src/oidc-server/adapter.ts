import { errors, type Adapter, type AdapterPayload } from 'oidc-provider';
import { assuranceOf } from '../assurance/index.ts';
import type { Engine } from '../core/engine.ts';
import { newSecret, sha256 } from '../core/ids.ts';
import { open, seal } from '../core/keys/envelope.ts';
import type { ArtifactRecord } from '../core/oidc-store.ts';
import { endSessions, loginOf } from '../core/sessions/sessions.ts';
import type { ClientRegistry } from './client-registry.ts';
import { callInProgress, currentCall, type OidcCall } from './call.ts';

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
};

function artifactAdapter(engine: Engine, kind: string): Adapter {
  const { store, realm, config, keys } = engine;
  const { oidc } = store;
  const idOf = (value: string): string => sha256(`${kind} ${value}`);
  const placeOf = (value: string): string => `oidc_artifacts ${idOf(value)}`;

  const payloadOf = (artifact: ArtifactRecord, jti: string): AdapterPayload => {
    const payload = JSON.parse(artifact.payload) as Payload;
    return {
      ...payload,
      jti,
      ...(artifact.consumedAt && { consumed: Math.floor(artifact.consumedAt.getTime() / 1000) }),
    };
  };
  const remember = (artifact: ArtifactRecord, payload: AdapterPayload): AdapterPayload | undefined => {
    const call = callInProgress();
    if (!call) return payload;
    if (kind === 'Interaction') {
      // Of another browser: it is not there.
      if (call.browser === null || (payload as Payload).browser !== call.browser) return undefined;
      call.interaction = artifact;
    }
    if (sources.has(kind)) call.source = artifact;
    return payload;
  };

  return {
    async upsert(id, payload: Payload, expiresIn = 0) {
      const now = config.clock.now();
      const { jti: value, userCode, ...kept } = payload;
      const call = callInProgress();
      const artifact: ArtifactRecord = {
        id: idOf(id),
        realm,
        kind,
        payload: JSON.stringify({
          ...kept,
          ...(kind === 'Interaction' && { browser: browserOf(engine, currentCall()) }),
          // Found by what a person typed, it has to be saved again under what the device holds.
          ...(userCode !== undefined && { sealed: seal(value, placeOf(id), keys, config.random) }),
        }),
        clientId: payload.clientId ?? null,
        user: ownerOf(payload, call),
        login: loginFor(kind, payload, call),
        userCode: userCode === undefined ? null : keys.hmac('hash', `user code ${userCode}`),
        createdAt: now,
        expiresAt: new Date(now.getTime() + expiresIn * 1000),
        consumedAt: null,
      };
      if (kind !== 'ReplayDetection') return oidc.put(artifact);
      // Seen before by somebody who was a moment faster.
      if (!(await oidc.add(artifact))) throw new errors.InvalidRequest('it was used before');
    },
    async find(id) {
      const artifact = await oidc.find(realm, idOf(id), config.clock.now());
      return artifact?.kind === kind ? remember(artifact, payloadOf(artifact, id)) : undefined;
    },
    async findByUserCode(userCode) {
      const hashes = keys.ids.map((id) => keys.hmac('hash', `user code ${userCode}`, id));
      for (const hash of hashes) {
        const artifact = await oidc.findByUserCode(realm, hash, config.clock.now());
        if (!artifact) continue;
        const { sealed } = JSON.parse(artifact.payload) as { sealed: string };
        return {
          ...payloadOf(artifact, open(sealed, `oidc_artifacts ${artifact.id}`, keys) as string),
          userCode,
        };
      }
      return undefined;
    },
    async findByUid() {
      return undefined;
    },
    async consume(id) {
      // Of two at once the second one is a replay as any other (I-04, A-137).
      if (await oidc.consume(realm, idOf(id), config.clock.now())) return;
      const artifact = await oidc.find(realm, idOf(id), config.clock.now());
      const { grantId } = (artifact ? JSON.parse(artifact.payload) : {}) as { grantId?: string };
      if (grantId !== undefined) await oidc.drop(realm, sha256(`Grant ${grantId}`));
      if (kind === 'PushedAuthorizationRequest') throw new errors.InvalidRequestUri('it was used before');
      throw new errors.InvalidGrant('it was used before');
    },
    async destroy(id) {
      await oidc.drop(realm, idOf(id));
    },
    // Whatever belongs to a grant is looked at together with it, and it is gone by then.
    async revokeByGrantId(grantId) {
      await oidc.drop(realm, sha256(`Grant ${grantId}`));
    },
  };
}

/** What tokens are made from. */
const sources = new Set(['AuthorizationCode', 'RefreshToken', 'DeviceCode']);

/** Requests in progress belong to the browser that they came from. */
function browserOf(engine: Engine, call: OidcCall): string {
  if (call.browser === null) {
    const { secret, id } = newSecret('brw', engine.config.random);
    call.browser = id;
    call.newBrowser = secret;
  }
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
  if (kind === 'AuthorizationCode') return call?.session ? loginOf(call.session.session) : null;
  if (kind !== 'AccessToken' && kind !== 'RefreshToken') return null;
  const { source } = call ?? {};
  if (!source || source.kind !== 'AuthorizationCode') return source?.login ?? null;
  const { scope = '' } = JSON.parse(source.payload) as { scope?: string };
  return scope.split(' ').includes('offline_access') ? null : source.login;
}

/** Marks the id that oidc-provider is given for our session: it never had a cookie of its own. */
export function sessionKeyOf(call: OidcCall): string | null {
  if (call.session) return `login:${loginOf(call.session.session)}`;
  return call.browser === null ? null : `browser:${call.browser}`;
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
      for (const { clientId, data } of parts) call.parts.set(clientId, data);
      const { '': own, ...authorizations } = Object.fromEntries(
        parts.map(({ clientId, data }) => [clientId, JSON.parse(data) as unknown]),
      );
      const { session } = call;
      const assurance = session && assuranceOf(session.session.events);
      return {
        kind: 'Session',
        jti: key,
        uid: sha256(`uid ${key}`),
        ...(Object.keys(authorizations).length > 0 && { authorizations }),
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
      browserOf(engine, call);
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
        await oidc.putSession({
          id: rowOf(key),
          clientId,
          realm,
          userId: session?.user.id ?? null,
          login: session ? loginOf(session.session) : null,
          data,
          expiresAt: session?.session.expiresAt ?? new Date(now.getTime() + 3_600_000),
        });
        call.parts.set(clientId, data);
      }
    },
    /** Signed out by a client: our session ends, and with it everything that hangs on it. */
    async destroy(key) {
      const call = currentCall();
      if (key !== sessionKeyOf(call)) return;
      await oidc.dropSession(realm, rowOf(key));
      const { session } = call;
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
