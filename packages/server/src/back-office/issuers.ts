import { CofactorError } from 'cofactor';
import {
  adminProblem,
  adminProblemOf,
  bodyOf,
  line,
  type AdminRoute,
  type StoredIssuer,
  type UnreadableIssuer,
} from 'cofactor/admin';
import { openid, type OpenidOptions } from 'cofactor/openid';
import { isRefused, json, noContent, type ManagedRealm } from './context.ts';
import type { IssuerBody, IssuerFields, IssuerList, IssuerView } from './contract.ts';
import type { OfRealm } from './routes.ts';
import { address, names, nothing } from './schemas.ts';

const issuers = '/realms/:realm/issuers';

/** The routes about issuers elsewhere that people may sign in with. */
export function issuerRoutes(ofRealm: OfRealm): readonly AdminRoute[] {
  return [
    {
      method: 'GET',
      path: issuers,
      permission: 'issuers.read',
      confirmed: false,
      summary: 'Issuers elsewhere that people may sign in with',
      answers: [200, 401, 403, 404],
      handle: (call) =>
        ofRealm(call, async (realm) => {
          const outcome = await realm.admin.issuers.list(call.actor);
          if (outcome.status === 'refused') return adminProblemOf(outcome);
          const configured = realm.issuers?.configured ?? [];
          const view: IssuerList = {
            issuers: [
              ...configured.map((options) => configuredView(realm, options)),
              ...outcome.issuers.map((issuer) => storedView(realm, issuer)),
            ],
          };
          return json(200, view);
        }),
    },
    {
      method: 'PUT',
      path: `${issuers}/:issuer`,
      permission: 'issuers.write',
      confirmed: true,
      summary: 'Add an issuer, or replace it; every node takes it up within seconds',
      body: bodyOf(
        {
          label: line(64),
          issuer: address,
          clientId: line(255),
          clientSecret: { type: ['string', 'null'], minLength: 1, maxLength: 1024 },
          scope: line(512),
          trust: { type: 'array', items: { type: 'object' }, maxItems: 50 },
          accounts: { type: 'string', enum: ['existing', 'create'] },
          authoritativeFor: names,
        },
        ['label', 'issuer', 'clientId'],
      ),
      answers: [200, 400, 401, 403, 404, 409, 422],
      handle: (call) =>
        ofRealm(call, async (realm) => {
          const name = call.params['issuer'] ?? '';
          const { clientSecret, ...settings } = call.body as IssuerBody;
          const stored = await realm.admin.issuers.list(call.actor);
          if (stored.status === 'refused') return adminProblemOf(stored);
          const isThere = stored.issuers.some((one) => one.name === name);
          // A provider of that name is something else, and what is linked with it is stored under that name.
          if (!isThere && isTaken(realm, name)) return adminProblem('configured');
          const outcome = await realm.admin.issuers.put(call.actor, {
            name,
            settings: { ...settings },
            ...(clientSecret !== undefined && { clientSecret }),
            check: whatIsWrong,
          });
          if (isRefused(outcome)) return adminProblemOf(outcome);
          await realm.issuers?.refresh();
          const saved = await realm.admin.issuers.list(call.actor);
          const issuer = saved.status === 'done' && saved.issuers.find((one) => one.name === name);
          return issuer ? json(200, storedView(realm, issuer)) : adminProblem('outdated');
        }),
    },
    {
      method: 'DELETE',
      path: `${issuers}/:issuer`,
      permission: 'issuers.write',
      confirmed: true,
      summary: 'Remove an issuer; within seconds nobody signs in with it any more, at any node',
      body: nothing,
      answers: [204, 400, 401, 403, 404],
      handle: (call) =>
        ofRealm(call, async ({ admin, issuers: atWork }) => {
          const outcome = await admin.issuers.remove(call.actor, call.params['issuer'] ?? '');
          if (isRefused(outcome)) return adminProblemOf(outcome);
          await atWork?.refresh();
          return noContent;
        }),
    },
  ];
}

/** What its provider is made with. */
export function openidOptionsOf({
  name,
  settings,
  clientSecret,
}: Pick<StoredIssuer, 'name' | 'settings' | 'clientSecret'>): OpenidOptions {
  return { ...settings, name, ...(clientSecret !== null && { clientSecret }) } as OpenidOptions;
}

/** As whoever makes the provider sees it: nothing is asked of anybody elsewhere. */
function whatIsWrong(issuer: Parameters<typeof openidOptionsOf>[0]): string | null {
  try {
    openid(openidOptionsOf(issuer));
    return null;
  } catch (error) {
    if (error instanceof CofactorError && error.code.startsWith('ERR_CONFIG_')) return error.message;
    throw error;
  }
}

/** Whether something that is not of the database goes by this name already. */
function isTaken({ auth, issuers: atWork }: ManagedRealm, name: string): boolean {
  return atWork ? atWork.isReserved(name) : auth.engine.config.providers.has(name);
}

function storedView(realm: ManagedRealm, issuer: StoredIssuer | UnreadableIssuer): IssuerView {
  return {
    ...fieldsOf(issuer.name, issuer.settings),
    name: issuer.name,
    hasSecret: !issuer.readable || issuer.clientSecret !== null,
    redirectUri: redirectUri(realm, issuer.name),
    source: 'stored',
    inUse: realm.issuers?.isInUse(issuer) ?? false,
    trouble: realm.issuers?.troubleWith(issuer) ?? null,
  };
}

function configuredView(realm: ManagedRealm, { name, clientSecret, ...settings }: OpenidOptions): IssuerView {
  return {
    ...fieldsOf(name, { ...settings }),
    name,
    hasSecret: clientSecret !== undefined,
    redirectUri: redirectUri(realm, name),
    source: 'configured',
    inUse: true,
    trouble: null,
  };
}

/** What may be shown of the options of its provider, by name: whatever else stands there is not for a page. */
function fieldsOf(name: string, settings: Readonly<Record<string, unknown>>): IssuerFields {
  const { label, issuer, clientId, scope, trust, accounts, authoritativeFor } =
    settings as Partial<IssuerFields>;
  return {
    label: label ?? name,
    issuer: issuer ?? '',
    clientId: clientId ?? '',
    ...(scope !== undefined && { scope }),
    ...(trust !== undefined && { trust }),
    ...(accounts !== undefined && { accounts }),
    ...(authoritativeFor !== undefined && { authoritativeFor }),
  };
}

function redirectUri({ auth, base }: ManagedRealm, name: string): string {
  return `${auth.engine.config.origin.origin}${base}/external/${name}`;
}
