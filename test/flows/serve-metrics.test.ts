import { metrics } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { metricTable, type Metric } from '../../packages/server/src/index.ts';
import type { ConfirmedView, EnrolmentView } from '../../packages/cofactor/src/http/contract.ts';
import type { TestBrowser } from '../support/browser.ts';
import { oathtoolCode } from '../support/oathtool.ts';
import { testServer, type TestServer } from '../support/serve.ts';
import { closedPort } from '../support/smtp.ts';

const password = 'a long word about tulips and rain';

/** The value of a series, e.g. `cofactor_sessions_total{realm="users"}`; 0 where it is not there. */
function valueOf({ server }: TestServer, series: string): number {
  const line = server.metrics
    .text()
    .split('\n')
    .find((one) => one.startsWith(`${series} `));
  return Number(line?.split(' ').at(-1) ?? 0);
}

const signIns = (result: string, method = 'password'): string =>
  `cofactor_sign_ins_total{realm="users",method="${method}",result="${result}"}`;

function signIn(browser: TestBrowser, typed = password, identifier = 'ada', provider = 'password') {
  return browser.post('/auth/sign-in', { identifier, provider, response: { password: typed } });
}

describe('what the server counts', () => {
  let node: TestServer;
  let browser: TestBrowser;
  let app: string;
  let authenticator: string;
  beforeAll(async () => {
    node = await testServer({
      registration: true,
      mail: `smtp://127.0.0.1:${await closedPort()}`,
      mailFrom: 'noreply@acme.example',
    });
    browser = node.browser();
    await browser.context();
  });
  afterAll(() => node?.close());

  it('counts sessions, and sign-ins by method and how they ended', async () => {
    await browser.post('/auth/register', { identifier: 'ada', provider: 'password', response: { password } });
    expect(valueOf(node, 'cofactor_sessions_total{realm="users"}')).toBe(1);
    await signIn(browser);
    await signIn(browser, 'wrong');
    await signIn(browser, 'wrong', 'nobody');
    expect([valueOf(node, signIns('done')), valueOf(node, signIns('wrong'))]).toEqual([1, 2]);
    expect(valueOf(node, 'cofactor_sessions_total{realm="users"}')).toBe(2);
    expect(valueOf(node, 'cofactor_hash_queue_wait_seconds_count')).toBeGreaterThanOrEqual(4);
  });

  it('counts second steps and confirmations within a session', async () => {
    const begun = await browser.post<EnrolmentView>('/auth/enrolments', { provider: 'totp' });
    app = String(begun.body.setup['key']);
    const confirmed = await browser.post<ConfirmedView>('/auth/enrolments/confirm', {
      enrolment: begun.body.enrolment,
      response: { code: oathtoolCode(app, node.clock.now()) },
      name: 'Phone',
    });
    authenticator = confirmed.body.authenticator.id;
    node.clock.advance(31);
    await browser.post('/auth/step-up', { policy: 'Back office', returnTo: '/admin/' });
    await browser.post('/auth/ceremony', { authenticator, response: { code: '000000' } });
    const code = oathtoolCode(app, node.clock.now());
    await browser.post('/auth/ceremony', { authenticator, response: { code } });
    const stepUps = (result: string): string =>
      `cofactor_step_ups_total{realm="users",method="totp",result="${result}"}`;
    expect([valueOf(node, stepUps('wrong')), valueOf(node, stepUps('done'))]).toEqual([1, 1]);

    const other = node.browser();
    await other.context();
    await signIn(other);
    expect(valueOf(node, signIns('more-needed'))).toBe(1);
    await other.post('/auth/ceremony', { authenticator, response: { code } });
    expect(valueOf(node, signIns('replayed', 'totp'))).toBe(1);
  });

  it('counts tries that have to wait', async () => {
    const guesser = node.browser();
    await guesser.context();
    for (let tries = 0; tries < 12; tries += 1) await signIn(guesser, `wrong ${tries}`, 'bob');
    expect(valueOf(node, signIns('waiting'))).toBeGreaterThan(0);
    expect(valueOf(node, 'cofactor_lockouts_total{realm="users",kind="wait"}')).toBe(
      valueOf(node, signIns('waiting')),
    );
  });

  it('counts who is turned away because too many passwords wait, and how many wait', async () => {
    const rush = await Promise.all(
      Array.from({ length: 150 }, async (_, index) => {
        const one = node.browser();
        one.ip = `198.51.100.${index}`;
        await one.context();
        return signIn(one, password, `rush-${index}`);
      }),
    );
    const busy = rush.filter(({ problem }) => problem === 'busy').length;
    expect(busy).toBeGreaterThan(0);
    expect(valueOf(node, 'cofactor_hash_queue_refusals_total')).toBe(busy);
    expect(valueOf(node, signIns('busy'))).toBe(busy);
    expect(valueOf(node, 'cofactor_hash_queue_depth')).toBe(0);
  });

  it('counts mails that could not be handed over', async () => {
    const mailed = node.browser();
    await mailed.context();
    const identifier = 'eve@acme.example';
    await mailed.post('/auth/register', { identifier, provider: 'password', response: { password } });
    await node.server.realms.get('users')?.engine.background.settled();
    expect(valueOf(node, 'cofactor_mails_total{result="failed"}')).toBe(1);
  });

  it('A-215 has labels from closed sets only, whatever anybody sends', async () => {
    const canary = 'CANARY"} 1\nforged{x="';
    const evil = node.browser();
    await evil.context();
    await signIn(evil, password, canary, canary);
    await signIn(evil, password, 'ada', 'constructor');
    await evil.post('/auth/ceremony', { authenticator: canary, response: { code: canary } });
    for (const path of [
      `/${canary}`,
      `/auth/${canary}`,
      '/auth/external/CANARY',
      '/admin/CANARY',
      '/oidc/CANARY',
    ]) {
      for (const method of ['GET', 'POST', 'OPTIONS', 'DELETE', 'PROPFIND', 'TRACE']) {
        await evil.send(method, encodeURI(path), { headers: { 'content-length': '0' } });
      }
    }
    for (let n = 0; n < 200; n += 1) await evil.get(`/CANARY-${n}`);
    const text = node.server.metrics.text();
    expect(text).not.toContain('CANARY');
    expect(text).not.toContain('forged');

    const labels = [...text.matchAll(/^([a-z_]+?)(?:_bucket|_sum|_count)?\{(.*)\} /gm)];
    expect(labels.length).toBeGreaterThan(20);
    const values = new Map<string, Set<string>>();
    for (const [, , pairs = ''] of labels) {
      for (const [, label = '', value = ''] of pairs.matchAll(/([a-z]+)="([^"]*)"/g)) {
        values.set(label, (values.get(label) ?? new Set()).add(value));
      }
    }
    const closed = (name: keyof typeof metricTable, label: string): readonly string[] =>
      ((metricTable[name] as Metric).labels[label] ?? []) as readonly string[];
    const methods = ['password', 'totp', 'webauthn', 'recovery-codes', 'unknown', 'other'];
    const verbs = closed('cofactor_http_request_duration_seconds', 'method');
    expect([...methods, ...verbs]).toEqual(expect.arrayContaining([...(values.get('method') ?? [])]));
    expect(values.get('realm')).toEqual(new Set(['users']));
    expect(closed('cofactor_sign_ins_total', 'result').concat('sent', 'failed')).toEqual(
      expect.arrayContaining([...(values.get('result') ?? [])]),
    );
    const routes = [...(values.get('route') ?? [])];
    expect(routes).toContain('none');
    expect(routes.length).toBeLessThan(30);
  });

  it('counts questions to the database that failed', async () => {
    const own = await testServer();
    await own.server.realms.get('users')?.engine.store.close();
    await own
      .browser()
      .get('/auth/security', { headers: { cookie: `cofactor-users-session=ses_${'A'.repeat(43)}` } });
    const failed = ['unavailable', 'broken'].map((kind) =>
      valueOf(own, `cofactor_database_errors_total{kind="${kind}"}`),
    );
    expect(failed.reduce((sum, count) => sum + count, 0)).toBe(1);
    await own.close();
  });
});

describe('/metrics', () => {
  it('is served on a port of its own, in the format of Prometheus, and nowhere else', async () => {
    const node = await testServer({ metrics: true, metricsPort: 0, port: 0, host: '127.0.0.1' });
    const { address, metrics: at } = await node.server.listen();
    await fetch(`${address}/health/live`);
    const answer = await fetch(at ?? '');
    const text = await answer.text();
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(text).toMatch(/^# TYPE cofactor_http_request_duration_seconds histogram$/m);
    expect(text).toMatch(/^process_resident_memory_bytes \d+$/m);
    expect(text).toMatch(
      /^cofactor_http_request_duration_seconds_count\{method="GET",route="\/health\/live",status="2xx"\} 1$/m,
    );
    // Each bucket has all that is in those before it.
    const buckets = [...text.matchAll(/_bucket\{[^}]*le="[^"]*"\} (\d+)/g)].map(([, count]) => Number(count));
    expect(buckets).toEqual([...buckets].sort((one, other) => one - other));
    expect((await fetch(`${address}/metrics`)).status).toBe(404);
    expect((await fetch(new URL('/', at ?? ''))).status).toBe(404);
    expect((await fetch(at ?? '', { method: 'POST' })).status).toBe(404);
    await node.close();
    await expect(fetch(at ?? '')).rejects.toThrow('fetch failed');
  });

  it('goes to OpenTelemetry as well where somebody has registered it', async () => {
    const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
    const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
    const provider = new MeterProvider({ readers: [reader] });
    metrics.setGlobalMeterProvider(provider);
    const node = await testServer({ registration: true });
    const browser = node.browser();
    await browser.context();
    await browser.post('/auth/register', { identifier: 'ada', provider: 'password', response: { password } });
    await signIn(browser);
    await provider.forceFlush();
    const told = exporter
      .getMetrics()
      .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((one) => one.metrics));
    const named = (name: string) => told.find(({ descriptor }) => descriptor.name === name);
    expect(named('cofactor_sign_ins')?.dataPoints).toMatchObject([
      { attributes: { realm: 'users', method: 'password', result: 'done' }, value: 1 },
    ]);
    expect(named('cofactor_sessions')?.dataPoints[0]?.value).toBe(2);
    expect(named('cofactor_http_request_duration')?.descriptor.unit).toBe('s');
    await node.close();
    metrics.disable();
    await provider.shutdown();
  });
});
