import type { Permission, RealmView } from '../src/back-office/contract.ts';
import type { IconName } from './parts/basic.ts';
import { href } from './router.ts';
import { context, may } from './state.ts';
import { named, t } from './texts.ts';

/** A kind of page: its address, the element that shows it, and where that is. */
export interface Route {
  /** Segments with a colon are names of what stands there. */
  readonly path: string;
  readonly tag: string;
  readonly load: () => Promise<unknown>;
  /** The entry of the navigation that it belongs to. */
  readonly area: Area;
  readonly needs?: Permission;
}

type Area =
  | 'overview'
  | 'accounts'
  | 'applications'
  | 'issuers'
  | 'enforcement'
  | 'webhooks'
  | 'audit'
  | 'extensions'
  | 'own';

const applications = (): Promise<unknown> => import('./views/application.ts');
const issuer = (): Promise<unknown> => import('./views/issuer.ts');
const rule = (): Promise<unknown> => import('./views/rule.ts');

export const routes: readonly Route[] = [
  { path: '/', tag: 'bo-overview', load: () => import('./views/overview.ts'), area: 'overview' },
  {
    path: '/two-factor',
    tag: 'bo-two-factor',
    load: () => import('./views/two-factor.ts'),
    area: 'own',
  },
  {
    path: '/accounts/:realm',
    tag: 'bo-accounts',
    load: () => import('./views/accounts.ts'),
    area: 'accounts',
    needs: 'users.read',
  },
  {
    path: '/accounts/:realm/:user',
    tag: 'bo-account',
    load: () => import('./views/account.ts'),
    area: 'accounts',
    needs: 'users.read',
  },
  {
    path: '/applications/:realm',
    tag: 'bo-applications',
    load: () => import('./views/applications.ts'),
    area: 'applications',
    needs: 'clients.read',
  },
  {
    path: '/applications/:realm/new',
    tag: 'bo-application',
    load: applications,
    area: 'applications',
    needs: 'clients.write',
  },
  {
    path: '/applications/:realm/:client',
    tag: 'bo-application',
    load: applications,
    area: 'applications',
    needs: 'clients.read',
  },
  {
    path: '/issuers/:realm',
    tag: 'bo-issuers',
    load: () => import('./views/issuers.ts'),
    area: 'issuers',
    needs: 'issuers.read',
  },
  { path: '/issuers/:realm/new', tag: 'bo-issuer', load: issuer, area: 'issuers', needs: 'issuers.write' },
  { path: '/issuers/:realm/:name', tag: 'bo-issuer', load: issuer, area: 'issuers', needs: 'issuers.read' },
  {
    path: '/enforcement/:realm',
    tag: 'bo-enforcement',
    load: () => import('./views/enforcement.ts'),
    area: 'enforcement',
    needs: 'enforcement.read',
  },
  {
    path: '/enforcement/:realm/new',
    tag: 'bo-rule',
    load: rule,
    area: 'enforcement',
    needs: 'enforcement.write',
  },
  {
    path: '/enforcement/:realm/:rule',
    tag: 'bo-rule',
    load: rule,
    area: 'enforcement',
    needs: 'enforcement.read',
  },
  {
    path: '/webhooks/:realm',
    tag: 'bo-webhooks',
    load: () => import('./views/webhooks.ts'),
    area: 'webhooks',
    needs: 'webhooks.read',
  },
  {
    path: '/audit/:realm',
    tag: 'bo-audit',
    load: () => import('./views/audit.ts'),
    area: 'audit',
    needs: 'audit.read',
  },
  {
    path: '/extensions/:realm',
    tag: 'bo-extensions',
    load: () => import('./views/extensions.ts'),
    area: 'extensions',
    needs: 'extensions.read',
  },
];

/** The route of a path, and what its named segments are. */
export function match(
  path: string,
): { readonly route: Route; readonly params: Record<string, string> } | null {
  const parts = path.split('/');
  for (const route of routes) {
    const wanted = route.path.split('/');
    if (wanted.length !== parts.length) continue;
    const params: Record<string, string> = {};
    const fits = wanted.every((segment, index) => {
      const part = parts[index] ?? '';
      if (!segment.startsWith(':')) return segment === part;
      const value = decoded(part);
      params[segment.slice(1)] = value;
      return value !== '';
    });
    if (fits) return { route, params };
  }
  return null;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return '';
  }
}

/** A path with the names filled in. */
export function at(...segments: readonly string[]): string {
  return href(`/${segments.map(encodeURIComponent).join('/')}`);
}

export interface NavigationEntry {
  readonly text: string;
  readonly href: string;
  readonly icon: IconName;
  readonly here: boolean;
}

export function realmName(realm: string): string {
  return named('realm', realm);
}

/** What can be reached from everywhere, as far as this person may. */
export function navigation(path: string): readonly NavigationEntry[] {
  const open = match(path);
  const { realms } = context();
  const realmHere = open?.params['realm'];
  const entry = (area: Area, text: string, icon: IconName, realm?: RealmView): NavigationEntry => ({
    text,
    icon,
    href: realm ? at(area, realm.realm) : href('/'),
    here: open?.route.area === area && (area !== 'accounts' || realmHere === realm?.realm),
  });
  const accounts = realms.map((realm, index) =>
    entry('accounts', realmName(realm.realm), index === 0 ? 'users' : 'members', realm),
  );
  const first = (area: Exclude<Area, 'overview' | 'accounts' | 'own'>): NavigationEntry[] => {
    const realm = realmsOf(area).find((one) => one.realm === realmHere) ?? realmsOf(area)[0];
    return realm ? [entry(area, t(`nav.${area}`), area, realm)] : [];
  };
  return [
    entry('overview', t('nav.overview'), 'overview'),
    ...(may('users.read') ? accounts : []),
    ...(may('clients.read') ? first('applications') : []),
    ...(may('issuers.read') ? first('issuers') : []),
    ...(may('enforcement.read') ? first('enforcement') : []),
    ...(may('audit.read') ? first('audit') : []),
    ...(may('webhooks.read') ? first('webhooks') : []),
    ...(may('extensions.read') ? first('extensions') : []),
  ];
}

/** The realms that have such a page. */
export function realmsOf(area: Area): readonly RealmView[] {
  return context().realms.filter(({ clients }) => area !== 'applications' || clients);
}
