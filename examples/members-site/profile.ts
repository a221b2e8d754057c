import type { ProviderInfo, SiteView } from 'cofactor/http';
import { html, type Html } from '../parts/html.ts';
import { elsewhere, field, form, hidden, layout, problem, shown, textOf } from './parts.ts';

type Query = Readonly<Record<string, string | undefined>>;
type Security = NonNullable<SiteView['security']>;
type Authenticator = Security['authenticators'][number];

/** Every way to sign in that there is: those that are set up, and those that could be. */
export function profilePage(view: SiteView): Html | null {
  const { security } = view;
  if (!security) return null;
  const providers = new Map<string, ProviderInfo>();
  for (const { provider } of security.authenticators) providers.set(provider.provider, provider);
  for (const provider of security.addable) providers.set(provider.provider, provider);
  const { returnTo } = view;
  const two = security.authenticators.some(({ provider }) => provider.usage === 'second');
  return layout(
    view,
    'Profile',
    html`<h1>Your profile</h1>
      ${problem(view)}
      <p class="lead">${security.user.identifier}</p>
      ${
        returnTo !== null &&
        html`<p class="note">
          ${two ? 'Now that is done:' : 'To go on, set a second step up. Then:'}
          <a href="${returnTo}">go on</a>
        </p>`
      }
      <h2>How you sign in</h2>
      <p>
        ${two ? 'A second step protects your account.' : 'So far your password is all that protects your account.'}
      </p>
      <ul class="list">
        ${[...providers.values()].map((provider) => providerItem(security, provider))}
      </ul>
      ${elsewhere(view, 'security', '/profile')}`,
  );
}

/** A provider with what there is of it already, and the way to add to it. */
function providerItem({ authenticators, addable }: Security, provider: ProviderInfo): Html {
  const name = textOf(provider, 'name');
  const own = authenticators.filter((one) => one.provider.provider === provider.provider);
  const canAdd = addable.some((one) => one.provider === provider.provider);
  const more = provider.usage === 'recovery' ? 'Make new ones' : 'Add another';
  const add = html`<p>
    <a class="button ${own.length > 0 && 'quiet'}" href="/profile/add?provider=${provider.provider}">
      ${own.length === 0 ? 'Set up' : more}<span class="hidden"> ${name}</span>
    </a>
  </p>`;
  return html`<li class="item">
    <h3>${name}</h3>
    <p class="hint">${textOf(provider, 'description')}</p>
    ${own.map(heldItem)}${canAdd && add}
  </li>`;
}

function heldItem({ id, name, hint, provider, lastUsedAt, remaining, low, removable }: Authenticator): Html {
  const used = lastUsedAt === null ? 'Not used yet' : `Last used ${shown(lastUsedAt)}`;
  return html`<div class="held">
    <p>
      ${provider.multiple && html`<strong>${name}</strong> ${hint}`}
      <span class="hint">${remaining === undefined ? used : `${remaining} left`}</span>
      ${low === true && html`<span class="hint">${textOf(provider, 'low')}</span>`}
    </p>
    ${removable && html`<a class="button quiet" href="/profile/off?id=${id}">Turn off<span class="hidden"> ${name}</span></a>`}
  </div>`;
}

/** The set-up of a provider: confirm that it is you, say what has to be said, and show that it works. */
export function addPage(view: SiteView, { provider: name = '' }: Query): Html | null {
  const { security, enrolment } = view;
  const here = `/profile/add?provider=${encodeURIComponent(name)}`;
  if (enrolment?.provider.provider === name) return setUpPage(view, enrolment, here);
  const provider = security?.addable.find((one) => one.provider === name);
  if (!security || !provider) return null;
  const begin = form(
    view,
    '/enrolments',
    { next: here, back: here },
    html`${hidden('provider', name)}${
        provider.input &&
        field(view, provider.input, {
          name: `input.${provider.input.property}`,
          label: textOf(provider, 'input-label'),
          hint: textOf(provider, 'input-hint'),
          first: true,
        })
      }<button>${provider.input ? 'Send a code' : 'Begin'}</button>`,
  );
  return card(
    view,
    textOf(provider, 'name'),
    html`<p>${textOf(provider, 'description')}</p>
      ${security.canManage ? begin : confirmFirst(view, here)}`,
  );
}

/** For what needs a fresh proof: the code page, and back. */
function confirmFirst(view: SiteView, returnTo: string): Html {
  return html`<p>To change how you sign in, confirm that it is you.</p>
    ${form(view, '/step-up', { next: '/login/code', back: '/profile' }, html`${hidden('returnTo', returnTo)}<button>Confirm that it is me</button>`)}`;
}

function setUpPage(
  view: SiteView,
  { provider, setup, proposedName }: NonNullable<SiteView['enrolment']>,
  here: string,
): Html {
  const { codes } = setup;
  const name = { property: 'name', type: 'text', autocomplete: 'off', maxLength: 64 } as const;
  const confirmed = Array.isArray(codes)
    ? html`<label class="tick"
        ><input type="checkbox" name="response.saved" required /> ${textOf(provider, 'setup-saved')}</label
      >`
    : html`${field(view, provider.field, { name: `response.${provider.field.property}`, label: textOf(provider, 'label'), first: true })}
      ${provider.multiple && field(view, name, { name: 'name', label: 'Name it, to know it again', value: proposedName, optional: true })}`;
  return card(
    view,
    textOf(provider, 'name'),
    html`${shownSetup(provider, setup)}
    ${form(view, '/enrolments/confirm', { next: '/profile/codes', back: here }, html`${confirmed}<button>Save</button>`)}`,
  );
}

/** What a provider gives to set it up: data, of which each part is shown where it is there. */
function shownSetup(
  provider: ProviderInfo,
  { qr, key, uri, to, codes, text }: Readonly<Record<string, unknown>>,
): Html {
  return html`${
      isQr(qr) &&
      html`<p>${textOf(provider, 'setup-scan')}</p>
        ${qrImage(qr, textOf(provider, 'setup-image'))}`
    }
    ${typeof uri === 'string' && html`<p><a href="${uri}">${textOf(provider, 'setup-open')}</a></p>`}
    ${
      typeof key === 'string' &&
      html`<details>
        <summary>${textOf(provider, 'setup-key-toggle')}</summary>
        <p>${textOf(provider, 'setup-key')}</p>
        <p class="key"><code>${(key.match(/.{1,4}/g) ?? []).join(' ')}</code></p>
      </details>`
    }
    ${typeof to === 'string' && html`<p>We sent a code to <strong>${to}</strong>.</p>`}
    ${Array.isArray(codes) && codeList(codes as string[])} ${typeof text === 'string' && html`<p>${text}</p>`}
    <p>
      ${textOf(provider, 'setup-code') || textOf(provider, 'setup-prompt') || textOf(provider, 'setup-save')}
    </p>`;
}

function isQr(value: unknown): value is { readonly size: number; readonly path: string } {
  return typeof value === 'object' && value !== null && 'size' in value && 'path' in value;
}

/** Dark on white in either colour scheme: many scanners do not read it the other way round. */
function qrImage(
  { size, path }: { readonly size: number; readonly path: string },
  alternative: string,
): Html {
  const side = size * Math.max(1, Math.round(200 / size));
  return html`<svg
    class="qr"
    role="img"
    aria-label="${alternative}"
    width="${side}"
    height="${side}"
    viewBox="0 0 ${size} ${size}"
    shape-rendering="crispEdges"
  >
    <rect width="${size}" height="${size}" fill="#fff" />
    <path d="${path}" fill="#000" />
  </svg>`;
}

function codeList(codes: readonly string[]): Html {
  return html`<ul class="codes">
    ${codes.map((code) => html`<li><code>${code}</code></li>`)}
  </ul>`;
}

/** Recovery that was made with the first second step. Opened again, or without any, it leads to the profile. */
export function codesPage(view: SiteView): Html | null {
  const [issued] = view.issued;
  if (!issued) return null;
  const { provider, setup } = issued;
  return card(
    view,
    textOf(provider, 'name'),
    html`<p>${textOf(provider, 'setup-save')}</p>
      ${codeList(setup['codes'] as string[])}
      <p>${textOf(provider, 'setup-once')}</p>
      <p><a class="button" href="/profile">${textOf(provider, 'setup-saved')}</a></p>`,
  );
}

export function offPage(view: SiteView, { id }: Query): Html | null {
  const { security } = view;
  const authenticator = security?.authenticators.find((one) => one.id === id);
  if (!security || !authenticator) return null;
  const here = `/profile/off?id=${authenticator.id}`;
  const off = form(
    view,
    '/authenticators',
    { next: '/profile', back: here, method: 'DELETE' },
    html`${hidden('id', authenticator.id)}<button class="danger">Turn off</button>`,
  );
  return card(
    view,
    `Turn off ${authenticator.name}?`,
    html`<p>It signs you in no more. You can set it up again at any time.</p>
      ${security.canManage ? off : confirmFirst(view, here)}`,
  );
}

function card(view: SiteView, title: string, body: Html): Html {
  return layout(
    view,
    title,
    html`<div class="card">
      <h1>${title}</h1>
      ${problem(view)}${body}
      <p><a href="/profile">Back to your profile</a></p>
    </div>`,
  );
}
