import { afterEach, beforeEach, expect, it } from 'vitest';
import { onEachDatabase, type TestDatabase } from '../support/app.ts';
import { authorizationRequest, createOidcApp, type TestOidc } from '../support/oidc.ts';
import { everyClient, everyClientList, personWithCode } from '../support/oidc-flows.ts';

const { shop, spa, radio } = everyClient;

onEachDatabase('A-21 A-197 what strangers can have written', (fresh) => {
  let database: TestDatabase;
  let test: TestOidc;
  beforeEach(async () => {
    database = await fresh();
    test = await createOidcApp(database.open(), { clients: everyClientList }, { wrongPerMinute: 3 });
  });
  afterEach(async () => {
    await test.close();
    await database.drop();
  });

  const rows = async (): Promise<number> => {
    const [counts] = await database.query(
      'select (select count(*) from oidc_artifacts) as artifacts, (select count(*) from oidc_sessions) as sessions',
    );
    return Number(counts?.['artifacts']) + Number(counts?.['sessions']);
  };
  const asks: Readonly<Record<string, readonly ['GET' | 'POST', string, string?]>> = {
    'a request': ['GET', authorizationRequest(shop).address],
    'a request, with a slash': ['GET', authorizationRequest(shop).address.replace('?', '/?')],
    'a request, in capitals': ['GET', authorizationRequest(shop).address.replace('/auth?', '/AUTH?')],
    'a request, by HEAD': ['GET', authorizationRequest(shop).address],
    'a pushed request': [
      'POST',
      '/oidc/par',
      String(new URL(authorizationRequest(spa).address, 'http://x').searchParams),
    ],
    'a pushed request, with a slash': [
      'POST',
      '/oidc/par/',
      String(new URL(authorizationRequest(spa).address, 'http://x').searchParams),
    ],
    'a sign-out': ['GET', '/oidc/logout'],
    'a sign-out, with a slash': ['GET', '/oidc/logout/'],
    'a device': ['POST', '/oidc/device/start', `client_id=${radio.id}&scope=openid`],
    'a device, with a slash': ['POST', '/oidc/device/start/', `client_id=${radio.id}&scope=openid`],
    'a device, in capitals': ['POST', '/oidc/device/Start', `client_id=${radio.id}&scope=openid`],
    'the page of a device': ['GET', '/oidc/device'],
    'the page of a device, with a slash': ['GET', '/oidc/device/'],
  };

  it.each(Object.keys(asks))('%s: no more than the network may have, however it is written', async (name) => {
    const [method, url, payload] = asks[name] ?? expect.fail();
    const before = await rows();
    const statuses = new Set<number>();
    for (let n = 0; n < 60; n += 1) {
      const answer = await test.app.inject({
        method: name.endsWith('HEAD') ? 'HEAD' : method,
        url,
        remoteAddress: '198.51.100.9',
        headers:
          payload === undefined
            ? {}
            : { 'content-type': 'application/x-www-form-urlencoded', origin: 'http://localhost:3000' },
        ...(payload !== undefined && { payload }),
      });
      statuses.add(answer.statusCode);
    }
    expect((await rows()) - before).toBeLessThanOrEqual(30);
    expect([...statuses].filter((status) => status >= 500)).toEqual([]);
  });

  it('a network that is over its budget holds up no other, and nobody who is signed in', async () => {
    const { mfa } = await personWithCode(test);
    const ask = async (
      remoteAddress: string,
    ): Promise<{ statusCode: number; headers: Record<string, unknown> }> =>
      test.app.inject({ url: authorizationRequest(shop).address, remoteAddress });
    for (let n = 0; n < 60; n += 1) await ask('198.51.100.9');
    const refused = await ask('198.51.100.9');
    expect([refused.statusCode, Number(refused.headers['retry-after']) > 0]).toEqual([429, true]);
    expect((await ask('198.51.100.10')).statusCode).toBe(303);
    mfa.ip = '198.51.100.9';
    expect((await mfa.page(authorizationRequest(shop).address)).headers['location']).toContain('code=');
  });
});
