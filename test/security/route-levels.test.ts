import { routes, type Route } from 'cofactor/http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createApp,
  onEachAdapter,
  register,
  throughEachAdapter,
  type TestApp,
  type TestDatabase,
} from '../support/app.ts';
import type { TestBrowser } from '../support/browser.ts';
import { credentials, type Actor, type Credential } from '../support/credentials.ts';
import { dump } from '../support/tables.ts';

/** What the answers in the matrix below mean: a status, and the problem's name where there is one. */
const meanings: Readonly<Record<string, readonly [status: number, problem: string | null]>> = {
  ok: [200, null],
  made: [201, null],
  done: [204, null],
  away: [303, null],
  on: [303, null],
  shut: [403, null],
  out: [401, 'not-signed-in'],
  old: [401, 'step-up-needed'],
  idle: [404, 'ceremony-unknown'],
  gone: [404, 'enrolment-unknown'],
  last: [409, 'last-authenticator'],
  sent: [202, null],
  lost: [404, 'token-unknown'],
  none: [404, 'not-found'],
  bad: [400, 'malformed'],
  over: [404, null],
};

/**
 * The columns of the matrix. `nobody` is for every credential that is no longer, or was never, worth anything:
 * not signed in, another realm's session, ended, too old, idle, older than a change of factors.
 */
const columns = ['nobody', 'ceremony', 'pwd', 'pwd stale', 'pwd of mfa', 'mfa', 'mfa stale'] as const;

/**
 * Written down, and not derived from the table of routes: what each route answers to each credential when the
 * request is in order. A route that is added has to be added here, with what it lets whom do.
 */
// prettier-ignore
const matrix: Readonly<Record<string, string>> = {
  //                            nobody cer   pwd   pwd>5 pwd/m mfa   mfa>5
  'GET /sign-in page':        'ok     ok    ok    ok    ok    ok    ok',
  // There is no provider of that name in these tests.
  'GET /external/* page':     'none   none  none  none  none  none  none',
  'GET /step-up page':        'away   away  ok    ok    ok    ok    ok',
  // It is nobody's operation, which is a page of its own.
  'GET /operations/* page':   'away   away  over  over  over  over  over',
  'GET /register page':       'ok     ok    ok    ok    ok    ok    ok',
  'GET /security page':       'away   away  ok    ok    ok    ok    ok',
  'GET /denied page':         'shut   shut  shut  shut  shut  shut  shut',
  'GET /context':             'ok     ok    ok    ok    ok    ok    ok',
  'POST /language':           'done   done  done  done  done  done  done',
  'GET /openapi.json':        'ok     ok    ok    ok    ok    ok    ok',
  'GET /assets/*':            'ok     ok    ok    ok    ok    ok    ok',
  // There is no package in these tests, so nobody finds a file of one.
  'GET /extensions/*':        'none   none  none  none  none  none  none',
  'GET /cofactor-package.schema.json': 'ok ok ok   ok    ok    ok    ok',
  'POST /sign-in':            'ok     ok    ok    ok    ok    ok    ok',
  'POST /register':           'ok     ok    ok    ok    ok    ok    ok',
  'POST /step-up':            'out    out   ok    ok    ok    ok    ok',
  'POST /ceremony':           'idle   ok    idle  idle  idle  idle  idle',
  'DELETE /ceremony':         'idle   done  idle  idle  idle  idle  idle',
  'GET /security':            'out    out   ok    ok    ok    ok    ok',
  'POST /enrolments':         'out    out   made  old   old   made  old',
  'POST /enrolments/confirm': 'out    out   made  old   gone  made  old',
  'PATCH /authenticators':    'out    out   done  done  done  done  done',
  'PUT /authenticators':      'out    out   done  old   old   done  old',
  'DELETE /authenticators':   'out    out   last  old   old   done  old',
  'DELETE /sessions':         'out    out   done  done  done  done  done',
  'DELETE /sessions/others':  'out    out   done  done  done  done  done',
  'POST /sign-out':           'out    out   done  done  done  done  done',
  // TOTP asks nothing first, so the one in the ceremony has nothing to ask for.
  'POST /challenges':         'idle   bad   idle  idle  idle  idle  idle',
  'GET /forgot page':         'ok     ok    ok    ok    ok    ok    ok',
  'POST /forgot':             'sent   sent  sent  sent  sent  sent  sent',
  'GET /reset page':          'ok     ok    ok    ok    ok    ok    ok',
  'POST /reset':              'lost   lost  lost  lost  lost  lost  lost',
  'GET /invitation page':     'ok     ok    ok    ok    ok    ok    ok',
  'POST /invitation/account': 'lost   lost  lost  lost  lost  lost  lost',
  'POST /invitation':         'lost   lost  lost  lost  lost  lost  lost',
  'GET /confirm-email page':  'ok     ok    ok    ok    ok    ok    ok',
  // Nothing is demanded in these tests, so it leads on, and there is nothing to mail.
  'GET /required page':       'away   away  on    on    on    on    on',
  'GET /permit page':         'ok     ok    ok    ok    ok    ok    ok',
  'POST /permit/mail':        'out    out   none  none  none  none  none',
  'POST /permit':             'out    out   lost  lost  lost  lost  lost',
  'POST /email':              'out    out   sent  old   old   sent  old',
  'POST /email/confirmation': 'out    out   none  none  none  none  none',
  'POST /email/confirm':      'out    out   lost  lost  lost  lost  lost',
  'DELETE /devices':          'out    out   none  none  none  none  none',
  'GET /account/data':        'out    out   ok    ok    ok    ok    ok',
  'DELETE /account':          'out    out   done  old   old   done  old',
};

const nameOf = ({ method, path, page }: Route): string => `${method} ${path}${page ? ' page' : ''}`;

const columnOf = (credential: Credential): number => {
  const at = (columns as readonly string[]).indexOf(credential);
  return Math.max(0, at);
};

describe('I-11 R-A01 the table of routes', () => {
  it('has a level for every route, and a line in the matrix of this test', () => {
    for (const route of routes) {
      expect(['public', 'ceremony', 'signed-in', 'manage'], nameOf(route)).toContain(route.level);
    }
    expect(routes.map(nameOf).sort()).toEqual(Object.keys(matrix).sort());
    for (const line of Object.values(matrix)) expect(line.split(/\s+/)).toHaveLength(columns.length);
  });
});

onEachAdapter('I-11 every route with every credential', (fresh, through) => {
  let database: TestDatabase;
  let app: TestApp;
  beforeEach(async () => {
    database = await fresh();
    app = await createApp(database.open(), {}, through);
  });
  afterEach(async () => {
    await app.close();
    await database.drop();
  });

  it.each(Object.keys(credentials) as Credential[])('%s', async (credential) => {
    const column = columnOf(credential);
    let actor = await credentials[credential](app, database);
    const before = column === 0 ? await dump(database) : [];
    // What everybody may call comes last, because it signs people in.
    for (const open of [false, true]) {
      for (const route of routes) {
        if ((route.level === 'public') !== open) continue;
        const word = (matrix[nameOf(route)] ?? '').split(/\s+/)[column] ?? '';
        const answer = await call(actor.browser, route, actor);
        const found = [answer.status, answer.problem];
        expect({ route: nameOf(route), found }).toEqual({ route: nameOf(route), found: meanings[word] });
        if (word === 'away')
          expect(String(answer.headers['location'])).toMatch(/^\/auth\/sign-in\?return_to=/);
        // What was let through may have used the credential up.
        if (route.method !== 'GET' && answer.status < 300) {
          await actor.other?.close();
          actor = await credentials[credential](app, database);
        }
      }
      // Who is nobody has changed nothing.
      if (!open && column === 0) expect(await dump(database)).toEqual(before);
    }
    await actor.other?.close();
  });

  it('A-69 another person signed in with two factors reaches nothing of the account', async () => {
    const victim = await credentials.mfa(app, database);
    const before = await dump(database);
    const stranger = await credentials.mfa(app, database);
    const expected: Readonly<Record<string, readonly [number, string]>> = {
      'POST /ceremony': [404, 'ceremony-unknown'],
      'POST /enrolments/confirm': [404, 'enrolment-unknown'],
      'PATCH /authenticators': [404, 'not-found'],
      'PUT /authenticators': [404, 'not-found'],
      'DELETE /authenticators': [404, 'not-found'],
      'DELETE /sessions': [404, 'not-found'],
    };
    for (const route of routes) {
      const wanted = expected[nameOf(route)];
      if (!wanted) continue;
      const answer = await call(stranger.browser, route, victim);
      expect([nameOf(route), answer.status, answer.problem]).toEqual([nameOf(route), ...wanted]);
    }
    // Everything the victim had is there, unchanged. (A head of the audit moves with the stranger's own rows.)
    const now = new Set(await dump(database));
    expect(before.filter((row) => !row.startsWith('audit_heads') && !now.has(row))).toEqual([]);
    expect((await victim.browser.get('/auth/security')).status).toBe(200);
  });

  it('I-11 pages of the application: only what the policy asks lets anybody in', async () => {
    const expected: Readonly<Partial<Record<Credential, readonly number[]>>> = {
      //          /admin /fresh-admin /two-factor /recent /phishing /boss
      pwd: [401, 401, 401, 200, 401, 403],
      'pwd stale': [401, 401, 401, 401, 401, 403],
      'pwd of mfa': [401, 401, 401, 200, 401, 403],
      mfa: [200, 200, 200, 200, 401, 403],
      'mfa stale': [200, 200, 200, 401, 401, 403],
    };
    for (const credential of Object.keys(credentials) as Credential[]) {
      const actor = await credentials[credential](app, database);
      const found: number[] = [];
      for (const path of ['/admin', '/fresh-admin', '/two-factor', '/recent', '/phishing', '/boss']) {
        found.push((await actor.browser.get(path)).status);
      }
      expect({ credential, found }).toEqual({
        credential,
        found: expected[credential] ?? [401, 401, 401, 401, 401, 401],
      });
      await actor.other?.close();
    }
  });
});

/** Calls a route as its own pages would, with everything about the actor that it could want. */
async function call(
  browser: TestBrowser,
  route: Route,
  actor: Actor,
): Promise<{ status: number; problem: string | null; headers: Readonly<Record<string, unknown>> }> {
  const path = `/auth${route.path === '/assets/*' ? '/assets/cofactor.css' : route.path}`;
  if (route.page) return browser.page(path);
  const body = actor.bodies[nameOf(route)];
  return browser.send(route.method, path, body === undefined ? {} : { body: body() });
}

throughEachAdapter('I-11 a route that needs a session', (through) => {
  it('R-A01 is not reached under another spelling, method or address (A-21)', async () => {
    const { freshSqliteDatabase } = await import('../support/app.ts');
    const database = await freshSqliteDatabase();
    const app = await createApp(database.open(), {}, through);
    const { browser } = await register(app);
    const spellings = [
      '/auth//security',
      '/auth/./security/',
      '/auth/security/',
      '/auth/Security',
      '/auth/security.json',
      '/auth/security%2f',
      '/auth/security;a=b',
      '/auth/%73ecurity',
      '/AUTH/security',
      '/auth/security.',
      '/auth/security%00',
      '/auth/x/../%73ecurity',
    ];
    for (const path of spellings) {
      expect([path, (await browser.get(path)).status]).toEqual([path, 404]);
    }
    for (const header of ['x-http-method-override', 'x-http-method', 'x-method-override']) {
      const answer = await browser.post(
        '/auth/context?_method=DELETE',
        {},
        { headers: { [header]: 'DELETE' } },
      );
      expect(answer.status).toBe(404);
    }
    expect((await browser.send('HEAD', '/auth/security')).status).toBe(200);
    expect((await browser.fork().send('HEAD', '/auth/security')).status).toBe(401);
    await app.close();
    await database.drop();
  });
});
