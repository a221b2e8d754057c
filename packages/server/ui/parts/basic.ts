import { html, nothing, svg, type SVGTemplateResult, type TemplateResult } from 'lit';
import { authBase } from '../api.ts';
import { t } from '../texts.ts';

interface Heading {
  readonly lead?: string;
  readonly parent?: { readonly href: string; readonly text: string } | null;
  readonly actions?: unknown;
}

/** What a page is, the way back, and what can be done with the whole of it. */
export function heading(
  title: string,
  { lead = '', parent = null, actions = '' }: Heading = {},
): TemplateResult {
  return html`<header class="bo-head">
    ${parent ? html`<a class="bo-back" href=${parent.href}>${icon('back')}${parent.text}</a>` : nothing}
    <div class="bo-head-row">
      <div class="bo-head-text">
        <h1 tabindex="-1">${title}</h1>
        ${lead ? html`<p class="bo-lead">${lead}</p>` : nothing}
      </div>
      ${actions ? html`<div class="bo-actions">${actions}</div>` : nothing}
    </div>
  </header>`;
}

/** A part of a page. `level` 3 for parts of parts. */
export function section(
  id: string,
  title: string,
  content: unknown,
  { actions = '', lead = '' }: { readonly actions?: unknown; readonly lead?: string } = {},
): TemplateResult {
  return html`<section class="bo-section" aria-labelledby=${id}>
    <div class="bo-section-head">
      <h2 id=${id} tabindex="-1">${title}</h2>
      ${actions ? html`<div class="bo-actions">${actions}</div>` : nothing}
    </div>
    ${lead ? html`<p class="bo-lead">${lead}</p>` : nothing} ${content}
  </section>`;
}

export interface ButtonLook {
  readonly kind?: 'primary' | 'quiet' | 'danger' | 'text';
  /** What it is called where its words alone do not say which one it is of several. */
  readonly name?: string;
  readonly busy?: boolean;
}

export function button(label: string, act: () => void, look: ButtonLook = {}): TemplateResult {
  const { kind = 'primary', name, busy = false } = look;
  return html`<button
    type="button"
    class="bo-button bo-${kind}"
    aria-label=${name ?? nothing}
    aria-disabled=${busy ? 'true' : nothing}
    @click=${act}
  >
    ${label}
  </button>`;
}

/** A link that looks like what it does: it leads to where something is done. */
export function buttonLink(
  label: string,
  href: string,
  kind: 'primary' | 'quiet' = 'primary',
): TemplateResult {
  return html`<a class="bo-button bo-${kind}" href=${href}>${label}</a>`;
}

/** The way to prove more, where the session is too weak or too old, and back to this very place. */
export function proveLink(): TemplateResult {
  const back = new URLSearchParams({ return_to: location.pathname + location.search });
  return buttonLink(t('view.prove'), `${authBase}/step-up?${back}`, 'quiet');
}

/** Something that went wrong. */
export function alert(text: string, way: unknown = ''): TemplateResult {
  return html`<div role="alert" class="bo-alert">
    <p>${text}</p>
    ${way}
  </div>`;
}

export type Tone = 'good' | 'warning' | 'danger' | 'plain';

export function badge(text: string, tone: Tone = 'plain'): TemplateResult {
  return html`<span class="bo-badge bo-${tone}">${text}</span>`;
}

/** Something to know before going on. */
export function note(text: unknown, tone: Tone = 'plain'): TemplateResult {
  return html`<div class="bo-note bo-${tone}">${text}</div>`;
}

/** Where nothing is: what would be here, and how to get it. */
export function empty(title: string, text: string, action: unknown = ''): TemplateResult {
  return html`<div class="bo-empty">
    <p class="bo-empty-title">${title}</p>
    <p>${text}</p>
    ${action}
  </div>`;
}

/** Facts by name; those without a value are left out. */
export function facts(entries: readonly (readonly [name: string, value: unknown])[]): TemplateResult {
  return html`<dl class="bo-facts">
    ${entries
      .filter(([, value]) => value !== null && value !== undefined && value !== '')
      .map(
        ([name, value]) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
  </dl>`;
}

/** Something that is shown once and cannot be had again. */
export function once(label: string, text: string, explained: string): TemplateResult {
  return html`<div class="bo-once">
    <p class="bo-once-label" id="bo-once-label">${label}</p>
    <p><code tabindex="0" aria-labelledby="bo-once-label">${text}</code></p>
    <p class="bo-meta">${explained}</p>
    <bo-copy .text=${text}></bo-copy>
  </div>`;
}

/** More of a list, where there is more. */
export function more(next: unknown, act: () => void, busy: boolean): TemplateResult | typeof nothing {
  if (next === null || next === undefined) return nothing;
  return html`<p class="bo-more">${button(t('list.more'), act, { kind: 'quiet', busy })}</p>`;
}

const shapes = {
  overview: svg`<path d="M4 13h6V4H4v9Zm10 7h6V4h-6v16ZM4 20h6v-3H4v3Z"/>`,
  users: svg`<circle cx="9" cy="8" r="3.5"/><path d="M2.5 20c.4-3.6 3.1-5.6 6.5-5.6s6.1 2 6.5 5.6M16 4.7a3.5 3.5 0 0 1 0 6.6m2.4 3.6c1.8.8 2.9 2.6 3.1 5.1"/>`,
  members: svg`<rect x="3" y="4" width="18" height="16" rx="2.5"/><circle cx="9" cy="11" r="2.2"/><path d="M5.6 16.6c.3-1.7 1.6-2.7 3.4-2.7s3.1 1 3.4 2.7M15 10h3.5M15 14h3.5"/>`,
  applications: svg`<rect x="3.5" y="3.5" width="7" height="7" rx="1.8"/><rect x="13.5" y="3.5" width="7" height="7" rx="1.8"/><rect x="3.5" y="13.5" width="7" height="7" rx="1.8"/><path d="M17 13.5v7m-3.5-3.5h7"/>`,
  issuers: svg`<circle cx="12" cy="12" r="9"/><path d="M3 12h18M12 3c2.6 2.5 3.9 5.5 3.9 9s-1.3 6.5-3.9 9c-2.6-2.5-3.9-5.5-3.9-9S9.4 5.5 12 3Z"/>`,
  enforcement: svg`<path d="M12 2.8 4.5 5.6v5.6c0 4.6 3.1 8.3 7.5 10 4.4-1.7 7.5-5.4 7.5-10V5.6L12 2.8Z"/><path d="m8.7 12 2.4 2.4 4.4-4.6"/>`,
  audit: svg`<path d="M6 3h9l4 4v14H6V3Z"/><path d="M14.5 3v4.5H19M9 12h7M9 16h7"/>`,
  webhooks: svg`<path d="M4 12h5m6 0h5"/><circle cx="12" cy="12" r="3"/><path d="m7 5 2.5 4.5M17 5l-2.5 4.5M7 19l2.5-4.5M17 19l-2.5-4.5"/>`,
  extensions: svg`<path d="M9 4.5a2 2 0 0 1 4 0V6h4a1.5 1.5 0 0 1 1.5 1.5V11H20a2 2 0 0 1 0 4h-1.5v4A1.5 1.5 0 0 1 17 20.5h-4V19a2 2 0 0 0-4 0v1.5H5.5A1.5 1.5 0 0 1 4 19V7.5A1.5 1.5 0 0 1 5.5 6H9V4.5Z"/>`,
  back: svg`<path d="m14.5 5.5-6.5 6.5 6.5 6.5"/>`,
  menu: svg`<path d="M4 7h16M4 12h16M4 17h16"/>`,
  close: svg`<path d="m6 6 12 12M18 6 6 18"/>`,
  down: svg`<path d="m6 9.5 6 6 6-6"/>`,
  search: svg`<circle cx="11" cy="11" r="6.5"/><path d="m16 16 4.5 4.5"/>`,
  first: svg`<rect x="4" y="10" width="16" height="11" rx="2.5"/><path d="M8 10V7a4 4 0 0 1 8 0v3"/>`,
  second: svg`<rect x="6.5" y="2.5" width="11" height="19" rx="2.5"/><path d="M11 18.5h2"/>`,
  recovery: svg`<circle cx="12" cy="12" r="9"/><circle cx="12" cy="12" r="4"/><path d="m5.6 5.6 3.6 3.6m5.6 5.6 3.6 3.6m0-12.8-3.6 3.6m-5.6 5.6-3.6 3.6"/>`,
  on: svg`<path d="M12 2.8 4.5 5.6v5.6c0 4.6 3.1 8.3 7.5 10 4.4-1.7 7.5-5.4 7.5-10V5.6L12 2.8Z"/><path d="m8.7 12 2.4 2.4 4.4-4.6"/>`,
  off: svg`<path d="M12 2.8 4.5 5.6v5.6c0 4.6 3.1 8.3 7.5 10 4.4-1.7 7.5-5.4 7.5-10V5.6L12 2.8Z"/><path d="M12 8v4.5m0 3v.1"/>`,
} satisfies Readonly<Record<string, SVGTemplateResult>>;

export type IconName = keyof typeof shapes;

export function icon(name: IconName): TemplateResult {
  return html`<svg class="bo-icon" viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">
    ${shapes[name]}
  </svg>`;
}
