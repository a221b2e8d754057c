import type { SessionWithUser } from 'cofactor';
import { createAdmin, type Admin } from 'cofactor/admin';
import { enrolTotp, register, signInWithCode, type Person, type TestApp } from './app.ts';
import type { TestBrowser } from './browser.ts';
import { cookieOf } from './tables.ts';

/** Somebody with a rank, or without one, and with two factors: freshly signed in with both. */
export interface Officer {
  readonly person: Person;
  readonly id: string;
  readonly browser: TestBrowser;
  /** As the database has it now. */
  session(): Promise<SessionWithUser>;
}

/** The command line, for what has to be there before anybody has a rank. */
export const operator = { source: 'cli', name: 'test' } as const;

/** Registers somebody, gives them roles by the command line, and signs them in with two factors. */
export async function officer(
  app: TestApp,
  roles: readonly string[],
  {
    admin = createAdmin(app.auth),
    identifier,
  }: { readonly admin?: Admin; readonly identifier?: string } = {},
): Promise<Officer> {
  const person = await register(app, identifier);
  await enrolTotp(app, person);
  const user = await app.auth.users.find(person.identifier);
  if (!user) throw new Error('nobody was registered');
  if (roles.length > 0) {
    const outcome = await admin.users.setRoles(operator, user.id, { roles, reason: 'test' });
    if (outcome.status !== 'done') throw new Error(`no roles: ${outcome.reason}`);
  }
  return signedIn(app, person, user.id);
}

/** The same person, signed in anew. */
export async function signedIn(app: TestApp, person: Person, id: string): Promise<Officer> {
  const browser = await signInWithCode(app, person);
  await browser.context();
  return {
    person,
    id,
    browser,
    async session() {
      const found = await app.auth.sessions.read(cookieOf(browser, 'session'), { live: true });
      if (!found) throw new Error('the session is over');
      return found;
    },
  };
}
