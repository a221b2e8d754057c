import type { EnforcementRule, JsonSchema, NewRule, People, Previewed, Refused } from 'cofactor';
import {
  adminProblem,
  bodyOf,
  line,
  type AdminAnswer,
  type AdminCall,
  type AdminProblemName,
  type AdminRoute,
  type CommandLine,
  type UserSummary,
} from 'cofactor/admin';
import { json, noContent, type BackOffice, type ManagedRealm } from './context.ts';
import type { PreviewBody, PreviewedPeople, RuleBody, RuleList, RulePreview, RuleView } from './contract.ts';
import type { OfRealm } from './routes.ts';
import { names, nothing, time } from './schemas.ts';

const rules = '/realms/:realm/enforcement';
const rule: Readonly<Record<string, JsonSchema>> = {
  who: {
    type: 'object',
    additionalProperties: false,
    minProperties: 1,
    maxProperties: 1,
    properties: { everybody: { const: true }, roles: names, groups: names, clients: names },
  },
  acr: line(32),
  from: time,
  graceDays: { type: 'integer', minimum: 0, maximum: 730 },
  note: line(500, 0),
};
const ruleBody = bodyOf(rule);
const previewBody = bodyOf({ ...rule, replaces: line(64) }, Object.keys(rule));

/** What can be demanded, lowest first: of less than two factors there is nothing to set up. */
const levels = ['mfa', 'phr', 'phrh'];
const dayMs = 86_400_000;

/** The routes about what is demanded of whom, and from when on. */
export function enforcementRoutes(ofRealm: OfRealm, office: BackOffice): readonly AdminRoute[] {
  /** Who looks after the rules: administrators are accounts of one realm, whichever the rules are about. */
  const askingFor = ({ actor }: AdminCall): { by: AdminCall['actor']; inCharge: ManagedRealm['auth'] } => ({
    by: actor,
    inCharge: office.users.auth,
  });
  /** Those who stand above who asks. Only accounts of the realm that is in charge stand anywhere. */
  const above = (realm: ManagedRealm, { actor }: AdminCall): readonly string[] => {
    if (realm !== office.users) return [];
    const own = realm.admin.roles.rankOf(actor.user.roles);
    return realm.admin.roles.ranked.filter(({ rank }) => rank > own).map(({ role }) => role);
  };
  /** Whether a rule is about a rank above one's own: nobody makes, changes or drops what is demanded of those. */
  const namesAbove = async (
    realm: ManagedRealm,
    call: AdminCall,
    { who }: Pick<NewRule, 'who'>,
  ): Promise<boolean> => {
    const roles = above(realm, call);
    if ('roles' in who) return who.roles.some((role) => roles.includes(role));
    if (!('groups' in who)) return false;
    return isAny(realm, roles, ({ user }) => user.groups.some((group) => who.groups.includes(group)));
  };
  /** Whether a rule is about others too, and shuts out somebody above who has not got what it takes yet. */
  const shutsOut = async (realm: ManagedRealm, call: AdminCall, { who, acr }: NewRule): Promise<boolean> => {
    const isAbout = (roles: readonly string[]): boolean =>
      'everybody' in who || ('roles' in who && who.roles.some((role) => roles.includes(role)));
    return isAny(
      realm,
      above(realm, call),
      ({ user, status, reach }) =>
        status === 'active' && isAbout(user.roles) && levels.indexOf(reach ?? '') < levels.indexOf(acr),
    );
  };
  /** Why a rule is not theirs to save who ask, in place of the one before it; `null` where it is. */
  const higherRankIn = async (
    realm: ManagedRealm,
    call: AdminCall,
    wanted: NewRule,
    before: EnforcementRule | null,
  ): Promise<RulePreview['higherRank']> => {
    for (const one of before ? [wanted, before] : [wanted]) {
      if (await namesAbove(realm, call, one)) return 'named';
    }
    return (await shutsOut(realm, call, wanted)) ? 'short' : null;
  };
  const find = async ({ auth }: ManagedRealm, id: string): Promise<EnforcementRule | null> =>
    (await auth.enforcement.list()).find((one) => one.id === id) ?? null;
  const save = (call: AdminCall, status: 200 | 201, id?: string): Promise<AdminAnswer> =>
    ofRealm(call, async (realm) => {
      const { enforcement } = realm.auth;
      const before = id === undefined ? null : await find(realm, id);
      if (id !== undefined && !before) return adminProblem('not-found');
      const wanted = ruleOf(call.body as RuleBody, id);
      if ((await higherRankIn(realm, call, wanted, before)) !== null) return adminProblem('higher-rank');
      const outcome = await enforcement.save(wanted, askingFor(call));
      return outcome.status === 'refused' ? refusal(outcome) : json(status, ruleView(realm, outcome.rule));
    });

  return [
    {
      method: 'GET',
      path: rules,
      permission: 'enforcement.read',
      confirmed: false,
      summary: 'What is demanded of whom',
      answers: [200, 401, 403, 404],
      handle: (call) =>
        ofRealm(call, async (realm) => {
          const listed = await realm.auth.enforcement.list();
          const view: RuleList = { rules: listed.map((rule) => ruleView(realm, rule)), levels };
          return json(200, view);
        }),
    },
    {
      method: 'POST',
      path: `${rules}/preview`,
      permission: 'enforcement.read',
      confirmed: true,
      summary: 'Whom a rule would be about, and who could not comply; nothing is saved',
      body: previewBody,
      answers: [200, 400, 401, 403, 404],
      handle: (call) =>
        ofRealm(call, async (realm) => {
          const { replaces, ...body } = call.body as PreviewBody;
          const before = replaces === undefined ? null : await find(realm, replaces);
          if (replaces !== undefined && !before) return adminProblem('not-found');
          const wanted = ruleOf(body, replaces);
          const outcome = await realm.auth.enforcement.preview(wanted, askingFor(call));
          if (outcome.status === 'refused') return refusal(outcome);
          const { affected, meet, mustEnrol, cannotComply, atOnce, reachable, lockout } = outcome;
          const view: RulePreview = {
            affected,
            meet: people(meet),
            mustEnrol: people(mustEnrol),
            cannotComply: people(cannotComply),
            atOnce,
            reachable,
            lockout,
            higherRank: await higherRankIn(realm, call, wanted, before),
          };
          return json(200, view);
        }),
    },
    {
      method: 'POST',
      path: rules,
      permission: 'enforcement.write',
      confirmed: true,
      summary: 'Demand something of somebody',
      body: ruleBody,
      answers: [201, 400, 401, 403, 404, 409],
      handle: (call) => save(call, 201),
    },
    {
      method: 'PUT',
      path: `${rules}/:rule`,
      permission: 'enforcement.write',
      confirmed: true,
      summary: 'Change what is demanded',
      body: ruleBody,
      answers: [200, 400, 401, 403, 404, 409],
      handle: (call) => save(call, 200, call.params['rule'] ?? ''),
    },
    {
      method: 'DELETE',
      path: `${rules}/:rule`,
      permission: 'enforcement.write',
      confirmed: true,
      summary: 'Demand it no longer',
      body: nothing,
      answers: [204, 400, 401, 403, 404],
      handle: (call) =>
        ofRealm(call, async (realm) => {
          const { enforcement } = realm.auth;
          const id = call.params['rule'] ?? '';
          const before = await find(realm, id);
          if (before && (await namesAbove(realm, call, before))) return adminProblem('higher-rank');
          const outcome = await enforcement.remove(id, askingFor(call));
          return outcome.status === 'refused' ? refusal(outcome) : noContent;
        }),
    },
  ];
}

/** Whether there is such a one among those who have one of these roles. Of those who are in charge there are few. */
async function isAny(
  { admin }: ManagedRealm,
  roles: readonly string[],
  fits: (one: UserSummary) => boolean,
): Promise<boolean> {
  for (const role of roles) {
    let cursor: string | null | undefined;
    do {
      const search = { role, limit: 100, ...(cursor && { cursor }) };
      const page = await admin.users.list(ourselves, search);
      // In doubt there is one.
      if (page.status === 'refused' || page.users.some(fits)) return true;
      cursor = page.next;
    } while (cursor);
  }
  return false;
}

/** It is the server that asks, whatever the one who makes a rule may look at. */
const ourselves: CommandLine = { source: 'cli', name: 'server' };

function ruleOf({ from, ...wanted }: RuleBody, id?: string): NewRule {
  return { ...wanted, from: new Date(from), ...(id !== undefined && { id }) } as NewRule;
}

const known: readonly AdminProblemName[] = [
  'malformed',
  'forbidden',
  'not-found',
  'step-up-needed',
  'locks-you-out',
  'level-unreachable',
];

function refusal({ reason, text }: Refused): AdminAnswer {
  const name = known.find((one) => one === reason) ?? 'outdated';
  return adminProblem(name, text === undefined ? {} : { detail: text });
}

function ruleView({ auth }: ManagedRealm, rule: EnforcementRule): RuleView {
  const { id, who, acr, from, graceDays, note } = rule;
  const now = auth.engine.config.clock.now();
  const due = new Date(from.getTime() + graceDays * dayMs);
  const state = now < from ? 'announced' : now < due ? 'grace' : 'due';
  return { id, who, acr, from: from.toISOString(), graceDays, note, state };
}

function people({ count, first }: People<Previewed & { readonly due?: Date }>): PreviewedPeople {
  return {
    count,
    first: first.map(({ due, ...one }) => ({ ...one, ...(due && { due: due.toISOString() }) })),
  };
}
