import { html, nothing, svg, type SVGTemplateResult, type TemplateResult } from 'lit';
import type { ProviderInfo } from '../http/contract.ts';
import { t } from './texts.ts';
import type { Waiting } from './waiting.ts';

/** The card that every page is: whose page it is, then the one thing it asks for. */
export function card(product: string, content: unknown, kind: '' | 'cf-wide' = ''): TemplateResult {
  return html`<div class="cf-card ${kind}">
    <p class="cf-brand">
      <span class="cf-brand-mark" aria-hidden="true">${[...product][0] ?? ''}</span>
      <span class="cf-brand-name">${product}</span>
    </p>
    ${content}
  </div>`;
}

/** The headline of a page, or of a part of it where the page has one already. */
export function headline(text: string, level: 1 | 2 = 1): TemplateResult {
  return level === 1
    ? html`<h1 class="cf-headline" tabindex="-1">${text}</h1>`
    : html`<h2 class="cf-headline" tabindex="-1">${text}</h2>`;
}

/** A problem of the whole form. It is always on the page, so that what appears in it is read out. */
export function alert(text: string | undefined, way: unknown = nothing): TemplateResult {
  return html`<div role="alert">
    ${
      text
        ? html`<div class="cf-alert">
            <p>${text}</p>
            ${way}
          </div>`
        : nothing
    }
  </div>`;
}

/** Asks who somebody is. `value` is what to begin with. */
export function identifierField(autocomplete: string, error: string | undefined, value = ''): TemplateResult {
  return html`<div class="cf-field">
    <label for="cf-identifier">${t('identifier.label')}</label>
    <div class="cf-input-row">
      <input
        id="cf-identifier"
        class="cf-input"
        name="username"
        .value=${value}
        autocomplete=${autocomplete}
        autocapitalize="none"
        spellcheck="false"
        maxlength="254"
        aria-required="true"
        aria-invalid=${error ? 'true' : 'false'}
        aria-describedby=${error ? 'cf-identifier-error' : nothing}
      />
    </div>
    ${error ? html`<p id="cf-identifier-error" class="cf-error">${error}</p>` : nothing}
  </div>`;
}

/** The one primary button. While something is under way it stays where it is and keeps the focus. */
export function submit(
  label: string,
  waiting: Waiting,
  options: { blocked?: boolean; kind?: string } = {},
): TemplateResult {
  return html`<button
      type="submit"
      class="cf-button ${options.blocked ? 'cf-paused' : (options.kind ?? '')}"
      aria-disabled=${waiting.busy || options.blocked ? 'true' : 'false'}
    >
      ${label}<span class="cf-spinner" ?hidden=${!waiting.slow}></span>
    </button>
    <p role="status" class="cf-hidden">${waiting.slow ? t('working') : ''}</p>`;
}

export function linkButton(label: string, act: () => void, name?: string): TemplateResult {
  return html`<button type="button" class="cf-link" aria-label=${name ?? nothing} @click=${act}>
    ${label}
  </button>`;
}

/** One of several things to choose from. */
export function choice(
  icon: TemplateResult,
  name: string,
  text: string,
  act: () => void,
  note?: string,
): TemplateResult {
  return html`<li>
    <button type="button" class="cf-choice" @click=${act}>
      ${icon}<span
        ><strong>${name}</strong
        ><span class="cf-meta">${text}</span>
        ${note ? html`<span class="cf-meta cf-weak">${note}</span>` : nothing}</span
      >
    </button>
  </li>`;
}

/** What to know before choosing it: that it is weak, where it is (SP 800-63B-4, 3.2.9). */
export function providerNote({ restricted, texts }: ProviderInfo): string | undefined {
  return restricted && (texts['restricted'] ?? t('restricted'));
}

const paths: Readonly<Record<ProviderInfo['usage'] | 'on' | 'off', SVGTemplateResult>> = {
  first: svg`<rect x="4" y="10" width="16" height="11" rx="2.5"/><path d="M8 10V7a4 4 0 0 1 8 0v3"/>`,
  second: svg`<rect x="6.5" y="2.5" width="11" height="19" rx="2.5"/><path d="M11 18.5h2"/>`,
  recovery: svg`<circle cx="12" cy="12" r="9"/><circle cx="12" cy="12" r="4"/><path d="m5.6 5.6 3.6 3.6m5.6 5.6 3.6 3.6m0-12.8-3.6 3.6m-5.6 5.6-3.6 3.6"/>`,
  on: svg`<path d="M12 2.8 4.5 5.6v5.6c0 4.6 3.1 8.3 7.5 10 4.4-1.7 7.5-5.4 7.5-10V5.6L12 2.8Z"/><path d="m8.7 12 2.4 2.4 4.4-4.6"/>`,
  off: svg`<path d="M12 2.8 4.5 5.6v5.6c0 4.6 3.1 8.3 7.5 10 4.4-1.7 7.5-5.4 7.5-10V5.6L12 2.8Z"/><path d="M12 8v4.5m0 3v.1"/>`,
};

/** Drawn by what an authenticator is for, since no page knows the providers. */
export function icon(name: keyof typeof paths): TemplateResult {
  return html`<svg class="cf-icon" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">
    ${paths[name]}
  </svg>`;
}
