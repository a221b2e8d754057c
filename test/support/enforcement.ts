import type { NewRule, SessionWithUser } from 'cofactor';
import { enrolTotp, register, signInWithCode, type Person, type TestApp } from './app.ts';
import type { TestMailer } from './mails.ts';
import { cookieOf } from './tables.ts';

/** Somebody who looks after the rules: signed in a moment ago, with two factors. */
export async function boss(app: TestApp, identifier?: string): Promise<SessionWithUser> {
  const person = await register(app, identifier);
  await enrolTotp(app, person);
  return bossAgain(app, person);
}

export async function bossAgain(app: TestApp, person: Person): Promise<SessionWithUser> {
  const browser = await signInWithCode(app, person);
  const session = await app.auth.sessions.read(cookieOf(browser, 'session'));
  if (!session) throw new Error('nobody is signed in');
  return session;
}

const dayMs = 86_400_000;

/** A rule about everybody that begins in so many days. */
export function ruleIn(app: TestApp, days: number, rule: Partial<NewRule> = {}): NewRule {
  return {
    acr: 'mfa',
    who: { everybody: true },
    from: new Date(app.clock.now().getTime() + days * dayMs),
    graceDays: 7,
    note: '',
    ...rule,
  };
}

/** Saves a rule, by somebody who is new each time if nobody is named. */
export async function demand(app: TestApp, rule: NewRule, by?: SessionWithUser): Promise<string> {
  const saved = await app.auth.enforcement.save(rule, { by: by ?? (await boss(app)) });
  if (saved.status !== 'saved') throw new Error(`not saved: ${saved.reason} ${saved.text ?? ''}`);
  return saved.rule.id;
}

/** Somebody with a confirmed address and a password. */
export async function confirmed(app: TestApp, mail: TestMailer, address: string): Promise<Person> {
  const person = await register(app, address);
  await app.auth.engine.background.settled();
  const answer = await person.browser.post('/auth/email/confirm', { token: mail.tokenTo(address) });
  if (answer.status !== 204) throw new Error(`not confirmed: ${answer.text}`);
  return person;
}

/** The secret behind the `#` of a link. */
export function tokenIn(link: string): string {
  return link.slice(link.indexOf('#') + 1);
}

/** The permit that was mailed last to an address. */
export async function mailedPermit(app: TestApp, mail: TestMailer, address: string): Promise<string> {
  await app.auth.engine.background.settled();
  const token = mail.tokenTo(address);
  if (!token.startsWith('prm_')) throw new Error(`no permit was mailed to ${address}`);
  return token;
}
