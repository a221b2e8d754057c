import { createPublicKey, verify, type JsonWebKey } from 'node:crypto';
import type { Configuration } from 'oidc-provider';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { freshSqliteDatabase, register, type TestDatabase } from '../support/app.ts';
import { authorizationRequest, createOidcApp, follow, redeem } from '../support/oidc.ts';

/** Whether oidc-provider lets us sign: to it that is an experiment, which a later version may know otherwise. */
const experiment = vi.hoisted(() => ({ known: true, asked: 0 }));

vi.mock('oidc-provider', async (original) => {
  const library = await original<typeof import('oidc-provider')>();
  class Provider extends library.Provider {
    constructor(issuer: string, setup?: Configuration) {
      if (setup?.features?.externalSigningSupport) {
        experiment.asked += 1;
        if (!experiment.known) throw new TypeError('An unacknowledged version of an experimental feature');
      }
      super(issuer, setup);
    }
  }
  return { ...library, Provider, default: Provider };
});

let database: TestDatabase;
beforeAll(async () => {
  database = await freshSqliteDatabase();
});
afterAll(() => database.drop());

interface Published {
  readonly keys: readonly (JsonWebKey & { readonly kid: string })[];
}

/** What is published, and the header of an id_token that it verifies. */
async function signed(): Promise<{ readonly published: Published; readonly header: object }> {
  const test = await createOidcApp(database.open(), { algorithms: ['ES256', 'EdDSA', 'RS256'] });
  try {
    const { browser } = await register(test);
    const published = (await browser.get<Published>('/oidc/jwks')).body;
    const request = authorizationRequest();
    const landing = await follow(browser, request.address);
    const { body } = await redeem(test, request, landing.response?.get('code') ?? '');
    const [head = '', payload = '', signature = ''] = (body.id_token ?? '').split('.');
    const header = JSON.parse(Buffer.from(head, 'base64url').toString()) as { kid: string };
    const jwk = published.keys.find(({ kid }) => kid === header.kid) ?? expect.fail('nobody knows the key');
    const key = { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' } as const;
    const given = Buffer.from(signature, 'base64url');
    expect(verify('sha256', Buffer.from(`${head}.${payload}`), key, given)).toBe(true);
    return { published, header };
  } finally {
    await test.close();
  }
}

it('I-05 publishes the same keys, without a private part, whoever signs', async () => {
  experiment.known = true;
  const ours = await signed();
  expect(experiment.asked).toBeGreaterThan(0);
  experiment.known = false;
  experiment.asked = 0;
  const theirs = await signed();
  expect(experiment.asked).toBeGreaterThan(0);
  expect(theirs).toEqual(ours);
  expect(ours.published.keys).toHaveLength(3);
  for (const key of ours.published.keys) {
    expect(['d', 'p', 'q', 'dp', 'dq', 'qi'].filter((part) => part in key)).toEqual([]);
  }
});
