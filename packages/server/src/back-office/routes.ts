import { adminProblem, type AdminAnswer, type AdminCall, type AdminRoute } from 'cofactor/admin';
import { auditRoutes } from './audit.ts';
import { clientRoutes } from './clients.ts';
import type { BackOffice, ManagedRealm } from './context.ts';
import { contextRoute } from './me.ts';
import { enforcementRoutes } from './enforcement.ts';
import { extensionRoutes } from './extensions.ts';
import { issuerRoutes } from './issuers.ts';
import { userRoutes } from './users.ts';
import { webhookRoutes } from './webhooks.ts';

/** Answers for the realm that a path names; where there is none of that name, there is nothing. */
export type OfRealm = (
  call: AdminCall,
  answer: (realm: ManagedRealm) => AdminAnswer | Promise<AdminAnswer>,
) => Promise<AdminAnswer>;

/** Every route below `/admin/api`: what it takes, who may call it, and what it does (I-11). */
export function backOfficeRoutes(office: BackOffice): readonly AdminRoute[] {
  const ofRealm: OfRealm = async (call, answer) => {
    const realm = office.realms.get(call.params['realm'] ?? '');
    return realm ? answer(realm) : adminProblem('not-found');
  };
  return [
    contextRoute(office),
    ...userRoutes(ofRealm),
    ...clientRoutes(ofRealm),
    ...issuerRoutes(ofRealm),
    ...enforcementRoutes(ofRealm, office),
    ...webhookRoutes(ofRealm),
    ...auditRoutes(ofRealm),
    ...extensionRoutes(ofRealm),
  ];
}
