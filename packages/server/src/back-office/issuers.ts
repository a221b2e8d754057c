import { CofactorError } from 'cofactor';
import {
  adminProblem,
  adminProblemOf,
  bodyOf,
  line,
  type AdminRoute,
  type StoredIssuer,
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
          const view: IssuerList = { issuers: outcome.issuers.map((issuer) => issuerView(realm, issuer)) };
          return json(200, view);
        }),
    },
    {
      method: 'PUT',
      path: `${issuers}/:issuer`,
      permission: 'issuers.write',
      confirmed: true,
      summary: 'Add an issuer, or replace it; taken up at the next start',
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
          if (!isThere && realm.auth.engine.config.providers.has(name)) return adminProblem('configured');
          const outcome = await realm.admin.issuers.put(call.actor, {
            name,
            settings: { ...settings },
            ...(clientSecret !== undefined && { clientSecret }),
            check: whatIsWrong,
          });
          if (isRefused(outcome)) return adminProblemOf(outcome);
          const saved = await realm.admin.issuers.list(call.actor);
          const issuer = saved.status === 'done' && saved.issuers.find((one) => one.name === name);
          return issuer ? json(200, issuerView(realm, issuer)) : adminProblem('outdated');
        }),
    },
    {
      method: 'DELETE',
      path: `${issuers}/:issuer`,
      permission: 'issuers.write',
      confirmed: true,
      summary: 'Remove an issuer; at the next start nobody signs in with it any more',
      body: nothing,
      answers: [204, 400, 401, 403, 404],
      handle: (call) =>
        ofRealm(call, async ({ admin }) => {
          const outcome = await admin.issuers.remove(call.actor, call.params['issuer'] ?? '');
          return isRefused(outcome) ? adminProblemOf(outcome) : noContent;
        }),
    },
  ];
}

/** What its provider is made with. */
export function openidOptionsOf({
  name,
  settings,
  clientSecret,
}: Omit<StoredIssuer, 'updatedAt'>): OpenidOptions {
  return { ...settings, name, ...(clientSecret !== null && { clientSecret }) } as OpenidOptions;
}

/** As whoever makes the provider sees it: nothing is asked of anybody elsewhere. */
function whatIsWrong(issuer: Omit<StoredIssuer, 'updatedAt'>): string | null {
  try {
    openid(openidOptionsOf(issuer));
    return null;
  } catch (error) {
    if (error instanceof CofactorError && error.code.startsWith('ERR_CONFIG_')) return error.message;
    throw error;
  }
}

function issuerView(
  { auth, base, since }: ManagedRealm,
  { name, settings, clientSecret, updatedAt }: StoredIssuer,
): IssuerView {
  const { config } = auth.engine;
  return {
    ...(settings as unknown as IssuerFields),
    name,
    hasSecret: clientSecret !== null,
    redirectUri: `${config.origin.origin}${base}/external/${name}`,
    source: 'stored',
    inUse: config.providers.has(name) && updatedAt <= since,
  };
}
