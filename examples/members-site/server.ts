/**
 * A site with two kinds of account. Members sign in on pages that the site renders itself, without a line of
 * JavaScript; who works in the office signs in on Cofactor's own pages. One application, one database.
 */
import { mkdirSync } from 'node:fs';
import Fastify, { type FastifyReply } from 'fastify';
import { createCofactor, requireAcr, requireMfa } from 'cofactor';
import { emailOtp } from 'cofactor/email-otp';
import { cofactor } from 'cofactor/fastify';
import type { SiteView } from 'cofactor/http';
import { mailbox } from 'cofactor/mail';
import { password } from 'cofactor/password';
import { recoveryCodes } from 'cofactor/recovery-codes';
import { sqlite } from 'cofactor/sqlite';
import { totp } from 'cofactor/totp';
import { webauthn } from 'cofactor/webauthn';
import { memberList } from './member-list.ts';
import { adminPage, codePage, confirmPage, homePage, joinPage, signInPage, swapPage } from './pages.ts';
import { addPage, codesPage, offPage, profilePage } from './profile.ts';
import type { Html } from '../parts/html.ts';
import { styles } from './styles.ts';

const port = Number(process.env['PORT'] ?? 3000);
const data = process.env['DATA'] ?? new URL('.data/', import.meta.url).pathname;
mkdirSync(data, { recursive: true });

const shared = {
  origin: `http://localhost:${port}`,
  database: sqlite(`${data}/members-site.db`),
  // Sends nothing: what would be sent can be read at /dev/mailbox.
  mail: mailbox(),
};
const members = createCofactor({
  ...shared,
  realm: 'members',
  name: 'Larkspur',
  registration: true,
  factors: [password(), totp({ issuer: 'Larkspur' }), emailOtp(), webauthn(), recoveryCodes()],
  policies: { Member: requireAcr('pwd'), Swap: requireMfa({ maxAge: 900 }) },
  // Where guards lead people: to pages of this site.
  pages: { signIn: '/login', stepUp: '/confirm', security: '/profile' },
});
const users = createCofactor({
  ...shared,
  realm: 'users',
  name: 'Larkspur office',
  factors: [password(), totp({ issuer: 'Larkspur office' }), recoveryCodes()],
  policies: { Office: requireMfa() },
});
const list = memberList(members, `${data}/club.db`);

const app = Fastify();
// The realm that is registered first is meant where none is named.
await app.register(cofactor, { auth: members, base: '/members' });
await app.register(cofactor, { auth: users });
const admin = { identifier: 'office', password: 'larkspur on the windowsill' };
await users.users.create({ ...admin, provider: 'password', response: { password: admin.password } });

/** Pages without scripts, in nobody's frame; their forms go to this site. */
const contentPolicy =
  "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
function show(reply: FastifyReply, view: SiteView, page: Html): FastifyReply {
  return reply
    .headers({ ...view.headers, 'content-security-policy': contentPolicy })
    .type('text/html; charset=utf-8')
    .send(page.text);
}

type Query = Readonly<Record<string, string | undefined>>;

for (const [url, policy, page] of [
  ['/', null, homePage],
  ['/join', null, joinPage],
  ['/login', null, signInPage],
  ['/login/code', null, codePage],
  ['/confirm', 'Member', confirmPage],
  ['/swap', 'Swap', swapPage],
  ['/profile', 'Member', profilePage],
  ['/profile/add', 'Member', addPage],
  ['/profile/codes', 'Member', codesPage],
  ['/profile/off', 'Member', offPage],
] as const) {
  const guard = policy === null ? {} : { preHandler: app.requirePolicy(policy) };
  app.get<{ Querystring: Query }>(url, guard, async (request, reply) => {
    const view = await request.account('members', { language: 'en' });
    const shown = page(view, request.query);
    return shown ? show(reply, view, shown) : reply.headers(view.headers).redirect('/profile', 303);
  });
}
app.get('/admin', { preHandler: app.requirePolicy('Office', { realm: 'users' }) }, async (request, reply) => {
  const { user } = await request.visitor('users');
  const view = await request.account('members', { language: 'en' });
  return show(reply, view, adminPage(view, user?.identifier ?? '', list.all()));
});
app.get('/styles.css', (_request, reply) => reply.type('text/css').send(styles));
app.addHook('onClose', () => list.close());

await app.listen({ port, host: 'localhost' });
console.log(`listening on http://localhost:${port}

Try this, with JavaScript switched off if you like:
  1. Join with an e-mail address, then open your profile.
  2. Open the seed swap: it needs a second step. Set an authenticator app up, and keep the recovery codes.
  3. Sign out and in again: password, then code. Or have a code sent: /dev/mailbox shows it.
  4. Wait five minutes and switch the app off: it asks for a code first.
  5. Open /admin, as ${admin.identifier} with the password "${admin.password}": other accounts, other pages.

Stop with Ctrl-C. The databases are in ${data}`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void app.close());
