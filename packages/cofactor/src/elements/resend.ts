import { html, nothing, type TemplateResult } from 'lit';
import { minutes, type Countdown } from './countdown.ts';
import { t } from './texts.ts';

/**
 * The button that has a code sent again, and how long until it can be pressed. The seconds stand beside it and not
 * in it: a button that changes its name every second would be read out every second. Only their end is told.
 */
export function resendButton(countdown: Countdown, act: () => void): TemplateResult {
  const waiting = countdown.left > 0;
  return html`<p class="cf-resend">
    <button
      type="button"
      class="cf-link"
      aria-disabled=${waiting ? 'true' : 'false'}
      @click=${() => {
        if (!waiting) act();
      }}
    >
      ${t('resend.submit')}
    </button>
    ${waiting ? html`<span class="cf-meta cf-time">${t('resend.in', { time: minutes(countdown.left) })}</span>` : nothing}
    <span role="status" class="cf-hidden">${countdown.over ? t('resend.ready') : ''}</span>
  </p>`;
}
