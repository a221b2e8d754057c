import { CofactorError } from 'cofactor';
import { adminProblem, bodyOf, line, type AdminAnswer, type AdminRoute } from 'cofactor/admin';
import { standardLevels } from 'cofactor/assurance';
import type { OidcClient, OidcServer } from 'cofactor/oidc-server';
import { byOf, json, noContent, type ManagedRealm } from './context.ts';
import type { ClientBody, ClientList, ClientMade, ClientView, NewClientBody } from './contract.ts';
import type { OfRealm } from './routes.ts';
import { address, addresses, flag, names, nothing } from './schemas.ts';

const clients = '/realms/:realm/clients';

const fields = {
  name: line(64),
  redirectUris: addresses,
  jwks: { type: 'object' },
  postLogoutRedirectUris: addresses,
  backchannelLogoutUri: address,
  firstParty: flag,
  minimumAcr: line(32),
  maxAge: { type: 'integer', minimum: 0, maximum: 31_536_000 },
  scopes: names,
  deviceFlow: flag,
  serviceAccount: flag,
  hybrid: flag,
  introspection: flag,
  requirePushedRequests: flag,
  requireDpop: flag,
  idTokenAlgorithm: line(16),
} as const;
const needed = ['name', 'redirectUris'];

/** The routes about applications that sign people in here. */
export function clientRoutes(ofRealm: OfRealm): readonly AdminRoute[] {
  const ofServer = (
    call: Parameters<OfRealm>[0],
    answer: (oidc: OidcServer, realm: ManagedRealm) => Promise<AdminAnswer>,
  ): Promise<AdminAnswer> =>
    ofRealm(call, (realm) => (realm.oidc ? answer(realm.oidc, realm) : adminProblem('not-found')));

  return [
    {
      method: 'GET',
      path: clients,
      permission: 'clients.read',
      confirmed: false,
      summary: 'Applications that sign people in here',
      answers: [200, 401, 403, 404],
      handle: (call) =>
        ofServer(call, async (oidc) => {
          const view: ClientList = {
            clients: (await oidc.clients.list()).map((client) => clientView(oidc, client)),
            levels: standardLevels.map(({ acr }) => acr),
            ...oidc.clients.choices,
            issuer: oidc.issuer,
          };
          return json(200, view);
        }),
    },
    {
      method: 'POST',
      path: clients,
      permission: 'clients.write',
      confirmed: true,
      summary: 'Add an application; its secret is shown once',
      body: bodyOf({ id: line(128), confidential: flag, ...fields }, ['id', 'confidential', ...needed]),
      answers: [201, 400, 401, 403, 404, 409, 422],
      handle: (call) =>
        ofServer(call, async (oidc, realm) => {
          const { confidential, ...client } = call.body as NewClientBody;
          if (oidc.clients.isConfigured(client.id)) return adminProblem('taken');
          const secret = confidential ? newSecret(realm) : null;
          const change = {
            client: withSecret(client as OidcClient, secret),
            version: null,
            by: byOf(call.actor),
          };
          return replace(oidc, change, 'taken', (made) =>
            json(201, { client: made, secret } satisfies ClientMade),
          );
        }),
    },
    {
      method: 'PUT',
      path: `${clients}/:client`,
      permission: 'clients.write',
      confirmed: true,
      summary: 'Replace all of an application but its secret',
      body: bodyOf(fields, needed),
      answers: [200, 400, 401, 403, 404, 409, 422],
      handle: (call) =>
        ofServer(call, async (oidc) => {
          const before = await stored(oidc, call.params['client'] ?? '');
          if ('status' in before) return before;
          const { id, secret = null } = before.client;
          const client = withSecret({ ...(call.body as ClientBody), id } as OidcClient, secret);
          const change = { ...before, client, by: byOf(call.actor) };
          return replace(oidc, change, 'outdated', (made) => json(200, made));
        }),
    },
    {
      method: 'POST',
      path: `${clients}/:client/secret`,
      permission: 'clients.write',
      confirmed: true,
      summary: 'Make a new secret, shown once; the one before is worth nothing then',
      body: nothing,
      answers: [200, 400, 401, 403, 404, 409, 422],
      handle: (call) =>
        ofServer(call, async (oidc, realm) => {
          const before = await stored(oidc, call.params['client'] ?? '');
          if ('status' in before) return before;
          const secret = newSecret(realm);
          const change = { ...before, client: withSecret(before.client, secret), by: byOf(call.actor) };
          return replace(oidc, change, 'outdated', (made) =>
            json(200, { client: made, secret } satisfies ClientMade),
          );
        }),
    },
    {
      method: 'DELETE',
      path: `${clients}/:client`,
      permission: 'clients.write',
      confirmed: true,
      summary: 'Remove an application; all its tokens are worth nothing',
      body: nothing,
      answers: [204, 400, 401, 403, 404, 409],
      handle: (call) =>
        ofServer(call, async (oidc) => {
          const id = call.params['client'] ?? '';
          if (oidc.clients.isConfigured(id)) return adminProblem('configured');
          const removed = await oidc.clients.remove(id, byOf(call.actor));
          return removed ? noContent : adminProblem('not-found');
        }),
    },
  ];
}

interface Change {
  readonly client: OidcClient;
  /** What it is in place of; `null`: of nothing. */
  readonly version: string | null;
  readonly by: string;
}

/** A client as the database has it now, or why it cannot be changed. */
async function stored(
  oidc: OidcServer,
  id: string,
): Promise<Omit<Change, 'by'> | Extract<AdminAnswer, { body: unknown }>> {
  if (oidc.clients.isConfigured(id)) return adminProblem('configured');
  return (await oidc.clients.stored(id)) ?? adminProblem('not-found');
}

async function replace(
  oidc: OidcServer,
  { client, version, by }: Change,
  otherwise: 'taken' | 'outdated',
  answer: (made: ClientView) => AdminAnswer,
): Promise<AdminAnswer> {
  try {
    const made = await oidc.clients.replace(client, version, by);
    return made ? answer(clientView(oidc, made)) : adminProblem(otherwise);
  } catch (error) {
    if (!(error instanceof CofactorError) || error.code !== 'ERR_CONFIG_OIDC_CLIENT') throw error;
    return adminProblem('refused', { detail: error.message });
  }
}

function withSecret({ secret: _before, ...client }: OidcClient, secret: string | null): OidcClient {
  return secret === null ? client : { ...client, secret };
}

/** As many bits as any other secret here. */
function newSecret({ auth }: ManagedRealm): string {
  return Buffer.from(auth.engine.config.random.bytes(32)).toString('base64url');
}

/** Never with the secret. */
function clientView(oidc: OidcServer, { secret, ...client }: OidcClient): ClientView {
  return {
    ...client,
    hasSecret: secret !== undefined,
    source: oidc.clients.isConfigured(client.id) ? 'configured' : 'stored',
  };
}
