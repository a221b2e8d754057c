import { inspect } from 'node:util';
import { createCofactor, requireMfa, type Cofactor, type CofactorEvents } from 'cofactor';
import { cofactor } from 'cofactor/fastify';
import { password } from 'cofactor/password';
import { recoveryCodes } from 'cofactor/recovery-codes';
import { totp } from 'cofactor/totp';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type {
  ConfirmedView,
  EnrolmentView,
  SecurityView,
} from '../../packages/cofactor/src/http/contract.ts';
import { onEachDatabase, type TestDatabase } from '../support/app.ts';
import { inject, TestBrowser, type Transport } from '../support/browser.ts';
import { TestClock } from '../support/clock.ts';
import { plainHasher } from '../support/hasher.ts';
import { onHttps, ownKey } from '../support/https.ts';
import { oathtoolCode } from '../support/oathtool.ts';
import { cookieOf, dump } from '../support/tables.ts';

/** A part of an answer that one kind of secret belongs to. */
type Place = 'set-cookie' | 'csrf' | 'set-up' | 'issued' | 'nowhere';

interface Answered {
  readonly request: string;
  readonly status: number;
  readonly headers: string;
  readonly cookies: string;
  readonly text: string;
}

onEachDatabase('I-28 A-215 A-59 A-91 no secret is written anywhere', (fresh) => {
  let database: TestDatabase;
  let auth: Cofactor;
  let app: FastifyInstance;
  let browser: TestBrowser;
  const clock = new TestClock();
  const secrets = new Map<string, Place>();
  const answers: Answered[] = [];
  let written = '';
  const write = (text: string): void => void (written += `${text}\n`);

  const plant = (secret: string, place: Place = 'nowhere'): string => {
    expect(secret.length).toBeGreaterThan(5);
    secrets.set(secret, place);
    return secret;
  };

  beforeEach(async () => {
    database = await fresh();
    for (const list of [secrets, answers]) if (list instanceof Map) list.clear();
    answers.length = 0;
    written = '';
    const log = (details: object, message: string): void => write(inspect([message, details], { depth: 12 }));
    auth = createCofactor({
      database: database.open(),
      ...onHttps,
      clock,
      registration: true,
      factors: [password({ hasher: plainHasher }), totp({ issuer: 'Test' }), recoveryCodes()],
      policies: { Admin: requireMfa() },
      log: { info: log, warn: log, error: log },
    });
    const names = [
      'user-created',
      'signed-in',
      'stepped-up',
      'signed-out',
      'second-factor-failed',
      'authenticator-added',
      'authenticator-removed',
      'authenticator-replaced',
      'authenticator-disabled',
      'alarm',
    ] as const satisfies (keyof CofactorEvents)[];
    for (const name of names) auth.on(name, (event) => write(inspect([name, event], { depth: 12 })));
    app = Fastify({ logger: { level: 'trace', stream: { write } } });
    await app.register(cofactor, { auth });
    app.get('/admin', { preHandler: app.requirePolicy('Admin') }, () => 'inside');
    for (const stream of [process.stdout, process.stderr]) {
      vi.spyOn(stream, 'write').mockImplementation((text) => (write(String(text)), true));
    }
    for (const name of ['log', 'info', 'warn', 'error', 'debug'] as const) {
      vi.spyOn(console, name).mockImplementation((...values: unknown[]) =>
        write(inspect(values, { depth: 12 })),
      );
    }
    browser = new TestBrowser(recording(inject(app)), auth.engine.config.origin.origin);
    plant(ownKey.secret);
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await app.close();
    await database.drop();
  });

  /** Keeps every answer, and knows every secret that a cookie or a token carries. */
  function recording(transport: Transport): Transport {
    return async (method, path, headers, payload, ip) => {
      const answer = await transport(method, path, headers, payload, ip);
      const { 'set-cookie': _, ...others } = answer.headers;
      for (const cookie of answer.cookies) {
        const value = /^[^=]+=([^;]*)/.exec(cookie)?.[1];
        if (value) plant(value, 'set-cookie');
      }
      const token =
        answer.headers['x-csrf-token'] ??
        (JSON.parse(answer.text.startsWith('{') ? answer.text : '{}') as { csrf?: string }).csrf;
      if (typeof token === 'string') plant(token, 'csrf');
      answers.push({
        request: `${method} ${path}`,
        status: answer.status,
        headers: JSON.stringify(others),
        cookies: answer.cookies.join('\n'),
        text: answer.text,
      });
      return answer;
    };
  }

  const typed = (secret: string): { password: string } => ({ password: plant(secret) });
  const code = (key: string): { code: string } => ({ code: plant(oathtoolCode(key, clock.now())) });
  const signIn = (response: { password: string }, as = browser): Promise<unknown> =>
    as.post('/auth/sign-in', { identifier: 'somebody', provider: 'password', response });

  /** Every flow there is, right and wrong, with secrets in everything that takes one. */
  async function everything(): Promise<void> {
    const first = typed('MARKED first password');
    await browser.context();
    const registration = { identifier: 'somebody', provider: 'password', response: first };
    await browser.post('/auth/register', { ...registration, response: typed('MARKED s') });
    await browser.post('/auth/register', { ...registration, response: typed('MARKED somebody as password') });
    await browser.post('/auth/register', registration);
    await browser.post('/auth/register', { ...registration, response: typed('MARKED taken password') });

    const begun = await browser.post<EnrolmentView>('/auth/enrolments', { provider: 'totp' });
    const key = plant(String(begun.body.setup['key']), 'set-up');
    const enrolment = plant(begun.body.enrolment, 'set-up');
    const confirm = { enrolment, response: { code: plant('918273') } };
    await browser.post('/auth/enrolments/confirm', confirm);
    await browser.post('/auth/enrolments/confirm', { ...confirm, response: { code: plant('MARKED code') } });
    const confirmed = await browser.post<ConfirmedView>('/auth/enrolments/confirm', {
      enrolment,
      response: code(key),
    });
    const codes = confirmed.body.issued[0]?.setup['codes'] as string[];
    for (const one of codes) plant(one, 'issued');
    for (const one of codes) plant(one.replaceAll('-', ''), 'nowhere');
    const totpId = confirmed.body.authenticator.id;
    clock.advance(31);

    // Wrong, used, right; by code and by recovery code.
    await signIn(typed('MARKED wrong password'));
    await signIn(first);
    const answer = (response: object, authenticator = totpId): Promise<unknown> =>
      browser.post('/auth/ceremony', { authenticator, response });
    await answer({ code: plant('564738') });
    const right = code(key);
    await answer(right);
    await signIn(first);
    await answer(right);
    const { authenticators } = (await browser.get<SecurityView>('/auth/security')).body;
    const idOf = (usage: string): string =>
      authenticators.find(({ provider }) => provider.usage === usage)?.id ?? '';
    await answer({ code: codes[0] }, idOf('recovery'));
    clock.advance(31);
    await browser.get('/admin');
    await browser.page('/admin');

    // A new password, a new set of codes, another authenticator, a name, a removal.
    clock.advance(301);
    await browser.post('/auth/step-up', {});
    await answer(code(key));
    const change = { id: idOf('first'), current: first, response: typed('MARKED second password') };
    await browser.send('PUT', '/auth/authenticators', {
      body: { ...change, current: typed('MARKED not it') },
    });
    await browser.send('PUT', '/auth/authenticators', { body: { ...change, response: typed('MARKED x') } });
    await browser.send('PUT', '/auth/authenticators', { body: change });
    const more = await browser.post<EnrolmentView>('/auth/enrolments', { provider: 'recovery-codes' });
    for (const one of (more.body.setup?.['codes'] as string[] | undefined) ?? []) plant(one, 'set-up');
    if (more.body.enrolment) plant(more.body.enrolment, 'set-up');
    await browser.send('PATCH', '/auth/authenticators', { body: { id: totpId, name: 'Phone' } });

    // Requests that are not in order, with secrets in them.
    const raws = [
      '{"identifier":"somebody","response":{"password":"MARKED raw password"',
      '{"password":"MARKED raw password"}',
      'MARKED raw password',
    ];
    plant('MARKED raw password');
    for (const raw of raws) {
      for (const type of ['application/json', 'text/plain', 'application/x-www-form-urlencoded']) {
        for (const path of [
          '/auth/sign-in',
          '/auth/ceremony',
          '/auth/enrolments/confirm',
          '/auth/sign-out',
        ]) {
          await browser.post(path, undefined, { raw, headers: { 'content-type': type } });
        }
      }
    }
    await browser.post('/auth/sign-in', undefined, { raw: `"MARKED raw password${'x'.repeat(20_000)}"` });
    await browser.post('/auth/sign-in', registration, { headers: { 'x-csrf-token': plant('MARKED token') } });
    await browser.get('/auth/context', { headers: { authorization: `Bearer ${plant('MARKED bearer')}` } });

    // Faults: a secret that cannot be read, tables that are gone.
    await database.query("update authenticators set data = 'v1.own.x.y' where id = $1", [totpId]);
    clock.advance(31);
    await signIn(change.response);
    await answer(code(key));
    await browser.post('/auth/sign-out');
    await browser.page('/admin');
    await database.query('alter table limits rename to limits_away');
    await signIn(change.response);
    await browser.post('/auth/register', { ...registration, identifier: 'other' });
    await database.query('alter table limits_away rename to limits');
    await database.query('alter table sessions rename to sessions_away');
    await browser.get('/admin');
    await browser.post('/auth/register', { ...registration, identifier: 'another' });
    await database.query('alter table sessions_away rename to sessions');
    await browser.send('DELETE', '/auth/ceremony');
    expect(cookieOf(browser, 'known')).not.toBe('');
  }

  it('not in the database, the log, the events, the trace of the server, or an answer that it does not belong to', async () => {
    await everything();
    vi.restoreAllMocks();
    // The flows came to their ends, so that there was something to find.
    const statuses = new Set(answers.map(({ status }) => status));
    for (const status of [200, 201, 204, 303, 400, 401, 403, 409, 422, 503])
      expect(statuses).toContain(status);
    expect(secrets.size).toBeGreaterThan(60);
    expect(written).toContain('incoming request');
    expect(written).toContain('an authenticator cannot be used');

    const rows = await dump(database);
    expect(rows.length).toBeGreaterThan(20);
    const found: string[] = [];
    for (const [secret, place] of secrets) {
      const forms = formsOf(secret);
      const at = (text: string, where: string): void => {
        const form = forms.find((one) => one.test(text));
        if (form) found.push(`${secret} in ${where}`);
      };
      for (const row of rows) at(row, `a row of ${row.split(' ')[0] ?? ''}`);
      for (const line of written.split('\n')) at(line, `the log: ${line.slice(0, 200)}`);
      for (const { request, status, headers, cookies, text } of answers) {
        if (place !== 'set-cookie') at(cookies, `a cookie of ${request}`);
        if (place !== 'csrf') at(headers, `the headers of ${request} ${status}`);
        if (!belongs(place, request, status)) at(text, `the body of ${request} ${status}`);
      }
    }
    expect([...new Set(found)]).toEqual([]);
    // Each was shown where it belongs, and shown once where it is shown once.
    for (const [secret, place] of secrets) {
      if (place !== 'set-up' && place !== 'issued') continue;
      expect(answers.filter(({ text }) => text.includes(secret))).toHaveLength(1);
    }
  });
});

/** The one answer whose body a kind of secret may stand in. */
function belongs(place: Place, request: string, status: number): boolean {
  switch (place) {
    case 'csrf':
      return request === 'GET /auth/context' && status === 200;
    case 'set-up':
      return request === 'POST /auth/enrolments' && status === 201;
    case 'issued':
      return request === 'POST /auth/enrolments/confirm' && status === 201;
    case 'set-cookie':
    case 'nowhere':
      return false;
  }
}

/** A secret as it is, and as it could have been encoded on the way. Short codes must stand alone, as they are. */
function formsOf(secret: string): RegExp[] {
  const bytes = Buffer.from(secret);
  if (/^\d{6}$/.test(secret)) return [new RegExp(`(?<![\\w.-])${secret}(?![\\w-])`)];
  const forms = [
    secret,
    encodeURIComponent(secret),
    bytes.toString('hex'),
    bytes.toString('base64').replace(/=+$/, '').slice(0, -1),
    bytes.toString('base64url').slice(0, -1),
    ...(/^[A-Z2-7]{32}$/.test(secret) ? base32Bytes(secret) : []),
  ];
  return [...new Set(forms)].map((form) => new RegExp(form.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&'), 'i'));
}

/** The key of an authenticator app as bytes: in hex and base64. */
function base32Bytes(key: string): string[] {
  let bits = '';
  for (const letter of key)
    bits += 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0');
  const bytes = Buffer.from(bits.match(/.{8}/g)?.map((byte) => parseInt(byte, 2)) ?? []);
  return [bytes.toString('hex'), bytes.toString('base64').replace(/=+$/, ''), bytes.toString('base64url')];
}
