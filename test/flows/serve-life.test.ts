import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAdmin } from 'cofactor/admin';
import { createWebhooks } from 'cofactor/webhooks';
import { afterEach, describe, expect, it } from 'vitest';
import type { ContextView } from '../../packages/cofactor/src/http/contract.ts';
import { closed, listening } from '../support/listening.ts';
import { network, TestBrowser } from '../support/browser.ts';
import type { SpawnedServer } from '../support/server.ts';
import { formBody, serveOrigin, spawnServe, testServer } from '../support/serve.ts';
import { startSmtp } from '../support/smtp.ts';
import { Talk } from '../support/talk.ts';

const password = 'a long word about tulips and rain';

describe('/health', () => {
  it('is live and ready, in a word, with the headers of every answer', async () => {
    const { browser, close } = await testServer();
    const live = await browser().get('/health/live');
    const ready = await browser().get('/health/ready');
    expect([live.status, live.body]).toEqual([200, { status: 'live' }]);
    expect([ready.status, ready.body]).toEqual([200, { status: 'ready' }]);
    expect(ready.headers['cache-control']).toBe('no-store');
    expect(ready.headers['x-content-type-options']).toBe('nosniff');
    await close();
  });

  it('is not ready where the database is away, and says no more to strangers', async () => {
    const { server, browser, close } = await testServer();
    await server.realms.get('users')?.engine.store.close();
    const ready = await browser().get('/health/ready');
    expect([ready.status, ready.body]).toEqual([503, { status: 'not ready' }]);
    expect((await browser().get('/health/live')).status).toBe(200);
    await close();
  });

  it('asks the database once for however many who ask at once', async () => {
    const { server, browser, close } = await testServer();
    const store = server.realms.get('users')?.engine.store;
    const before = store?.statements ?? 0;
    await Promise.all(Array.from({ length: 50 }, () => browser().get('/health/ready')));
    expect((store?.statements ?? 0) - before).toBe(1);
    await close();
  });
});

describe('a webhook that is on its way when the server stops', () => {
  it('is waited for, and noted as delivered before the database is closed', async () => {
    const data = mkdtempSync(join(tmpdir(), 'cofactor-webhooks-'));
    let answer: () => void = () => undefined;
    const asked = new Promise<void>((came) => {
      answer = came;
    });
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { server: receiver, origin } = await listening(async (_request, response) => {
      answer();
      await held;
      response.writeHead(204).end();
    });
    const given = { data, webhooksToPrivateNetworks: true, registration: true, port: 0, host: '127.0.0.1' };
    const node = await testServer(given, { clock: { now: () => new Date() } });
    await node.server.listen();
    const auth = node.server.realms.get('users') ?? expect.fail();
    const { webhook } = await createWebhooks(auth, { allowNetworks: ['127.0.0.0/8', '::1/128'] }).put({
      name: 'Alerts',
      url: `${origin}/in`,
      types: '*',
    });
    const browser = node.browser();
    await browser.context();
    await browser.post('/auth/register', { identifier: 'ada', provider: 'password', response: { password } });
    await asked;
    const closing = node.close();
    // It has stopped listening, and is at what comes after that.
    await expect.poll(() => node.server.app.server.listening).toBe(false);
    release();
    await closing;
    await closed(receiver);
    const again = await testServer(given);
    const other = again.server.realms.get('users') ?? expect.fail();
    const status = await createWebhooks(other).status(webhook.id);
    expect([status?.delivered, status?.tries, status?.lastError]).toEqual([expect.any(Number), 0, null]);
    expect(status?.delivered).toBeGreaterThan(0);
    await again.close();
    rmSync(data, { recursive: true, force: true });
  });
});

describe('issuers of the database', () => {
  it('are taken up at the next start, without those that cannot be used', async () => {
    const data = mkdtempSync(join(tmpdir(), 'cofactor-issuers-'));
    const first = await testServer({ data });
    const auth = first.server.realms.get('users') ?? expect.fail();
    const issuers = {
      google: { label: 'Google', issuer: 'https://accounts.google.com', clientId: 'x' },
      broken: { label: 'Broken', issuer: 'nowhere', clientId: 'x' },
      totp: { label: 'A name that is taken', issuer: 'https://issuer.example', clientId: 'x' },
    };
    for (const [name, settings] of Object.entries(issuers)) {
      const asked = { name, settings, clientSecret: 'CANARY', check: () => null };
      const done = await createAdmin(auth).issuers.put({ source: 'cli', name: 'test' }, asked);
      expect(done.status).toBe('done');
    }
    await first.close();

    const second = await testServer({ data });
    const { body } = await second.browser().get<ContextView>('/auth/context');
    expect(body.first.map(({ provider }) => provider)).toContain('google');
    expect([...(second.server.realms.get('users')?.engine.config.providers.keys() ?? [])]).not.toContain(
      'broken',
    );
    const log = second.lines.join('');
    expect(log).toContain('an issuer of the database cannot be used');
    expect(log).toContain('a name that is taken by the settings');
    expect(log).not.toContain('CANARY');
    await second.close();
    rmSync(data, { recursive: true, force: true });
  });
});

function portOf({ url }: SpawnedServer): number {
  return Number(new URL(url).port);
}

describe('cofactor serve, told to stop', () => {
  const folders: string[] = [];
  const running: SpawnedServer[] = [];
  afterEach(async () => {
    await Promise.all(running.splice(0).map((one) => one.kill()));
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  });
  async function start(env: Readonly<Record<string, string>> = {}): Promise<SpawnedServer> {
    const folder = mkdtempSync(join(tmpdir(), 'cofactor-life-'));
    folders.push(folder);
    const server = await spawnServe({ COFACTOR_DATA: folder, COFACTOR_REGISTRATION: 'true', ...env });
    running.push(server);
    return server;
  }
  const written = async (server: SpawnedServer, words: string): Promise<void> => {
    await expect.poll(() => server.output(), { timeout: 10_000, interval: 20 }).toContain(words);
  };

  it('finishes what is under way, tells that it is not ready, loses nothing, and ends with 0', async () => {
    const server = await start();
    const browser = new TestBrowser(network(server.url), serveOrigin);
    await browser.context();
    const cookies = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const body = JSON.stringify({ identifier: 'ada', provider: 'password', response: { password } });
    const registers = await Talk.with(portOf(server));
    registers.say(
      `POST /auth/register HTTP/1.1\r\nhost: x\r\naccept: application/json\r\ncontent-type: application/json\r\n` +
        `origin: ${serveOrigin}\r\nx-csrf-token: ${browser.csrf}\r\ncookie: ${cookies}\r\n` +
        `content-length: ${body.length}\r\n\r\n${body.slice(0, 10)}`,
    );
    const asks = await Talk.with(portOf(server));
    asks.say('GET /health/ready HTTP/1.1\r\nhost: x\r\n\r\nGET /health/re');
    await asks.hear(/"ready"\}/);

    process.kill(server.pid, 'SIGTERM');
    await written(server, '"stopping"');
    // Connections that are there are served; new ones are not taken.
    asks.say('ady HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
    expect(await asks.toTheEnd()).toMatch(/503 Service Unavailable[^]*not ready/);
    await expect(Talk.with(portOf(server))).rejects.toThrow('ECONNREFUSED');

    registers.say(body.slice(10));
    expect(await registers.toTheEnd()).toMatch(/^HTTP\/1.1 200 /);
    expect(await server.ended()).toBe(0);
    expect(server.output()).toContain('"stopped"');

    // What was answered is there at the next start.
    const again = await start({ COFACTOR_DATA: folders[0] ?? '' });
    const other = new TestBrowser(network(again.url), serveOrigin);
    await other.context();
    const signedIn = await other.post('/auth/sign-in', {
      identifier: 'ada',
      provider: 'password',
      response: { password },
    });
    expect(signedIn.body.status).toBe('done');
  });

  it('cuts off after shutdownGrace what does not end, and a second signal ends it at once', async () => {
    const hanging = 'POST /auth/sign-in HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nab';
    const patient = await start({ COFACTOR_SHUTDOWN_GRACE: '1' });
    (await Talk.with(portOf(patient))).say(hanging);
    expect(await patient.stop()).toBe(0);
    expect(patient.output()).toContain('were cut off');

    const impatient = await start({ COFACTOR_SHUTDOWN_GRACE: '600' });
    (await Talk.with(portOf(impatient))).say(hanging);
    process.kill(impatient.pid, 'SIGTERM');
    await written(impatient, '"stopping"');
    expect(await impatient.stop()).toBe(143);
  });

  it('hands over the mails that are on their way', async () => {
    const smtp = await startSmtp();
    const server = await start({
      COFACTOR_MAIL: `smtp://127.0.0.1:${smtp.port}`,
      COFACTOR_MAIL_FROM: 'noreply@acme.example',
    });
    const browser = new TestBrowser(network(server.url), serveOrigin);
    await browser.context();
    const answer = await browser.post('/auth/register', {
      identifier: 'ada@acme.example',
      provider: 'password',
      response: { password },
    });
    expect(answer.status).toBe(200);
    // The answer does not wait for its mail, so that it is still to be sent now.
    expect(await server.stop()).toBe(0);
    expect(smtp.mails.map(({ to }) => to)).toEqual([['ada@acme.example']]);
    await smtp.close();
  });

  it('prints the link as text on standard output, and opens by it', async () => {
    const server = await start();
    await written(server, 'It works once');
    const [, token = ''] =
      /^ {4}http:\/\/localhost:3000\/admin\/set-up#(sut_\S+)$/m.exec(server.output()) ?? [];
    for (const line of server
      .output()
      .split('\n')
      .filter((one) => one.startsWith('{'))) {
      expect(line).not.toContain('sut_');
    }
    const browser = new TestBrowser(network(server.url), serveOrigin);
    const page = await browser.page('/admin/set-up');
    const csrf = /name="csrf" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
    const form = formBody({ csrf, token, identifier: 'ada', password });
    expect((await browser.send('POST', '/admin/set-up', form)).status).toBe(303);
    expect(await server.stop()).toBe(0);
    const again = await start({ COFACTOR_DATA: folders[0] ?? '' });
    await written(again, 'listening on');
    expect(await again.stop()).toBe(0);
    expect(again.output()).not.toContain('set-up');
  });

  it('I-29 runs in production, with members beside the users', async () => {
    const server = await start({
      NODE_ENV: 'production',
      COFACTOR_ORIGIN: 'https://login.example.com',
      COFACTOR_KEYS: `own:${Buffer.alloc(32, 3).toString('base64')}`,
      COFACTOR_MEMBERS: 'true',
    });
    const browser = new TestBrowser(network(server.url), 'https://login.example.com');
    for (const base of ['/auth', '/members']) {
      const page = await browser.page(`${base}/sign-in`);
      expect([page.status, String(page.headers['strict-transport-security'])]).toEqual([
        200,
        expect.stringContaining('max-age='),
      ]);
      const context = await browser.get(`${base}/context`);
      expect(String(context.headers['set-cookie'] ?? browser.setCookies.at(-1))).toContain(
        '__Host-cofactor-',
      );
      expect((await browser.page(`${base}/mailbox`)).status).toBe(404);
    }
    expect(await server.stop()).toBe(0);
  });

  it.each([
    ['COFACTOR_PORT', /ended with [1-9][^]*\bport: something else listens there already/],
    ['COFACTOR_METRICS_PORT', /ended with [1-9][^]*\bmetricsPort: something else listens there already/],
  ])('ends, and says why, where %s is taken', async (name, said) => {
    const other = await listening((_request, response) => {
      response.end();
      return Promise.resolve();
    });
    const port = new URL(other.origin).port;
    const host = new URL(other.origin).hostname;
    const places = { COFACTOR_HOST: host, COFACTOR_METRICS_HOST: host, COFACTOR_METRICS: 'true' };
    await expect(start({ ...places, COFACTOR_METRICS_PORT: '0', [name]: port })).rejects.toThrow(said);
    await closed(other.server);
  });

  it('members who register themselves leave the realm of the administrators closed', async () => {
    const opened = async (given: object): Promise<readonly boolean[]> => {
      const { browser, close } = await testServer({ members: true, ...given });
      const open = await Promise.all(
        ['/auth', '/members'].map(async (base) => {
          const context = await browser().get<ContextView>(`${base}/context`);
          return context.body.registration;
        }),
      );
      await close();
      return open;
    };
    expect(await opened({})).toEqual([false, false]);
    expect(await opened({ membersRegistration: true })).toEqual([false, true]);
    expect(await opened({ registration: true })).toEqual([true, false]);
  });

  it('names what is wrong with its settings and does not start', async () => {
    const wrong = { COFACTOR_PORT: 'many', COFACTOR_LOG_LEVEL: 'loud', COFACTOR_SECRET: 'CANARY' };
    const started = start(wrong);
    await expect(started).rejects.toThrow(/COFACTOR_PORT \(port\) takes a whole number from 0 to 65535/);
    await expect(started).rejects.toThrow(/COFACTOR_LOG_LEVEL/);
    await expect(started).rejects.toThrow(/COFACTOR_SECRET: there is no setting/);
    await expect(started).rejects.not.toThrow(/CANARY/);
  });
});
