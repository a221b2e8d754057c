import type { OidcClient } from 'cofactor/oidc-server';
import { byOf, type Result, type Run } from '../command.ts';
import { CommandError } from '../exits.ts';
import { fields, plural, table } from '../text.ts';

export async function list(run: Run): Promise<Result> {
  const open = await run.open();
  const oidc = await open.oidc(run.option('realm') ?? 'users');
  const configured = new Set(run.settings.clients.map(({ id }) => id));
  const clients = (await oidc.clients.list()).map((client) => viewOf(client, configured.has(client.id)));
  return {
    json: { issuer: oidc.issuer, clients },
    text:
      clients.length === 0
        ? ''
        : table(
            ['id', 'name', 'from', 'secret', 'at least', 'leads back to'],
            clients.map((client) => [
              client.id,
              client.name,
              client.source,
              client.hasSecret ? 'yes' : 'no',
              client.minimumAcr ?? '-',
              client.redirectUris[0] ?? '-',
            ]),
          ),
    notes:
      clients.length === 0
        ? ['No application signs in here yet. Add one: cofactor client add --help']
        : [plural(clients.length, 'client')],
  };
}

/** Without what proves it. */
function viewOf(
  { secret, ...client }: OidcClient,
  configured: boolean,
): Omit<OidcClient, 'secret'> & {
  readonly hasSecret: boolean;
  readonly source: 'settings' | 'database';
} {
  return { ...client, hasSecret: secret !== undefined, source: configured ? 'settings' : 'database' };
}

export async function add(run: Run): Promise<Result> {
  const id = run.argument('id');
  const open = await run.open();
  const oidc = await open.oidc(run.option('realm') ?? 'users');
  if (await oidc.clients.find(id)) {
    throw new CommandError('refused', `There is a client ${id} already.`, `See: cofactor client list`);
  }
  const secret = run.flag('public') ? undefined : Buffer.from(run.io.random.bytes(32)).toString('base64url');
  const optional = {
    secret,
    postLogoutRedirectUris: some(run.list('post-logout-redirect-uri')),
    backchannelLogoutUri: run.option('backchannel-logout-uri'),
    minimumAcr: run.option('minimum-acr'),
    maxAge: run.number('max-age'),
    scopes: some(run.list('scope')),
    firstParty: run.flag('first-party') || undefined,
    deviceFlow: run.flag('device-flow') || undefined,
    serviceAccount: run.flag('service-account') || undefined,
  };
  const given = Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined));
  const client: OidcClient = {
    id,
    name: run.option('name') ?? id,
    redirectUris: run.list('redirect-uri'),
    ...given,
  };
  let made: OidcClient;
  try {
    made = await oidc.clients.put(client, byOf(run));
  } catch (error) {
    if ((error as { readonly code?: unknown }).code !== 'ERR_CONFIG_OIDC_CLIENT') throw error;
    throw new CommandError('usage', (error as Error).message);
  }
  return {
    json: { issuer: oidc.issuer, client: viewOf(made, false), secret: secret ?? null },
    text: fields([
      ['issuer', oidc.issuer],
      ['client_id', id],
      ...(secret === undefined ? [] : [['client_secret', secret] as const]),
      ['leads back to', made.redirectUris.join(', ') || '-'],
    ]),
    notes: [
      secret === undefined
        ? 'It has no secret: PKCE protects its requests.'
        : 'The secret is shown this once. Put it where the application reads it.',
    ],
  };
}

function some(values: readonly string[]): readonly string[] | undefined {
  return values.length > 0 ? values : undefined;
}

export async function remove(run: Run): Promise<Result> {
  const id = run.argument('id');
  const open = await run.open();
  const oidc = await open.oidc(run.option('realm') ?? 'users');
  if (run.settings.clients.some((client) => client.id === id)) {
    throw new CommandError('refused', `Client ${id} stands in the settings: remove it there.`);
  }
  if (!(await oidc.clients.find(id))) throw new CommandError('not-found', `There is no client ${id}.`);
  await run.confirm(`Remove client ${id}? All of its tokens are worth nothing then.`);
  await oidc.clients.remove(id, byOf(run));
  return { json: { removed: id }, text: `${id} is removed, and so are its tokens.` };
}
