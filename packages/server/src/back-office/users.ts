import { adminProblem, adminProblemOf, bodyOf, line, type AdminCall, type AdminRoute } from 'cofactor/admin';
import type { AdminAnswer, LinkMade, UserDetails as Details, UserSummary } from 'cofactor/admin';
import { assuranceOf } from 'cofactor/assurance';
import type { Cofactor, JsonSchema } from 'cofactor';
import { auditPage } from './audit.ts';
import { isRefused, json, noContent, providerName, stamp, type ManagedRealm } from './context.ts';
import type {
  DeleteUserBody,
  EnforcementState,
  GroupsBody,
  InvitationBody,
  InviteBody,
  LinkView,
  PermitBody,
  RealmSummary,
  ReasonBody,
  RolesBody,
  UserDetails,
  UserList,
  UserRow,
  UsersQuery,
} from './contract.ts';
import type { OfRealm } from './routes.ts';
import { by, label, labels, nothing, number, reason } from './schemas.ts';

const users = '/realms/:realm/users';
const one = `${users}/:user`;
const because = bodyOf({ reason });

/** Counting goes through all that is counted, so what was counted is told for a minute. */
const countedForMs = 60_000;

/** The routes about accounts. */
export function userRoutes(ofRealm: OfRealm): readonly AdminRoute[] {
  const counted = new WeakMap<ManagedRealm, { readonly at: number; readonly summary: RealmSummary }>();
  const acting =
    (act: (realm: ManagedRealm, call: AdminCall, id: string) => Promise<object>): AdminRoute['handle'] =>
    (call) =>
      ofRealm(call, async (realm) => {
        const outcome = await act(realm, call, call.params['user'] ?? '');
        return isRefused(outcome) ? adminProblemOf(outcome) : noContent;
      });
  const reasonOf = ({ body }: AdminCall): string => (body as ReasonBody).reason;

  return [
    {
      method: 'GET',
      path: users,
      permission: 'users.read',
      confirmed: false,
      summary: 'Accounts by name, or those that fit',
      query: {
        search: line(254),
        filter: { type: 'string', enum: ['with-mfa', 'without-mfa', 'locked', 'invited'] },
        role: label,
        group: label,
        provider: line(64),
        cursor: line(2048),
        limit: number,
      } satisfies Readonly<Record<keyof UsersQuery, JsonSchema>>,
      answers: [200, 400, 401, 403, 404],
      handle: (call) => ofRealm(call, (realm) => list(realm, call)),
    },
    {
      method: 'GET',
      path: '/realms/:realm/summary',
      permission: 'users.read',
      confirmed: false,
      summary: 'How many accounts there are, and how many have what',
      answers: [200, 401, 403, 404],
      handle: (call) =>
        ofRealm(call, async (realm) => {
          const { engine } = realm.auth;
          const now = engine.config.clock.now();
          const known = counted.get(realm);
          const age = known ? now.getTime() - known.at : Infinity;
          if (known && age >= 0 && age < countedForMs) return json(200, known.summary);
          const outcome = await realm.admin.users.counts(call.actor);
          if (outcome.status === 'refused') return adminProblemOf(outcome);
          const { status: _done, byProvider, ...counts } = outcome;
          const summary: RealmSummary = {
            ...counts,
            byProvider: byProvider.map((of) => ({
              ...of,
              name: providerName(realm.auth, of.provider, call.language),
            })),
            at: now.toISOString(),
          };
          counted.set(realm, { at: now.getTime(), summary });
          return json(200, summary);
        }),
    },
    {
      method: 'POST',
      path: users,
      permission: 'users.create',
      confirmed: true,
      summary: 'Make an account that waits for its person, with the link for them',
      body: bodyOf(
        { identifier: line(254), email: line(254), roles: labels, groups: labels, language: line(8), by },
        ['identifier', 'by'],
      ),
      answers: [201, 400, 401, 403, 404, 409],
      handle: (call) =>
        ofRealm(call, async (realm) => {
          const outcome = await realm.admin.users.invite(call.actor, call.body as InviteBody);
          if (outcome.status === 'refused') return adminProblemOf(outcome);
          const details = await realm.admin.users.get(call.actor, outcome.user.id);
          if (details.status === 'refused') return adminProblemOf(details);
          const user = userDetails(realm.auth, details.details, call);
          return json(201, { user, invitation: linkView(outcome) });
        }),
    },
    {
      method: 'GET',
      path: one,
      permission: 'users.read',
      confirmed: false,
      summary: 'One account, with all that protects it',
      answers: [200, 401, 403, 404],
      handle: (call) =>
        ofRealm(call, async (realm) => {
          const outcome = await realm.admin.users.get(call.actor, call.params['user'] ?? '');
          if (outcome.status === 'refused') return adminProblemOf(outcome);
          return json(200, userDetails(realm.auth, outcome.details, call));
        }),
    },
    {
      method: 'GET',
      path: `${one}/audit`,
      permission: 'users.read',
      confirmed: false,
      summary: 'What was recorded of one account, the newest first',
      query: { before: number, limit: number },
      answers: [200, 400, 401, 403, 404],
      handle: (call) =>
        ofRealm(call, async (realm) => {
          const id = call.params['user'] ?? '';
          return (await whyNotRecordOf(realm, call, id)) ?? auditPage(realm, call, { user: id });
        }),
    },
    {
      method: 'POST',
      path: `${one}/invitation`,
      permission: 'users.create',
      confirmed: true,
      summary: 'A new link for an account that waits; the one before is worth nothing then',
      body: bodyOf({ by }),
      answers: [200, 400, 401, 403, 404, 409],
      handle: (call) =>
        ofRealm(call, async (realm) => {
          const how = (call.body as InvitationBody).by;
          return linked(await realm.admin.users.inviteAgain(call.actor, call.params['user'] ?? '', how));
        }),
    },
    {
      method: 'DELETE',
      path: `${one}/invitation`,
      permission: 'users.create',
      confirmed: true,
      summary: 'Withdraw an invitation',
      body: nothing,
      answers: [204, 400, 401, 403, 404, 409],
      handle: acting(({ admin }, { actor }, id) => admin.users.withdrawInvitation(actor, id)),
    },
    {
      method: 'POST',
      path: `${one}/permit`,
      permission: 'users.factors',
      confirmed: true,
      summary: 'A link with which this person may set up their first second factor where one is demanded',
      body: bodyOf({ by, reason }),
      answers: [200, 400, 401, 403, 404, 409],
      handle: (call) =>
        ofRealm(call, async (realm) =>
          linked(
            await realm.admin.users.permit(call.actor, call.params['user'] ?? '', call.body as PermitBody),
          ),
        ),
    },
    {
      method: 'PUT',
      path: `${one}/roles`,
      permission: 'users.roles',
      confirmed: true,
      summary: 'Give an account these roles and no others',
      body: bodyOf({ roles: labels, reason }),
      answers: [204, 400, 401, 403, 404, 409],
      handle: acting(({ admin }, { actor, body }, id) => admin.users.setRoles(actor, id, body as RolesBody)),
    },
    {
      method: 'PUT',
      path: `${one}/groups`,
      permission: 'users.edit',
      confirmed: true,
      summary: 'Put an account into these groups and no others',
      body: bodyOf({ groups: labels }),
      answers: [204, 400, 401, 403, 404, 409],
      handle: acting(({ admin }, { actor, body }, id) =>
        admin.users.setGroups(actor, id, body as GroupsBody),
      ),
    },
    {
      method: 'POST',
      path: `${one}/lock`,
      permission: 'users.lock',
      confirmed: true,
      summary: 'Lock an account: nobody signs in, and whoever is signed in is not any more',
      body: because,
      answers: [204, 400, 401, 403, 404, 409],
      handle: acting(({ admin }, call, id) => admin.users.lock(call.actor, id, reasonOf(call))),
    },
    {
      method: 'POST',
      path: `${one}/unlock`,
      permission: 'users.lock',
      confirmed: true,
      summary: 'Unlock an account',
      body: because,
      answers: [204, 400, 401, 403, 404, 409],
      handle: acting(({ admin }, call, id) => admin.users.unlock(call.actor, id, reasonOf(call))),
    },
    {
      method: 'DELETE',
      path: `${one}/authenticators/:authenticator`,
      permission: 'users.factors',
      confirmed: true,
      summary: 'Take one way of signing in away from somebody',
      body: because,
      answers: [204, 400, 401, 403, 404, 409],
      handle: acting(({ admin }, call, id) =>
        admin.users.removeAuthenticator(call.actor, id, {
          authenticator: call.params['authenticator'] ?? '',
          reason: reasonOf(call),
        }),
      ),
    },
    {
      method: 'POST',
      path: `${one}/reset-mfa`,
      permission: 'users.factors',
      confirmed: true,
      summary: 'Take every second factor and recovery code away from somebody',
      body: because,
      answers: [204, 400, 401, 403, 404, 409],
      handle: acting(({ admin }, call, id) => admin.users.resetMfa(call.actor, id, reasonOf(call))),
    },
    {
      method: 'DELETE',
      path: `${one}/sessions`,
      permission: 'users.sessions',
      confirmed: true,
      summary: 'End every session of somebody, and forget every browser that needs no second step',
      body: because,
      answers: [204, 400, 401, 403, 404],
      handle: acting(({ admin }, call, id) =>
        admin.users.endSessions(call.actor, id, { reason: reasonOf(call) }),
      ),
    },
    {
      method: 'DELETE',
      path: `${one}/sessions/:session`,
      permission: 'users.sessions',
      confirmed: true,
      summary: 'End one session of somebody',
      body: because,
      answers: [204, 400, 401, 403, 404],
      handle: acting(({ admin }, call, id) =>
        admin.users.endSessions(call.actor, id, {
          session: call.params['session'] ?? '',
          reason: reasonOf(call),
        }),
      ),
    },
    {
      method: 'DELETE',
      path: `${one}/devices`,
      permission: 'users.sessions',
      confirmed: true,
      summary: 'Forget every browser of somebody that needs no second step',
      body: because,
      answers: [204, 400, 401, 403, 404],
      handle: acting(({ admin }, call, id) =>
        admin.users.forgetDevices(call.actor, id, { reason: reasonOf(call) }),
      ),
    },
    {
      method: 'DELETE',
      path: `${one}/devices/:device`,
      permission: 'users.sessions',
      confirmed: true,
      summary: 'Forget one browser of somebody',
      body: because,
      answers: [204, 400, 401, 403, 404],
      handle: acting(({ admin }, call, id) =>
        admin.users.forgetDevices(call.actor, id, {
          device: call.params['device'] ?? '',
          reason: reasonOf(call),
        }),
      ),
    },
    {
      method: 'DELETE',
      path: one,
      permission: 'users.delete',
      confirmed: true,
      summary: 'Delete an account with everything that belongs to it',
      body: bodyOf({ identifier: line(254), reason }),
      answers: [204, 400, 401, 403, 404, 409],
      handle: acting(({ admin }, { actor, body }, id) =>
        admin.users.delete(actor, id, body as DeleteUserBody),
      ),
    },
  ];
}

/** What a higher rank did, and from where, is for who reads the whole record; so is what is left of who is gone. */
async function whyNotRecordOf(
  { admin }: ManagedRealm,
  { actor }: AdminCall,
  id: string,
): Promise<AdminAnswer | null> {
  if ((await admin.whyNot(actor, 'audit.read', 'read')) === null) return null;
  const outcome = await admin.users.get(actor, id);
  if (outcome.status === 'refused') return adminProblemOf(outcome);
  return outcome.details.rank > admin.roles.rankOf(actor.user.roles) ? adminProblem('higher-rank') : null;
}

async function list(
  { auth, admin }: ManagedRealm,
  { actor, query, language }: AdminCall,
): Promise<AdminAnswer> {
  const { limit: given, ...search } = query;
  const limit = given === undefined ? 50 : Number(given);
  if (limit < 1 || limit > 100) return adminProblemOf({ status: 'refused', reason: 'malformed' });
  const outcome = await admin.users.list(actor, { ...search, limit });
  if (outcome.status === 'refused') return adminProblemOf(outcome);
  const view: UserList = {
    users: outcome.users.map((summary) => userRow(auth, summary, language)),
    next: outcome.next,
  };
  return json(200, view);
}

function linked(outcome: LinkMade | Parameters<typeof adminProblemOf>[0]): AdminAnswer {
  return outcome.status === 'refused' ? adminProblemOf(outcome) : json(200, linkView(outcome));
}

function linkView({ link, sentTo, expiresAt }: LinkMade): LinkView {
  return { link, sentTo, expiresAt: expiresAt.toISOString() };
}

function userRow(auth: Cofactor, summary: UserSummary, language: string): UserRow {
  const { user, status, rank, lastSignInAt, mfa, reach, factors } = summary;
  return {
    id: user.id,
    identifier: user.identifier,
    email: user.email,
    emailVerified: user.emailVerifiedAt !== null,
    status,
    roles: user.roles,
    groups: user.groups,
    rank,
    createdAt: user.createdAt.toISOString(),
    lastSignInAt: stamp(lastSignInAt),
    mfa,
    reach,
    factors: factors.map((factor) => ({ ...factor, name: providerName(auth, factor.provider, language) })),
  };
}

function userDetails(auth: Cofactor, details: Details, { actor, language }: AdminCall): UserDetails {
  const { user } = details;
  return {
    ...userRow(auth, details, language),
    language: user.language,
    lockedAt: details.status === 'locked' ? stamp(user.disabledAt) : null,
    invitation: details.invitation && { expiresAt: details.invitation.expiresAt.toISOString() },
    authenticators: details.authenticators.map((held) => ({
      id: held.id,
      provider: held.provider,
      providerName: providerName(auth, held.provider, language),
      usage: held.usage,
      name: held.name,
      hint: held.about.hint ?? null,
      createdAt: held.createdAt.toISOString(),
      lastUsedAt: stamp(held.lastUsedAt),
      remaining: held.remaining,
      state: held.state,
      external: held.external,
      removable: held.removable,
    })),
    sessions: details.sessions.map((session) => {
      const { acr, amr } = assuranceOf(session.events);
      return {
        id: session.id,
        createdAt: session.createdAt.toISOString(),
        lastSeenAt: session.lastSeenAt.toISOString(),
        expiresAt: session.expiresAt.toISOString(),
        userAgent: session.userAgent,
        ip: session.ip,
        acr: acr ?? '',
        amr,
        current: session.id === actor.session.id,
      };
    }),
    devices: details.devices.map((device) => ({
      id: device.id,
      userAgent: device.userAgent,
      createdAt: device.createdAt.toISOString(),
      lastUsedAt: device.lastUsedAt.toISOString(),
      expiresAt: device.expiresAt.toISOString(),
    })),
    enforcement: enforcementState(details),
    claims: user.claims,
    may: details.may,
  };
}

const levels = ['pwd', 'mfa', 'phr', 'phrh'];

function enforcementState({ enforcement, reach }: Details): EnforcementState | null {
  const { state, requirement, ahead } = enforcement;
  const has = (acr: string): boolean => levels.indexOf(reach ?? '') >= levels.indexOf(acr);
  const due = requirement?.acr;
  // What is due and missing comes before whatever is still to come.
  if (due !== undefined && !has(due)) return { state: 'due', acr: due, from: null, due: null };
  if (ahead) {
    const { acr, from, due: until } = ahead;
    const shown = has(acr) ? 'met' : ahead.state;
    return { state: shown, acr, from: from.toISOString(), due: until.toISOString() };
  }
  return state === 'none' || due === undefined ? null : { state: 'met', acr: due, from: null, due: null };
}
