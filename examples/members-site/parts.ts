import type { ProviderInfo, SiteView } from 'cofactor/http';
import { html, type Html } from '../parts/html.ts';

/** What every page has around it. */
export function layout(view: SiteView, title: string, body: Html): Html {
  const { session } = view;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · Larkspur</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/styles.css" />
      </head>
      <body>
        <header>
          <a class="brand" href="/"
            ><svg viewBox="0 0 24 24" width="28" height="28" aria-hidden="true">
              <path
                d="M12 22V9M12 9c-4 0-6-3-6-7 4 0 6 3 6 7Zm0 0c4 0 6-3 6-7-4 0-6 3-6 7Zm0 8c-3 0-5-1-6-4 3 0 5 1 6 4Zm0 0c3 0 5-1 6-4-3 0-5 1-6 4Z"
              /></svg
            >Larkspur</a
          >
          <nav aria-label="Main">
            ${
              session
                ? html`<a href="/profile">Profile</a
                    >${form(view, '/sign-out', { next: '/', back: '/' }, html`<button class="plain">Sign out</button>`)}`
                : html`<a href="/login">Sign in</a><a href="/join">Join</a>`
            }
          </nav>
        </header>
        <main>${body}</main>
        <footer><a href="/admin">Office</a><a href="/dev/mailbox">Mailbox (development)</a></footer>
      </body>
    </html> `;
}

/** Where a form leads: `next` when its step is done, `back` when something was wrong with it. */
interface Ways {
  readonly next: string;
  readonly back: string;
  /** For what a form cannot say by itself: DELETE, PATCH, PUT. */
  readonly method?: string;
}

/** A form to one of the routes, with the token that says that it stood on a page of this site. */
export function form(view: SiteView, route: string, { next, back, method }: Ways, fields: Html): Html {
  return html`<form method="post" action="${view.base}${route}">
    ${hidden('csrf', view.csrf)}${hidden('_next', next)}${hidden('_back', back)}${method !== undefined && hidden('_method', method)}
    ${fields}
  </form>`;
}

export function hidden(name: string, value: string): Html {
  return html`<input type="hidden" name="${name}" value="${value}" />`;
}

/** What went wrong with the form before, to stand above the one that is to be corrected. */
export function problem({ problem: told }: SiteView): Html | null {
  return told && html`<p class="problem" id="problem" role="alert">${told.words}</p>`;
}

interface FieldOptions {
  readonly name: string;
  readonly label: string;
  readonly hint?: string | undefined;
  readonly value?: string | undefined;
  readonly autocomplete?: string;
  readonly optional?: true;
  /** The one that is typed into first: the focus is there when the page is opened. */
  readonly first?: true;
}

/** The one field of a provider, as the provider describes it. */
export function field(
  view: SiteView,
  { type, inputMode, maxLength, ...described }: ProviderInfo['field'],
  options: FieldOptions,
): Html {
  const { name, label, hint, value, optional, first, autocomplete = described.autocomplete } = options;
  // Where it is known which field was wrong, that one says so and has the focus; else the first.
  const at = view.problem?.pointer ?? '';
  const focus = at === '' ? first === true : `/${name.replaceAll('.', '/')}`.startsWith(at);
  const wrong = focus && view.problem !== null;
  const about = [...(wrong ? ['problem'] : []), ...(hint === undefined ? [] : [`${name}-hint`])].join(' ');
  return html`<label for="${name}">${label}</label>
    <input
      id="${name}"
      name="${name}"
      type="${inputMode === 'email' ? 'email' : type}"
      maxlength="${maxLength}"
      autocomplete="${autocomplete}"
      ${
        inputMode !== undefined && html` inputmode="${inputMode}"`
      }${value !== undefined && html` value="${value}"`}${about !== '' && html` aria-describedby="${about}"`}${
        wrong && html` aria-invalid="true"`
      }${optional !== true && html` required`}${focus && html` autofocus`}
    />
    ${hint !== undefined && html`<p class="hint" id="${name}-hint">${hint}</p>`}`;
}

/** What there is besides, on pages that need a script: passkeys, most of all. */
export function elsewhere(
  { base, scripted }: SiteView,
  page: 'sign-in' | 'security',
  returnTo: string,
): Html | null {
  if (scripted.length === 0) return null;
  const names = scripted.map(({ texts }) => texts['name']).join(', ');
  const address = `${base}/${page}?${String(new URLSearchParams({ return_to: returnTo }))}`;
  return html`<p class="hint">
    ${names}: on <a href="${address}">the full page</a>, which needs JavaScript.
  </p>`;
}

/** A provider's text, or nothing. */
export function textOf({ texts }: ProviderInfo, key: string): string {
  return texts[key] ?? '';
}

export function shown(date: string | number): string {
  return new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(date));
}
