import type { Visitor } from 'cofactor/oidc-client';
import { html, type Html } from './html.ts';

/** One of the applications that sign their people in at Acme. */
export interface Application {
  readonly name: string;
  /** What its menu has beside Admin. */
  readonly links: readonly { readonly href: string; readonly text: string }[];
}

/** The first page: what was said of who is signed in, or the way in. `open` and `shut` are for who has MFA and who has not. */
export async function home(
  application: Application,
  visitor: Visitor,
  words: { readonly lead: Html; readonly open: string; readonly shut: string },
): Promise<string> {
  const body = visitor.user
    ? html`<h1>Hello, ${nameOf(visitor)}</h1>
        ${told(visitor)}
        <p>${(await visitor.allows('Admin')) ? words.open : words.shut}</p>`
    : html`<h1>${application.name}</h1>
        <p class="lead">${words.lead}</p>
        <p><a class="button" href="/auth/sign-in?return_to=/">Sign in with Acme</a></p>`;
  return page(application, visitor, 'Home', body);
}

/** A page as it goes out: whole without a script. */
export async function page(
  application: Application,
  visitor: Visitor,
  title: string,
  body: Html,
): Promise<string> {
  const { name } = application;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · ${name}</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/styles.css" />
      </head>
      <body>
        <header>
          <a class="brand" href="/"
            ><span class="mark" aria-hidden="true">${name.slice(0, 1)}</span>${name}</a
          >
          <nav aria-label="Main">${await menu(application, visitor)}</nav>
        </header>
        <main>${body}</main>
      </body>
    </html> `.text;
}

const notEnabled =
  'You signed in without a second factor, and Admin needs one. Open it to see what to do. If you have just set one up, sign in again with it.';

/** The menu asks the same policy as the guard, so that it never promises what the guard refuses. */
async function menu({ links }: Application, visitor: Visitor): Promise<Html> {
  if (!visitor.user) return html`<a href="/auth/sign-in?return_to=/">Sign in</a>`;
  const admin = (await visitor.allows('Admin'))
    ? html`<a href="/admin">Admin</a>`
    : html`<span class="explained"
        ><a href="/admin" aria-describedby="why">Admin (Not Enabled)</a
        ><span id="why" role="tooltip">${notEnabled}</span></span
      >`;
  return html`${admin}${links.map(({ href, text }) => html`<a href="${href}">${text}</a>`)}
    <form method="post" action="/auth/sign-out"><button class="plain">Sign out</button></form>`;
}

/** Who is signed in, as far as Acme says: names are at userinfo, proofs in the id_token. */
export function nameOf({ user }: Visitor): string {
  const name = user?.profile?.['preferred_username'];
  return typeof name === 'string' ? name : (user?.subject ?? '');
}

/** What Acme said of this sign-in, in its own words. */
export function told({ user }: Visitor): Html {
  const claims: Readonly<Record<string, unknown>> = user?.claims ?? {};
  const { amr, acr, auth_time: time } = claims;
  const methods = Array.isArray(amr) ? amr.map(String) : [];
  return html`<section class="card" aria-labelledby="told">
    <h2 id="told">What Acme said of this sign-in</h2>
    <dl>
      <dt>amr</dt>
      <dd>${methods.length === 0 ? 'nothing' : methods.map((method) => html`<code>${method}</code> `)}</dd>
      <dt>acr</dt>
      <dd>${typeof acr === 'string' ? html`<code>${acr}</code>` : 'nothing'}</dd>
      <dt>auth_time</dt>
      <dd>${typeof time === 'number' ? shown(time) : 'nothing'}</dd>
    </dl>
  </section>`;
}

function shown(seconds: number): Html {
  const date = new Date(seconds * 1000);
  const words = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'long' }).format(date);
  return html`<code>${seconds}</code> <time datetime="${date.toISOString()}">${words}</time>`;
}
