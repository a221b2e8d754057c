import { html, nothing, type TemplateResult } from 'lit';
import { t } from './texts.ts';

const key = 'cofactor-farewell';

/** Has the next page of this tab say that the account is gone. Not in the address: there anybody could say so. */
export function sayFarewell(): void {
  try {
    sessionStorage.setItem(key, '1');
  } catch {
    // Without storage the page that follows says nothing: the account is gone all the same.
  }
}

let said: boolean | undefined;

/** What to say to somebody whose account was just deleted; said once. */
export function farewell(): TemplateResult | typeof nothing {
  said ??= taken();
  return said ? html`<p role="status" class="cf-notice">${t('signIn.farewell')}</p>` : nothing;
}

function taken(): boolean {
  try {
    const found = sessionStorage.getItem(key) !== null;
    sessionStorage.removeItem(key);
    return found;
  } catch {
    return false;
  }
}
