import type { SiteView } from 'cofactor/http';
import { html, type Html } from '../parts/html.ts';
import type { Member } from './member-list.ts';
import { elsewhere, field, form, hidden, layout, problem, shown, textOf } from './parts.ts';

type Query = Readonly<Record<string, string | undefined>>;

export function homePage(view: SiteView): Html {
  const { session } = view;
  const body = session
    ? html`<h1>Good to see you</h1>
        <p>
          You are signed in as <strong>${session.user.identifier}</strong>. At this sign-in you proved:
          ${session.amr.map((one) => html`<code>${one}</code> `)}
        </p>
        <p class="row">
          <a class="button" href="/swap">Seed swap</a><a class="button quiet" href="/profile">Your profile</a>
        </p>`
    : html`<h1>A club for small balconies</h1>
        <p class="lead">Seeds to swap, tools to lend, and somebody who waters when you are away.</p>
        <p class="row">
          <a class="button" href="/join">Join</a><a class="button quiet" href="/login">Sign in</a>
        </p>`;
  return layout(view, 'Home', html`${problem(view)}${body}`);
}

const address = {
  property: 'identifier',
  type: 'text',
  inputMode: 'email',
  autocomplete: 'username',
  maxLength: 254,
} as const;

export function joinPage(view: SiteView): Html {
  const [first] = view.first;
  if (!first) return layout(view, 'Join', html`<h1>Nobody can join at the moment</h1>`);
  return layout(
    view,
    'Join',
    html`<div class="card">
      <h1>Join Larkspur</h1>
      ${problem(view)}
      ${form(
        view,
        '/register',
        { next: '/profile', back: '/join' },
        html`${hidden('provider', first.provider)}${hidden('returnTo', '/profile')}
          ${field(view, address, { name: 'identifier', label: 'E-mail address', value: view.problem?.identifier, first: true })}
          ${field(view, first.field, {
            name: `response.${first.field.property}`,
            label: textOf(first, 'label'),
            hint: textOf(first, 'setup-hint'),
            autocomplete: 'new-password',
          })} <button>Join</button>`,
      )}
      <p>A member already? <a href="/login">Sign in</a></p>
    </div>`,
  );
}

/** The login snippet: everything that can begin a sign-in and be answered by a form. */
export function signInPage(view: SiteView): Html {
  const returnTo = view.returnTo ?? '/profile';
  const back = `/login?${String(new URLSearchParams({ return_to: returnTo }))}`;
  const forms = view.first.map((first) =>
    form(
      view,
      '/sign-in',
      { next: '/login/code', back },
      html`${hidden('provider', first.provider)}${hidden('returnTo', returnTo)}
        ${field(view, address, { name: 'identifier', label: 'E-mail address', value: view.problem?.identifier, first: true })}
        ${field(view, first.field, { name: `response.${first.field.property}`, label: textOf(first, 'label') })}
        <button>Sign in</button>`,
    ),
  );
  return layout(
    view,
    'Sign in',
    html`<div class="card">
      <h1>Sign in</h1>
      ${problem(view)}${forms}
      <p><a href="${view.base}/forgot">Forgotten your password?</a></p>
      <p>New here? <a href="/join">Join</a></p>
      ${elsewhere(view, 'sign-in', returnTo)}
    </div>`,
  );
}

/** The second step of a sign-in, and of a step-up: one way to answer, and the others to choose from. */
export function codePage(view: SiteView, { sent }: Query): Html {
  const { ceremony } = view;
  const chosen = ceremony?.chosen;
  if (!ceremony || !chosen) {
    return layout(
      view,
      'Sign in',
      html`<div class="card">
        <h1>This is over</h1>
        ${problem(view)}
        <p>Begin again, and it will only take a moment.</p>
        <p><a class="button" href="/login">Sign in</a></p>
        ${elsewhere(view, 'sign-in', '/profile')}
      </div>`,
    );
  }
  const { authenticator, provider } = chosen;
  const here = `/login/code?with=${authenticator}`;
  // A provider that asks first is asked to, with a button; what it sent is then typed in.
  const asks = provider.challenge === true;
  const waits = asks && sent === undefined && view.problem === null;
  const ask = (text: string, look: string): Html =>
    form(
      view,
      '/challenges',
      { next: `${here}&sent=1`, back: here },
      html`${hidden('authenticator', authenticator)}<button class="${look}">${text}</button>`,
    );
  const answer = form(
    view,
    '/ceremony',
    { next: '/login/code', back: asks ? `${here}&sent=1` : here },
    html`${hidden('authenticator', authenticator)}
      ${field(view, provider.field, { name: `response.${provider.field.property}`, label: textOf(provider, 'label'), first: true })}
      <button>Confirm</button>`,
  );
  const to = chosen.hint === undefined ? '' : ` to ${chosen.hint}`;
  const others = ceremony.offers.filter((offer) => offer !== chosen);
  return layout(
    view,
    'One more step',
    html`<div class="card">
      <h1>${ceremony.purpose === 'sign-in' ? 'One more step' : 'Confirm that it is you'}</h1>
      <p class="hint">${ceremony.user.identifier} · ${chosen.name}</p>
      ${problem(view)}
      ${
        waits
          ? html`<p>We send a code${to}.</p>
              ${ask('Send me a code', '')}`
          : html`<p>${textOf(provider, 'prompt')}</p>
              ${answer}${asks && ask('Send another code', 'plain')}`
      }
      ${
        others.length > 0 &&
        html`<h2>Another way</h2>
          <ul class="ways">
            ${others.map(
              (offer) =>
                html`<li>
                  <a href="/login/code?with=${offer.authenticator}">${offer.name}</a
                  >${offer.hint !== undefined && html` <span class="hint">${offer.hint}</span>`}
                </li>`,
            )}
          </ul>`
      }
      ${elsewhere(view, 'sign-in', '/profile')}
      ${form(view, '/ceremony', { next: '/login', back: '/login', method: 'DELETE' }, html`<button class="plain">Start over</button>`)}
    </div>`,
  );
}

/** What a policy asks, before it is asked: why, and the way to the code page and back. */
export function confirmPage(view: SiteView, { policy = '' }: Query): Html {
  const returnTo = view.returnTo ?? '/';
  const back = `/confirm?${String(new URLSearchParams({ policy, return_to: returnTo }))}`;
  return layout(
    view,
    'Confirm that it is you',
    html`<div class="card">
      <h1>Confirm that it is you</h1>
      ${problem(view)}
      <p>This page needs your second step, made in the last quarter of an hour.</p>
      ${form(view, '/step-up', { next: '/login/code', back }, html`${hidden('policy', policy)}${hidden('returnTo', returnTo)}<button>Confirm</button>`)}
      <p><a href="/">Not now</a></p>
    </div>`,
  );
}

export function swapPage(view: SiteView): Html {
  return layout(
    view,
    'Seed swap',
    html`<h1>Seed swap</h1>
      <p class="lead">
        Runner beans for sweet peas? Members’ addresses are on this page, so it needs your second step.
      </p>`,
  );
}

export function adminPage(view: SiteView, who: string, members: readonly Member[]): Html {
  const rows = members.map(
    ({ name, joined, seen, proved }) =>
      html`<tr>
        <th scope="row">${name}</th>
        <td>${shown(joined)}</td>
        <td>${shown(seen)}</td>
        <td>${proved}</td>
      </tr>`,
  );
  return layout(
    view,
    'Office',
    html`<h1>Members</h1>
      <p>
        You are in the office as <strong>${who}</strong>, whoever you are as a member.
        <a href="/auth/security">Your office account</a>
      </p>
      ${
        rows.length === 0
          ? html`<p>Nobody has joined yet.</p>`
          : html`<div class="table" role="region" aria-label="Members" tabindex="0">
              <table>
                <thead>
                  <tr>
                    <th scope="col">Name</th>
                    <th scope="col">Joined</th>
                    <th scope="col">Last sign-in</th>
                    <th scope="col">Proved</th>
                  </tr>
                </thead>
                <tbody>
                  ${rows}
                </tbody>
              </table>
            </div>`
      }`,
  );
}
