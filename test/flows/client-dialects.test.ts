import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dialects, extendDialect, type Dialect } from 'cofactor/oidc-client';
import type { TestBrowser } from '../support/browser.ts';
import { clientOrigin, createRp, locationOf, open, type TestRp, type Who } from '../support/rp.ts';
import { SpeakingIssuer, type Said } from '../support/speaking-issuer.ts';
import { UpstreamBrowser } from '../support/upstream.ts';

/** A make of server: what it says of a password, of MFA, and of what is neither; and how it is asked for MFA. */
interface Spoken {
  readonly what: string;
  readonly dialect: Dialect;
  readonly password: Said;
  /** Left out where it has no words for it. */
  readonly mfa?: Said;
  readonly nearly: readonly Said[];
  readonly asked: {
    readonly acr_values?: string;
    readonly claims?: Readonly<Record<string, unknown>>;
  } | null;
}

const c1 = { id_token: { acrs: { essential: true, value: 'c1' } } };
const gold = { id_token: { acr: { essential: true, values: ['gold'] } } };
const multipleAuthn = 'http://schemas.microsoft.com/claims/multipleauthn';
const windows = 'http://schemas.microsoft.com/ws/2008/06/identity/authenticationmethod/windows';
const multiFactor = 'http://schemas.openid.net/pape/policies/2007/06/multi-factor';

const makes: readonly Spoken[] = [
  {
    what: 'Entra ID, id_tokens of version 1.0',
    dialect: dialects.entra,
    password: { amr: ['pwd'], acr: '1' },
    mfa: { amr: ['pwd', 'rsa', 'mfa'], acr: '1' },
    nearly: [
      { amr: ['pwd', 'MFA'] },
      { amr: ['pwd', 'wiaormfa'] },
      { amr: ['pwd', 'otp'] },
      { acrs: ['c1'] },
    ],
    asked: null,
  },
  {
    what: 'Entra ID, id_tokens of version 2.0 with an authentication context',
    dialect: extendDialect(dialects.entra, {
      says: [{ claim: 'acrs', value: 'c1', level: 'mfa' }],
      asks: { mfa: { claims: c1 } },
    }),
    password: {},
    mfa: { acrs: ['c2', 'c1'] },
    nearly: [
      { acrs: ['c2'] },
      { acrs: ['C1'] },
      { acrs: 'c1' },
      { acrs: [['c1']] },
      { acr: 'c1' },
      { amr: ['c1'] },
    ],
    asked: { claims: c1.id_token },
  },
  {
    what: 'Okta',
    dialect: dialects.okta,
    password: { acr: 'urn:okta:loa:1fa:any', amr: ['pwd'] },
    mfa: { acr: 'urn:okta:loa:2fa:any', amr: ['mfa', 'otp', 'pwd'] },
    nearly: [
      { acr: 'urn:okta:loa:2fa:any:ifpossible', amr: ['pwd'] },
      { acr: 'URN:OKTA:LOA:2FA:ANY', amr: ['pwd'] },
      { acr: 'phr', amr: ['pop'] },
      { amr: ['pwd', 'mca'] },
    ],
    asked: { acr_values: 'urn:okta:loa:2fa:any' },
  },
  {
    what: 'Auth0',
    dialect: dialects.auth0,
    password: {},
    mfa: { acr: multiFactor, amr: ['mfa'] },
    nearly: [{ acr: multiFactor }, { acr: 'mfa' }, { amr: ['Mfa'] }, { acr: 'urn:okta:loa:2fa:any' }],
    asked: { acr_values: multiFactor },
  },
  {
    what: 'Keycloak, in a realm where gold is two factors',
    dialect: extendDialect(dialects.keycloak, {
      says: [{ claim: 'acr', value: 'gold', level: 'mfa' }],
      asks: { mfa: { claims: gold } },
    }),
    password: { acr: '1' },
    mfa: { acr: 'gold' },
    nearly: [
      { acr: 'Gold' },
      { acr: '2' },
      { acr: 'gold silver' },
      { amr: ['gold'] },
      { acr: '1', amr: ['mfa'] },
    ],
    asked: { claims: gold.id_token },
  },
  {
    what: 'Google',
    dialect: dialects.google,
    password: { amr: ['pwd'] },
    nearly: [{ amr: ['mfa', 'pwd'] }, { amr: ['hwk'] }, { acr: 'mfa' }],
    asked: null,
  },
  {
    what: 'PingOne, with a sign-on policy for two factors',
    dialect: extendDialect(dialects.ping, {
      says: [{ claim: 'acr', value: 'Multi_Factor', level: 'mfa' }],
      asks: { mfa: { acrValues: 'Multi_Factor' } },
    }),
    password: { acr: 'Single_Factor' },
    mfa: { acr: 'Multi_Factor' },
    nearly: [{ acr: 'multi_factor' }, { acr: 'Multi_Factor_2' }, { amr: ['mfa'] }],
    asked: { acr_values: 'Multi_Factor' },
  },
  {
    what: 'Duende IdentityServer',
    dialect: dialects.duende,
    password: { amr: ['pwd'] },
    mfa: { amr: ['mfa'] },
    nearly: [{ amr: ['external'] }, { amr: ['nomfa'] }, { acr: 'mfa', amr: ['pwd'] }],
    asked: { acr_values: 'mfa' },
  },
  {
    what: 'Amazon Cognito',
    dialect: dialects.cognito,
    password: { acr: 'urn:cognito:loa:1', amr: ['pwd'] },
    mfa: { acr: 'urn:cognito:loa:4', amr: ['pwd', 'otp', 'mfa'] },
    nearly: [
      { acr: 'urn:cognito:loa:3', amr: ['swk'] },
      { acr: 'urn:cognito:loa:2', amr: ['sms'] },
      { acr: 'mfa', amr: ['fed'] },
    ],
    asked: { acr_values: 'urn:cognito:loa:4' },
  },
  {
    what: 'AD FS, with a claim rule',
    dialect: extendDialect(dialects.adfs, { says: [{ claim: 'amr', value: multipleAuthn, level: 'mfa' }] }),
    password: { amr: [windows] },
    mfa: { amr: [windows, multipleAuthn] },
    nearly: [{ acr: multipleAuthn }, { amr: [`${multipleAuthn}/`] }, { amr: ['mfa'] }],
    asked: null,
  },
  {
    what: 'Umbraco ID',
    dialect: dialects.umbracoId,
    password: {},
    nearly: [{ amr: ['mfa'] }, { acr: 'mfa' }],
    asked: null,
  },
  {
    what: 'Cofactor',
    dialect: dialects.cofactor,
    password: { acr: 'pwd', amr: ['pwd'] },
    mfa: { acr: 'mfa', amr: ['pwd', 'otp', 'mfa'] },
    nearly: [{ acr: 'MFA', amr: ['pwd'] }, { acr: 'gold' }, { amr: ['pwd', 'otp'] }, { acr: multiFactor }],
    asked: { acr_values: 'mfa phr phrh' },
  },
];

/** Entries without a rule, as they come: what an operator set up is told to nobody before it is added. */
const silent = Object.values<Dialect>({ ...dialects }).filter(({ says }) => says.length === 0);

let issuer: SpeakingIssuer;
beforeAll(async () => {
  issuer = await SpeakingIssuer.start(`${clientOrigin}/auth/callback/acme`);
});
afterAll(() => issuer.close());

/** An application whose issuer speaks this dialect, and says itself where people set up a second factor. */
function applicationOf(dialect: Dialect): Promise<TestRp> {
  const { issuer: address, clientId, clientSecret } = issuer;
  const given = { issuer: address, clientId, clientSecret, dialect, fetch: globalThis.fetch };
  return createRp({ issuer: { ...given, enableMfa: dialect.enableMfa as string } });
}

/** Opens a page, and goes wherever it is led, until there is a page. */
async function arrive(
  browser: TestBrowser,
  path: string,
): Promise<{ readonly status: number; readonly text: string }> {
  let answer = await open(browser, path);
  for (let step = 0; step < 8 && answer.status === 303; step += 1) {
    const target = new URL(locationOf(answer), clientOrigin);
    const there = target.origin === clientOrigin ? target : await new UpstreamBrowser().visit(target.href);
    answer = await open(browser, there.pathname + there.search);
  }
  return answer;
}

/** What a request asks for in words of the issuer's own. When the person signed in is asked of every issuer. */
function wordsIn(request: URLSearchParams | undefined): Spoken['asked'] {
  const acrValues = request?.get('acr_values') ?? undefined;
  const wanted = JSON.parse(request?.get('claims') ?? '{}') as { id_token?: Record<string, unknown> };
  const { auth_time: _time, ...claims } = wanted.id_token ?? {};
  if (acrValues === undefined && Object.keys(claims).length === 0) return null;
  return {
    ...(acrValues !== undefined && { acr_values: acrValues }),
    ...(Object.keys(claims).length > 0 && { claims }),
  };
}

describe.each(makes)('A11 $what', ({ dialect, password, mfa, nearly, asked }) => {
  it('I-20 who gives a password alone is let in nowhere that asks for MFA', async () => {
    const rp = await applicationOf(dialect);
    const browser = rp.browser();
    issuer.says = () => password;
    expect((await arrive(browser, '/orders')).status).toBe(200);
    const before = issuer.asked.length;
    const denied = await arrive(browser, '/admin');
    expect(denied.status).toBe(403);
    const leads = dialect.enableMfa !== undefined && denied.text.includes(`href="${dialect.enableMfa}"`);
    // To set one up helps nobody whose server never says so.
    expect(leads).toBe(dialect.enableMfa !== undefined && dialect.says.length > 0);
    // Once, and never where there are no words for it.
    expect(issuer.asked.length - before).toBe(asked === null ? 0 : 1);
    expect((await browser.get<Who>('/who')).body).toMatchObject({ subject: 'ann', acr: 'pwd', admin: false });
    await rp.close();
  });

  if (mfa) {
    it('what it says of MFA lets in, and the methods are told', async () => {
      const rp = await applicationOf(dialect);
      const browser = rp.browser();
      issuer.says = () => mfa;
      expect((await arrive(browser, '/admin')).status).toBe(200);
      const { body } = await browser.get<Who>('/who');
      expect(body).toMatchObject({ acr: 'mfa', admin: true });
      const methods = (mfa.amr ?? []).filter((method) => method !== 'mfa');
      expect(body.amr).toEqual([...methods, 'mfa']);
      expect((await arrive(browser, '/fresh-admin')).status).toBe(200);
      await rp.close();
    });
  }

  if (mfa && asked) {
    it('is asked in its own words, and nothing else makes it do MFA', async () => {
      const rp = await applicationOf(dialect);
      const browser = rp.browser();
      issuer.says = (request) => (isDeepStrictEqual(wordsIn(request), asked) ? mfa : password);
      expect((await arrive(browser, '/orders')).status).toBe(200);
      expect(wordsIn(issuer.asked.at(-1))).toBeNull();
      expect((await arrive(browser, '/admin')).status).toBe(200);
      expect(wordsIn(issuer.asked.at(-1))).toEqual(asked);
      await rp.close();
    });
  }

  it.each(nearly.map((said) => [JSON.stringify(said), said] as const))('%s is not MFA', async (_, said) => {
    const rp = await applicationOf(dialect);
    const browser = rp.browser();
    issuer.says = () => said;
    expect((await arrive(browser, '/admin')).status).toBe(403);
    expect((await browser.get<Who>('/who')).body).toMatchObject({ subject: 'ann', acr: 'pwd', admin: false });
    await rp.close();
  });
});

describe.each(silent)('A11 $name, as it comes', (dialect) => {
  it('I-20 lets nobody in, whatever is said, and leads nobody to set up what would not help', async () => {
    const rp = await applicationOf(dialect);
    const before = issuer.asked.length;
    // All that any server is known to say of MFA, and these would say themselves once they are set up for it.
    const every = makes.flatMap(({ mfa }) => mfa ?? []);
    for (const said of every) {
      const browser = rp.browser();
      issuer.says = () => said;
      const { status, text } = await arrive(browser, '/admin');
      const leads = dialect.enableMfa !== undefined && text.includes(dialect.enableMfa);
      expect({ said, status, leads }).toEqual({ said, status: 403, leads: false });
      expect((await browser.get<Who>('/who')).body).toMatchObject({
        subject: 'ann',
        acr: 'pwd',
        admin: false,
      });
    }
    // Each signed in once, and was asked for nothing in words that might not be understood.
    expect(issuer.asked.slice(before).map(wordsIn)).toEqual(every.map(() => null));
    await rp.close();
  });
});
