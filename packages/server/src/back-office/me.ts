import { adminToken, type AdminRoute, type Permission } from 'cofactor/admin';
import { assess, assuranceOf } from 'cofactor/assurance';
import { json, providerName, type BackOffice, type ManagedRealm } from './context.ts';
import type { BackOfficeContext, RealmView } from './contract.ts';

/** What every page needs first. */
export function contextRoute(office: BackOffice): AdminRoute {
  return {
    method: 'GET',
    path: '/context',
    permission: 'any',
    confirmed: false,
    summary: 'CSRF token, who is here, what they may do, and the realms there are',
    answers: [200, 401, 403],
    async handle({ actor, request, language }) {
      const { auth, admin, base: authBase } = office.users;
      const { token, cookie } = adminToken(auth, request);
      const { user, session } = actor;
      const highest = admin.roles.of(user.roles);
      const { config } = auth.engine;
      const now = config.clock.now();
      const view: BackOfficeContext = {
        csrf: token,
        product: { name: config.name },
        base: office.base,
        auth: authBase,
        language,
        me: {
          id: user.id,
          identifier: user.identifier,
          roles: user.roles,
          role: highest?.role ?? '',
          rank: highest?.rank ?? 0,
          permissions: [...admin.roles.permissionsOf(user.roles)] satisfies readonly Permission[],
          acr: assuranceOf(session.events).acr ?? '',
          confirmed: assess(await admin.required(actor, 'change'), session.events, now).met,
        },
        realms: [...office.realms].map(([name, realm]) => realmView(name, realm, office, language)),
        roles: admin.roles.ranked,
      };
      return json(200, view, cookie === null ? {} : { 'set-cookie': cookie });
    },
  };
}

function realmView(name: string, realm: ManagedRealm, office: BackOffice, language: string): RealmView {
  const { auth, oidc } = realm;
  const { config } = auth.engine;
  return {
    realm: name,
    inCharge: realm === office.users,
    providers: [...config.providers.values()].map((provider) => ({
      provider: provider.name,
      usage: provider.usage,
      name: providerName(auth, provider.name, language),
      external: provider.view.away === true,
      restricted: provider.restricted === true,
    })),
    clients: oidc !== null,
    mail: config.mail !== null,
  };
}
