import type {
  CeremonyView,
  EnrolmentView,
  SecurityView,
  StepView,
} from '../../packages/cofactor/src/http/contract.ts';
import type { OidcClient } from 'cofactor/oidc-server';
import { register, type Person } from './app.ts';
import type { Answer, TestBrowser } from './browser.ts';
import { quickCode } from './codes.ts';
import { authorizationRequest, follow, redeem, type TestOidc } from './oidc.ts';
import { sessions, type Case, type Factor, type Moment } from './oidc-reference.ts';
import { answerWith, discover, enrolPasskey, visitor, type Enrolled } from './passkey-flows.ts';

/** Somebody with a few things to show, who remembers when they showed what. */
export class Someone {
  browser: TestBrowser;
  readonly person: Person;
  readonly id: string;
  /** What a client was told of them before. */
  hint = '';
  readonly keys = new Map<Factor, Enrolled>();
  readonly #shownAt = new Map<string, Date>();
  readonly #test: TestOidc;

  private constructor(test: TestOidc, person: Person, id: string) {
    this.#test = test;
    this.person = person;
    this.browser = person.browser;
    this.id = id;
  }

  static async register(test: TestOidc, moment: Moment): Promise<Someone> {
    const person = await register(test);
    const { session } = await person.browser.context();
    const someone = new Someone(test, person, session?.user.id ?? '');
    someone.#remember('password', moment);
    return someone;
  }

  /** When something was shown last, at one of the three moments. */
  shownAt(factor: Factor, moment: Moment): Date | undefined {
    return this.#shownAt.get(`${factor} ${moment}`);
  }

  #remember(factor: Factor, moment: Moment): void {
    this.#shownAt.set(`${factor} ${moment}`, this.#test.clock.now());
  }

  /** Sets something up, in a session that may. */
  async enrol(factor: Factor): Promise<void> {
    if (factor === 'code') return this.#enrolApp();
    const synced = factor === 'synced';
    this.keys.set(factor, await enrolPasskey(this.browser, { uv: true, be: synced, bs: synced }, factor));
  }

  async #enrolApp(): Promise<void> {
    const { browser, person } = this;
    const begun = await browser.post<EnrolmentView>('/auth/enrolments', { provider: 'totp' });
    if (begun.status !== 201) throw new Error(`could not begin: ${begun.text}`);
    person.key = String(begun.body.setup['key']);
    // The code before this one is taken, too; this one stays good for a proof.
    const before = new Date(this.#test.clock.now().getTime() - 30_000);
    const confirmed = await browser.post('/auth/enrolments/confirm', {
      enrolment: begun.body.enrolment,
      response: { code: quickCode(person.key, before) },
      name: 'Phone',
    });
    if (confirmed.status !== 201) throw new Error(`could not confirm: ${confirmed.text}`);
  }

  /** Signs in with the password, and whatever is asked for then. */
  async signIn(moment: Moment, returnTo = '/'): Promise<void> {
    const { browser, person } = this;
    await browser.context();
    const answer = await browser.post('/auth/sign-in', {
      identifier: person.identifier,
      provider: 'password',
      response: { password: person.password },
      returnTo,
    });
    if (answer.status === 200) this.#remember('password', moment);
    await this.#goOn(answer, moment);
  }

  /** Signs in with the synced passkey, and nothing else. */
  async signInByPasskey(moment: Moment): Promise<void> {
    this.browser = await visitor(this.#test);
    const answer = await discover(this.browser, this.#key('synced').passkey);
    if (answer.body?.status !== 'done') throw new Error(`could not sign in: ${answer.text}`);
    this.#remember('synced', moment);
  }

  /** Confirms, with what is used by habit or with what is named. */
  async stepUp(moment: Moment, body: { policy?: string; returnTo?: string }, by?: Factor): Promise<void> {
    await this.browser.context();
    await this.#goOn(await this.browser.post('/auth/step-up', body), moment, by);
  }

  /** Sets something up as the page of one's own account lets one: after a proof, where the last one is too old. */
  async setUp(factor: Factor): Promise<void> {
    await this.browser.context();
    const { canManage } = (await this.browser.get<SecurityView>('/auth/security')).body;
    if (!canManage) {
      const strongest = (['hardware', 'synced'] as const).find((one) => this.keys.has(one));
      await this.stepUp('now', { returnTo: '/auth/security' }, strongest);
    }
    await this.enrol(factor);
  }

  async #goOn(first: Answer<StepView>, moment: Moment, by?: Factor): Promise<void> {
    let answer = first;
    for (let step = 0; step < 3 && answer.body?.status === 'more-needed'; step += 1) {
      const factor = by ?? this.#byHabit(answer.body.ceremony);
      answer = await this.#show(answer.body.ceremony, factor);
      this.#remember(factor, moment);
    }
    if (answer.body?.status !== 'done') throw new Error(`did not end: ${answer.text}`);
  }

  /** Of what is offered: the app, if it can be. */
  #byHabit({ offers }: CeremonyView): Factor {
    const offered = offers.map((offer): Factor | null => {
      if (offer.provider.provider === 'totp') return 'code';
      if (offer.provider.provider === 'password') return 'password';
      return (
        [...this.keys].find(([, { authenticator }]) => authenticator === offer.authenticator)?.[0] ?? null
      );
    });
    const factor = (['code', 'synced', 'hardware', 'password'] as const).find((one) => offered.includes(one));
    if (!factor) throw new Error(`nothing to show of ${JSON.stringify(offers)}`);
    return factor;
  }

  async #show({ offers }: CeremonyView, factor: Factor): Promise<Answer<StepView>> {
    const { browser, person } = this;
    if (factor !== 'code' && factor !== 'password') return answerWith(browser, this.#key(factor));
    const provider = factor === 'code' ? 'totp' : 'password';
    const authenticator = offers.find((offer) => offer.provider.provider === provider)?.authenticator;
    const code = factor === 'code' ? quickCode(person.key, this.#test.clock.now()) : '';
    const response = factor === 'code' ? { code } : { password: person.password };
    return browser.post('/auth/ceremony', { authenticator, response });
  }

  #key(factor: Factor): Enrolled {
    const key = this.keys.get(factor);
    if (!key) throw new Error(`there is no ${factor} key`);
    return key;
  }

  /** Takes an id_token of this client along, to be named by later. */
  async getHint(client: OidcClient): Promise<void> {
    const request = authorizationRequest(client);
    const { response } = await follow(this.browser, request.address);
    const tokens = await redeem(this.#test, request, response?.get('code') ?? '');
    this.hint = tokens.body.id_token ?? '';
    if (this.hint === '') throw new Error('got no id_token');
  }
}

/** A person for a case, in a browser that has the session it begins with, and somebody else. */
export interface Prepared {
  readonly self: Someone;
  /** There where the case names them. */
  readonly other: Someone | null;
}

/**
 * Prepares everybody for some cases, all by really signing in: the old sign-ins twenty minutes ago, the later ones a minute
 * ago. Clients that nobody can be known to by then (`clientOf`) are asked for no hint.
 */
export async function prepare(
  test: TestOidc,
  cases: readonly Case[],
  clientOf: (one: Case) => OidcClient,
): Promise<readonly Prepared[]> {
  const { clock } = test;
  const people = new Map<Case, Someone>();
  const strangers = new Map<Case, Someone>();
  const hints = ({ asks }: Case): boolean => asks.hint !== undefined;
  const begin = async (one: Case, moment: Moment): Promise<void> => {
    const self = await Someone.register(test, moment);
    people.set(one, self);
    if (hints(one)) await self.getHint(clientOf(one));
    const [first] = one.enrolled;
    if (first) await self.enrol(first);
  };
  const each = async (
    wanted: (one: Case) => boolean,
    act: (self: Someone, one: Case) => Promise<void>,
  ): Promise<void> => {
    for (const one of cases.filter(wanted)) {
      const self = people.get(one);
      if (self) await act(self, one);
    }
  };

  for (const one of cases) {
    if (one.session !== 'pwd') await begin(one, 'old');
    if (one.asks.hint !== 'other' && one.asks.sub !== 'other') continue;
    const other = await Someone.register(test, 'old');
    if (hints(one)) await other.getHint(clientOf(one));
    await other.enrol('code');
    strangers.set(one, other);
  }
  clock.advance(31);
  await each(
    ({ enrolled }) => enrolled.length > 1,
    async (self, { enrolled }) => {
      await self.stepUp('old', {});
      for (const factor of enrolled.slice(1)) await self.enrol(factor);
    },
  );
  clock.advance(31);
  const has = (moment: Moment): ((one: Case) => boolean) => {
    return ({ session }) => sessions[session].some((shown) => shown.moment === moment);
  };
  const isPwd = ({ session }: Case): boolean => session === 'pwd' || session === 'stale pwd';
  const signIn =
    (moment: Moment) =>
    async (self: Someone, { session }: Case) => {
      if (session === 'phr' || session === 'stale phr') return self.signInByPasskey(moment);
      self.browser = test.browser();
      await self.signIn(moment);
    };
  await each((one) => has('old')(one) && !isPwd(one), signIn('old'));
  clock.advance(1140);
  for (const one of cases) if (one.session === 'pwd') await begin(one, 'lately');
  await each((one) => has('lately')(one) && !has('old')(one) && !isPwd(one), signIn('lately'));
  await each(
    ({ session }) => session === 'new password',
    (self) => self.stepUp('lately', { policy: 'Recent' }, 'password'),
  );
  await each(
    ({ session }) => session === 'new code',
    (self) => self.stepUp('lately', { policy: 'FreshAdmin' }, 'code'),
  );
  await each(
    ({ session }) => session === 'none',
    async (self) => void (self.browser = test.browser()),
  );
  clock.advance(60);
  return cases.map((one) => {
    const self = people.get(one);
    if (!self) throw new Error('nobody was prepared');
    return { self, other: strangers.get(one) ?? null };
  });
}
