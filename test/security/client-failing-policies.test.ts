import { all, any, requireMfa, requireRole, requireThat, type OidcClientOptions } from 'cofactor/oidc-client';
import { describe, expect, it } from 'vitest';
import { startRp } from '../support/client-attacks.ts';
import { onEachAdapter, open, signIn, withCode } from '../support/rp.ts';

type Check = Parameters<typeof requireThat>[1];

/** Handlers of an application that are broken, or answer with something that they should not. */
const broken: Readonly<Record<string, Check>> = {
  throws() {
    throw new Error('the handler is broken');
  },
  'throws something that is no error'() {
    // oxlint-disable-next-line no-throw-literal, typescript/only-throw-error -- that is what is tested
    throw true;
  },
  rejects: async () => Promise.reject(new Error('the database is away')),
  'answers nothing': (() => undefined) as unknown as Check,
  'answers 1': (() => 1) as unknown as Check,
  'answers true in text': (() => 'true') as unknown as Check,
  'answers null': (() => null) as unknown as Check,
  'promises nothing': (async () => undefined) as unknown as Check,
  'answers false': () => false,
};

const kept = { Recent: requireMfa(), Boss: requireRole('boss'), FreshAdmin: requireMfa() };

onEachAdapter('I-12 handlers of policies', (adapter) => {
  it('that are broken deny, alone and together with others', async () => {
    for (const [name, check] of Object.entries(broken)) {
      const policies: OidcClientOptions['policies'] = {
        ...kept,
        Admin: requireThat('broken', check),
        FreshAdmin: all(requireMfa(), requireThat('broken', check)),
        Recent: any(requireThat('broken', check), requireRole('nobody has it')),
      };
      const rp = await startRp({ adapter, client: { policies } });
      const browser = rp.browser();
      await signIn(rp, browser, withCode);
      for (const path of ['/admin', '/fresh-admin', '/recent']) {
        const [page, data] = [await open(browser, path), await browser.get(path)];
        expect([name, path, page.status, data.status]).toEqual([name, path, 403, 403]);
        expect(page.text + data.text).not.toMatch(/inside|handler is broken|database is away/);
      }
      expect((await browser.get<{ admin: boolean }>('/who')).body.admin).toBe(false);
    }
  });

  it('that never answer let nobody in meanwhile, and everybody else goes on', async () => {
    let answer: (value: boolean) => void = () => undefined;
    const waiting = new Promise<boolean>((resolve) => (answer = resolve));
    const rp = await startRp({
      adapter,
      client: { policies: { ...kept, Admin: requireThat('slow', () => waiting) } },
    });
    const browser = rp.browser();
    await signIn(rp, browser, withCode);
    const slow = open(browser, '/admin');
    expect((await open(browser, '/orders')).status).toBe(200);
    answer(false);
    expect((await slow).status).toBe(403);
  });
});

describe('I-12 roles', () => {
  it.each<[string, unknown]>([
    ['throws', null],
    ['a text', 'boss'],
    ['an object', { boss: true, includes: () => true }],
    ['a promise', Promise.resolve(['boss'])],
    ['a list with something else in it', ['boss', 1]],
    ['nothing', undefined],
    ['a set', new Set(['boss'])],
  ])('that cannot be told are none: %s', async (_name, given) => {
    const roles = (): readonly string[] => {
      if (given === null) throw new Error('the directory is away');
      return given as readonly string[];
    };
    const rp = await startRp({ client: { roles } });
    const browser = rp.browser();
    await signIn(rp, browser, { ...withCode, role: ['boss'] });
    expect((await open(browser, '/boss')).status).toBe(403);
    expect((await open(browser, '/admin')).status).toBe(200);
    expect(rp.logged.some(({ level }) => level === 'error')).toBe(true);
  });

  it('are compared exactly, and are of the id_token alone', async () => {
    for (const role of [['Boss'], ['boss '], ['bos'], ['boss,admin'], 'boss', ['__proto__'], [['boss']]]) {
      const rp = await startRp({ issuer: { userinfo: true } });
      const browser = rp.browser();
      await signIn(rp, browser, { ...withCode, role, 'userinfo:role': ['boss'] });
      expect([role, (await open(browser, '/boss')).status]).toEqual([role, 403]);
    }
  });

  it('are asked for with the name of the issuer that said it', async () => {
    const asked: unknown[] = [];
    const rp = await startRp({
      client: {
        roles(claims, issuer) {
          asked.push([claims.sub, issuer]);
          return ['boss'];
        },
      },
    });
    const browser = rp.browser();
    await signIn(rp, browser, withCode);
    expect((await open(browser, '/boss')).status).toBe(200);
    expect(asked[0]).toEqual(['ann', 'acme']);
  });
});
