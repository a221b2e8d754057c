import { describe, expect, it } from 'vitest';
import type { Requirement } from '../assurance/index.ts';
import type { HttpRequest, HttpResponse } from '../web/message.ts';
import type { Context } from './context.ts';
import type { Denial } from './denied.ts';
import { dialects } from './dialects.ts';
import { checkOptions, type OidcClientOptions, type OidcIssuerOptions, type Party } from './options.ts';
import { pages } from './pages.ts';
import { Session } from './session.ts';
import { Sessions } from './sessions.ts';

const enableMfa = 'https://issuer.example/security?tab=1&more=2';

function issuer(name: string, more: Partial<OidcIssuerOptions> = {}): OidcIssuerOptions {
  const address = `https://${name}.example`;
  return {
    name,
    label: `The ${name}`,
    issuer: address,
    clientId: 'orders',
    dialect: dialects.cofactor,
    ...more,
  };
}

function contextWith(options: Partial<OidcClientOptions> = {}): Context {
  const config = checkOptions({
    name: 'Orders',
    origin: 'http://localhost:4000',
    environment: 'development',
    issuers: [issuer('acme', { enableMfa })],
    ...options,
  });
  return { config, sessions: new Sessions(config), used: new Map() };
}

function partyOf({ config }: Context, name: string): Party {
  const party = config.parties.get(name);
  if (!party) throw new Error(`no issuer ${name}`);
  return party;
}

function get(url: string, headers: HttpRequest['headers'] = {}): HttpRequest {
  return { method: 'GET', url, headers, body: null, remoteAddress: '192.0.2.1' };
}

/** What a page says and where it leads, as somebody sees it. */
function read({ status, headers, body }: HttpResponse): {
  readonly status: number;
  readonly headers: HttpResponse['headers'];
  readonly title: string;
  readonly words: readonly string[];
  readonly ways: readonly (readonly [text: string, href: string])[];
} {
  const html = String(body);
  const plain = (text = ''): string => text.replaceAll('&amp;', '&').replaceAll('&#39;', "'");
  const main = /<main>(.*)<\/main>/.exec(html)?.[1] ?? '';
  return {
    status,
    headers,
    title: plain(/<h1>([^<]*)<\/h1>/.exec(main)?.[1]),
    words: [...main.matchAll(/<p>([^<]*)<\/p>/g)].map(([, text]) => plain(text)),
    ways: [...main.matchAll(/<a class="[^"]*" href="([^"]*)">([^<]*)<\/a>/g)].map(
      ([, href, text]) => [plain(text), plain(href)] as const,
    ),
  };
}

function deniedFor(
  context: Context,
  requirement: Requirement,
  more: Partial<Denial> = {},
  request = get('/admin'),
): ReturnType<typeof read> {
  const party = partyOf(context, 'acme');
  const denial: Denial = { party, requirement, returnTo: '/admin', session: null, why: 'tried', ...more };
  return read(pages.denied(context, request, denial));
}

/** Signed in at this issuer with these claims, as many seconds ago. */
function sessionAt(context: Context, claims: object, age = 1): Session {
  const { config } = context;
  const time = config.clock.now().getTime();
  return new Session(config, partyOf(context, 'acme'), {
    id: 'session',
    party: 'acme',
    claims: { sub: 'ann', auth_time: Math.floor(time / 1000) - age, ...claims },
    profile: null,
    idToken: null,
    tokens: { accessToken: '', until: null, refreshToken: null },
    since: time,
    seen: time,
    checked: time,
    tried: [],
    resource: null,
    ledFrom: null,
  });
}

describe('A10 who falls short', () => {
  it('reads why, where to set it up, that they come back, and signs in again with what is needed', () => {
    const { status, title, words, ways } = deniedFor(contextWith(), { acr: 'mfa' });
    expect(status).toBe(403);
    expect(title).toBe('This page needs a second factor');
    expect(words.join(' ')).toContain('The acme did not say that you used one');
    expect(words.join(' ')).toContain('Then come back to Orders and sign in again');
    expect(ways).toEqual([
      ['Set up a second factor', enableMfa],
      ['Sign in again with a second factor', '/auth/sign-in?issuer=acme&acr=mfa&return_to=%2Fadmin'],
      ['Back to the start', '/'],
    ]);
  });

  it('everything opens in the same tab, so that the way back is the browser’s', () => {
    const context = contextWith();
    const party = partyOf(context, 'acme');
    const denial = {
      party,
      requirement: { acr: 'mfa' },
      returnTo: '/admin',
      session: null,
      why: 'tried',
    } as const;
    expect(pages.denied(context, get('/admin'), denial).body).not.toMatch(/target=|<script|onclick/);
  });

  it('who was not asked for it yet is asked first', () => {
    const { ways } = deniedFor(contextWith(), { acr: 'mfa' }, { why: 'short' });
    expect(ways.map(([text]) => text)).toEqual([
      'Sign in again with a second factor',
      'Set up a second factor',
      'Back to the start',
    ]);
  });

  it('where nobody knows an address to set it up at, the words say where', () => {
    const context = contextWith({ issuers: [issuer('acme')] });
    const { words, ways } = deniedFor(context, { acr: 'mfa' });
    expect(words.join(' ')).toContain('If your account at The acme has none yet, set one up there.');
    expect(ways[0]?.[0]).toBe('Sign in again with a second factor');
  });

  it.each([
    ['phr', 'This page needs a passkey or a security key', 'Add a passkey or a security key'],
    ['phrh', 'This page needs a security key', 'Add a security key'],
  ])('%s is not called a second factor', (acr, heading, enable) => {
    const { title, words, ways } = deniedFor(contextWith(), { acr });
    expect(title).toBe(heading);
    expect(ways[0]?.[0]).toBe(enable);
    expect([...words, ...ways.flat()].join(' ')).not.toContain('second factor');
    expect(ways[1]?.[1]).toContain(`acr=${acr}`);
  });

  it('the issuer said no: that is said', () => {
    const { words } = deniedFor(contextWith(), { acr: 'mfa' }, { why: 'refused' });
    expect(words.join(' ')).toContain('Perhaps you stopped there, or your account has none yet.');
  });

  it('a level and an age are one sign-in', () => {
    const { title, ways } = deniedFor(contextWith(), { acr: 'mfa', maxAge: 900 });
    expect(title).toBe('This page needs a second factor');
    expect(ways[1]?.[1]).toBe('/auth/sign-in?issuer=acme&acr=mfa&max_age=900&return_to=%2Fadmin');
  });

  it('who has the second factor, shown too long ago, is not told to set one up', () => {
    const context = contextWith();
    const session = sessionAt(context, { acr: 'mfa' }, 1000);
    const { title, words, ways } = deniedFor(context, { acr: 'mfa', maxAge: 900 }, { session, why: 'short' });
    expect(title).toBe('Sign in again to go on');
    expect(words[0]).toBe('You signed in at The acme more than 15 minutes ago.');
    expect(ways).toEqual([
      ['Sign in again', '/auth/sign-in?issuer=acme&acr=mfa&max_age=900&return_to=%2Fadmin'],
      ['Back to the start', '/'],
    ]);
  });

  it('a time that the issuer did not say is not made up', () => {
    const context = contextWith();
    const session = sessionAt(context, { acr: 'mfa', auth_time: undefined });
    const { words } = deniedFor(context, { maxAge: 900 }, { session });
    expect(words[0]).toBe('The acme did not say when you signed in.');
    expect(deniedFor(context, { maxAge: 900 }).words).toHaveLength(1);
    expect(deniedFor(context, { maxAge: 0 }, { session }).words).toHaveLength(1);
  });

  it('a session at another issuer says nothing of what this one did', () => {
    const context = contextWith({ issuers: [issuer('acme'), issuer('other')] });
    const session = sessionAt(context, { acr: 'mfa' }, 1000);
    const party = partyOf(context, 'other');
    const { title } = deniedFor(context, { acr: 'mfa', maxAge: 900 }, { party, session, why: 'refused' });
    expect(title).toBe('This page needs a second factor');
  });

  it('a method cannot be asked for: the issuer at least asks anew who signs in', () => {
    const { title, words, ways } = deniedFor(contextWith(), { amr: ['hwk'] });
    expect(title).toBe('This page needs another way of signing in');
    expect(words.join(' ')).toContain('ask whoever runs this site');
    expect(ways[1]?.[1]).toBe('/auth/sign-in?issuer=acme&return_to=%2Fadmin&switch=1');
  });

  it('mfa as a method is the level', () => {
    const { title, ways } = deniedFor(contextWith(), { acr: 'mfa', amr: ['mfa'] });
    expect(title).toBe('This page needs a second factor');
    expect(ways[1]?.[1]).toBe('/auth/sign-in?issuer=acme&acr=mfa&return_to=%2Fadmin');
  });

  it('an issuer without words for it asks anew, or its own session would come back for ever', () => {
    const context = contextWith({ issuers: [issuer('acme', { dialect: dialects.entra })] });
    const { ways } = deniedFor(context, { acr: 'mfa' }, { why: 'short' });
    expect(ways).toEqual([
      ['Set up a second factor', dialects.entra.enableMfa],
      ['Sign in again with a second factor', '/auth/sign-in?issuer=acme&acr=mfa&return_to=%2Fadmin&switch=1'],
      ['Back to the start', '/'],
    ]);
  });
});

describe('an issuer that never says so', () => {
  it('is no reason to set anything up, or to sign in there again', () => {
    const context = contextWith({ issuers: [issuer('acme', { dialect: dialects.umbracoId, enableMfa })] });
    const { status, title, words, ways } = deniedFor(context, { acr: 'mfa' });
    expect([status, title]).toEqual([403, 'This page needs a second factor']);
    expect(words.at(-2)).toBe(
      'The acme cannot confirm that to Orders, so an account there does not open this page.',
    );
    expect(words.at(-1)).toContain('Ask whoever runs this site');
    expect(ways).toEqual([['Back to the start', '/']]);
  });

  it('is also one that says less than is needed', () => {
    const context = contextWith({ issuers: [issuer('acme', { dialect: dialects.okta })] });
    expect(deniedFor(context, { acr: 'mfa' }).ways[0]?.[0]).toBe('Sign in again with a second factor');
    expect(deniedFor(context, { acr: 'phr' }).ways).toEqual([['Back to the start', '/']]);
  });

  it('leaves the other one that can, by its name', () => {
    const silent = { dialect: dialects.umbracoId };
    const context = contextWith({
      issuers: [issuer('acme', silent), issuer('other'), issuer('third', silent)],
    });
    const { words, ways } = deniedFor(context, { acr: 'mfa' });
    expect(words.at(-1)).toContain('If you have an account elsewhere');
    expect(ways[0]).toEqual([
      'Sign in with The other',
      '/auth/sign-in?issuer=other&acr=mfa&return_to=%2Fadmin',
    ]);
  });

  it('leaves the choice of several that can', () => {
    const context = contextWith({
      issuers: [issuer('acme', { dialect: dialects.umbracoId }), issuer('other'), issuer('third')],
    });
    const { ways } = deniedFor(context, { acr: 'mfa' });
    expect(ways[0]).toEqual(['Use another account', '/auth/sign-in?acr=mfa&return_to=%2Fadmin']);
  });
});

describe('a page of the application’s own', () => {
  const context = contextWith({ pages: { denied: '/no-entry' } });
  const party = partyOf(context, 'acme');

  function ledTo(requirement: Requirement | null, url = '/admin?tab=2'): HttpResponse {
    const request = get(url);
    return requirement
      ? pages.denied(context, request, { party, requirement, returnTo: url, session: null, why: 'tried' })
      : pages.forbidden(context, request, url);
  }

  it('is led to with what a new sign-in takes', () => {
    const { status, headers } = ledTo({ acr: 'mfa', maxAge: 900 });
    expect(status).toBe(303);
    expect(headers['location']).toBe(
      '/no-entry?why=too-weak&issuer=acme&acr=mfa&max_age=900&return_to=%2Fadmin%3Ftab%3D2',
    );
    expect(ledTo({ maxAge: 900 }).headers['location']).toContain('why=too-old&');
    expect(ledTo(null).headers['location']).toBe(
      '/no-entry?why=forbidden&switch=1&return_to=%2Fadmin%3Ftab%3D2',
    );
  });

  it('that is guarded by mistake is not led to from itself', () => {
    expect(ledTo({ acr: 'mfa' }, '/no-entry?why=too-weak').status).toBe(403);
    expect(ledTo(null, '/no-entry').status).toBe(403);
  });
});

describe('the choice of an issuer', () => {
  const context = contextWith({ issuers: [issuer('acme'), issuer('other')] });

  it('keeps what is needed and where it leads', () => {
    const page = read(pages.choose(context, get('/auth/sign-in'), '/admin', { acr: 'mfa' }));
    expect([page.status, page.title]).toEqual([200, 'Sign in']);
    expect(page.ways).toEqual([
      ['The acme', '/auth/sign-in?issuer=acme&acr=mfa&return_to=%2Fadmin'],
      ['The other', '/auth/sign-in?issuer=other&acr=mfa&return_to=%2Fadmin'],
    ]);
  });

  it('lets somebody be somebody else, whom the issuer does not take for who is signed in there', () => {
    const { ways } = read(pages.forbidden(context, get('/boss'), '/boss'));
    const [, other = ''] = ways[0] ?? [];
    expect(other).toBe('/auth/sign-in?switch=1&return_to=%2Fboss');
    const page = read(pages.choose(context, get(other), '/boss', null));
    expect(page.ways.map(([, href]) => href)).toEqual([
      '/auth/sign-in?issuer=acme&return_to=%2Fboss&switch=1',
      '/auth/sign-in?issuer=other&return_to=%2Fboss&switch=1',
    ]);
  });
});

describe('what goes wrong', () => {
  const one = contextWith();
  const two = contextWith({ issuers: [issuer('acme'), issuer('other')] });
  const again = '/auth/sign-in?issuer=acme&return_to=%2Forders';

  it.each([
    ['turnedAway', 403, 'The sign-in was not finished'],
    ['refused', 403, 'This sign-in was not accepted'],
    ['away', 503, 'The acme does not answer'],
  ] as const)('%s: says so, and how to try again', (name, status, title) => {
    const page = read(pages[name](one, get('/auth/callback/acme'), partyOf(one, 'acme'), '/orders'));
    expect([page.status, page.title]).toEqual([status, title]);
    expect(page.ways).toEqual([
      ['Try again', again],
      ['Back to the start', '/'],
    ]);
    expect(page.headers['retry-after']).toBe(status === 503 ? '5' : undefined);
    const chosen = read(pages[name](two, get('/auth/callback/acme'), partyOf(two, 'acme'), '/orders'));
    expect(chosen.ways[1]).toEqual(['Use another account', '/auth/sign-in?return_to=%2Forders']);
  });

  it('an answer to nothing leads to the start', () => {
    const page = read(pages.unknown(one, get('/auth/callback/acme?state=old')));
    expect([page.status, page.ways]).toEqual([400, [['Back to the start', '/']]]);
  });

  it('what does not work now is tried again where it was; a form is not', () => {
    const page = read(pages.unavailable(one, get('/orders?page=3')));
    expect([page.status, page.headers['retry-after']]).toEqual([503, '5']);
    expect(page.ways[0]).toEqual(['Try again', '/orders?page=3']);
    const sent = read(pages.unavailable(one, { ...get('/orders'), method: 'POST' }));
    expect(sent.ways).toEqual([['Back to the start', '/']]);
    const odd = read(pages.unavailable(one, get('//evil.example/')));
    expect(odd.ways[0]).toEqual(['Try again', '/']);
  });
});

describe('somebody else, and nobody', () => {
  const context = contextWith();

  it('who came back as somebody else goes on, or signs in as who they were', () => {
    const page = read(pages.switched(context, get('/auth/callback/acme')));
    expect([page.status, page.ways]).toEqual([
      200,
      [
        ['Go on with this account', '/'],
        ['Use another account', '/auth/sign-in?switch=1&return_to=%2F'],
      ],
    ]);
  });

  it('the form to sign out says whose it is', () => {
    const answer = pages.signOut(context, get('/auth/sign-out'));
    expect(answer.body).toContain('<form method="post" action="/auth/sign-out">');
    expect(answer.headers['referrer-policy']).toBe('same-origin');
    expect(read(answer).ways).toEqual([['Stay signed in', '/']]);
    expect(read(pages.signedOut(context, get('/auth/signed-out'))).words[0]).toContain(
      'Nobody is signed in to Orders',
    );
  });

  it('on to the issuer by itself, and by hand', () => {
    const leave = (to?: 'sign-out'): HttpResponse =>
      pages.leaving(context, get('/auth/sign-out'), 'https://acme.example/logout?a=1&b="2"', to);
    const answer = leave('sign-out');
    const address = 'https://acme.example/logout?a=1&amp;b=&quot;2&quot;';
    expect(answer.body).toContain(`<meta http-equiv="refresh" content="0;url=${address}">`);
    expect(answer.body).toContain(`<a class="cf-button" href="${address}">Continue</a>`);
    expect(read(answer).words[0]).toContain('You are signed out of Orders');
    expect(read(leave()).words[0]).toContain('where you sign in');
  });
});

it('Accept-Language decides, and English where nothing fits', () => {
  const context = contextWith();
  const inLanguage = (wanted: string): string =>
    String(pages.signedOut(context, get('/auth/signed-out', { 'accept-language': wanted })).body);
  expect(inLanguage('de-AT, en;q=0.5')).toContain('<html lang="de">');
  expect(inLanguage('de-AT, en;q=0.5')).toContain('Sie sind abgemeldet');
  expect(inLanguage('nl')).toContain('<html lang="en">');
  const { headers } = pages.signedOut(context, get('/auth/signed-out'));
  expect(headers['vary']).toBe('accept, accept-language');
});
