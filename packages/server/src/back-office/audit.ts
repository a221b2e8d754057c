import type { AuditFilter, JsonSchema } from 'cofactor';
import { adminProblem, line, type AdminAnswer, type AdminCall, type AdminRoute } from 'cofactor/admin';
import { json, type ManagedRealm } from './context.ts';
import type { AuditFormat, AuditPage, AuditQuery, AuditVerified } from './contract.ts';
import type { OfRealm } from './routes.ts';
import { number, time } from './schemas.ts';

const audit = '/realms/:realm/audit';
const filters = { type: line(1000), user: line(64), from: time, to: time } satisfies Partial<
  Record<keyof AuditQuery, JsonSchema>
>;

/** The routes about what was recorded. */
export function auditRoutes(ofRealm: OfRealm): readonly AdminRoute[] {
  return [
    {
      method: 'GET',
      path: audit,
      permission: 'audit.read',
      confirmed: false,
      summary: 'What was recorded, the newest first',
      query: { ...filters, before: number, limit: number },
      answers: [200, 400, 401, 403, 404],
      handle: (call) => ofRealm(call, (realm) => auditPage(realm, call, filterOf(call))),
    },
    {
      method: 'GET',
      path: `${audit}/export`,
      permission: 'audit.read',
      confirmed: false,
      summary: 'The same as a file',
      query: { ...filters, format: { type: 'string', enum: ['csv', 'jsonl'] } },
      answers: [200, 400, 401, 403, 404],
      handle: (call) =>
        ofRealm(call, ({ auth }) => {
          const format: AuditFormat = call.query['format'] === 'csv' ? 'csv' : 'jsonl';
          const filter = filterOf(call);
          if (!filter) return adminProblem('malformed');
          const type = format === 'csv' ? 'text/csv' : 'application/x-ndjson';
          return {
            status: 200,
            headers: {
              'content-type': `${type}; charset=utf-8`,
              'content-disposition': `attachment; filename="audit-${auth.realm}.${format}"`,
            },
            pieces: auth.audit.export({ ...filter, format }),
          };
        }),
    },
    {
      method: 'GET',
      path: `${audit}/verify`,
      permission: 'audit.read',
      confirmed: false,
      summary: 'Whether every row is as it was written',
      answers: [200, 401, 403, 404],
      handle: (call) =>
        ofRealm(call, async ({ auth }) => {
          const head = await auth.audit.head();
          const view: AuditVerified = { fault: await auth.audit.verify(), head };
          return json(200, view);
        }),
    },
  ];
}

/** A page of the record, with what the accounts in it are called now. */
export async function auditPage(
  { auth }: ManagedRealm,
  { query }: AdminCall,
  filter: AuditFilter | null,
): Promise<AdminAnswer> {
  const limit = query['limit'] === undefined ? 50 : Number(query['limit']);
  const before = query['before'] === undefined ? undefined : Number(query['before']);
  if (!filter || limit < 1 || limit > 200) return adminProblem('malformed');
  const page = await auth.audit.page({ ...filter, limit, ...(before !== undefined && { before }) });
  const { store, realm } = auth.engine;
  const people = page.entries.flatMap(({ user }) => user ?? []);
  const names = await store.admin.names(realm, people);
  const view: AuditPage = {
    rows: page.entries.map(({ seq, at, type, user, data }) => ({
      seq,
      at: at.toISOString(),
      type,
      user,
      identifier: user === null ? null : (names.get(user) ?? null),
      data,
    })),
    next: page.next,
  };
  return json(200, view);
}

/** `null` where a time is none. */
function filterOf({ query }: AdminCall): AuditFilter | null {
  const [from, to] = [query['from'], query['to']].map((time) =>
    time === undefined ? undefined : new Date(time),
  );
  if ([from, to].some((date) => date && Number.isNaN(date.getTime()))) return null;
  const { type, user } = query;
  return {
    ...(type !== undefined && { types: type.split(',') }),
    ...(user !== undefined && { user }),
    ...(from && { from }),
    ...(to && { to }),
  };
}
