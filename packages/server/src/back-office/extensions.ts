import type { AdminRoute } from 'cofactor/admin';
import { extensionPackages } from 'cofactor/http';
import { json } from './context.ts';
import type { ExtensionList } from './contract.ts';
import type { OfRealm } from './routes.ts';

/** The route about packages that bring elements to the pages. */
export function extensionRoutes(ofRealm: OfRealm): readonly AdminRoute[] {
  return [
    {
      method: 'GET',
      path: '/realms/:realm/extensions',
      permission: 'extensions.read',
      confirmed: false,
      summary: 'Packages that bring elements to the pages, and what is wrong with them',
      answers: [200, 401, 403, 404],
      handle: (call) =>
        ofRealm(call, ({ auth }) => {
          const view: ExtensionList = { packages: extensionPackages(auth) };
          return json(200, view);
        }),
    },
  ];
}
