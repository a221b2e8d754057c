import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { DeviceView, SecurityView } from '../http/contract.ts';
import { linkButton } from './parts.ts';
import { browserName, type SecurityActions } from './security-view.ts';
import { date, t } from './texts.ts';

/** Where mails go, and whether that is certain. */
export function emailSection({ email }: SecurityView, act: SecurityActions): TemplateResult {
  const { address, verified, pending } = email;
  return html`<section aria-labelledby="cf-email">
    <h2 id="cf-email">${t('email.heading')}</h2>
    <div class="cf-item">
      <div class="cf-item-text">
        <h3>${address ?? t('email.none')} ${address === null ? nothing : addressBadge(verified)}</h3>
        <p class="cf-meta">${t('email.use')}</p>
      </div>
      <div class="cf-item-actions">
        ${linkButton(t(address === null && pending === null ? 'email.add' : 'email.change'), () => act.changeEmail())}
      </div>
      ${
        pending !== null || (address !== null && !verified)
          ? html`<div class="cf-warning">
              <p>${pending === null ? t('email.unknown') : t('email.pending', { email: pending })}</p>
              ${linkButton(t(pending === null ? 'email.submit' : 'email.again'), () => act.confirmEmail())}
            </div>`
          : nothing
      }
    </div>
  </section>`;
}

function addressBadge(verified: boolean): TemplateResult {
  return verified
    ? html`<span class="cf-badge">${t('email.verified')}</span>`
    : html`<span class="cf-badge cf-off">${t('email.unverified')}</span>`;
}

/** The browsers that go without the second step. Nothing where there is none: most people never have one. */
export function deviceList({ devices }: SecurityView, act: SecurityActions): TemplateResult | typeof nothing {
  if (devices.length === 0) return nothing;
  return html`<section aria-labelledby="cf-devices">
    <h2 id="cf-devices">${t('devices.title')}</h2>
    <p class="cf-lead">${t('devices.lead')}</p>
    <ul class="cf-list">
      ${repeat(
        devices,
        ({ id }) => id,
        (device) => deviceItem(device, act),
      )}
    </ul>
  </section>`;
}

function deviceItem(device: DeviceView, act: SecurityActions): TemplateResult {
  const name = browserName(device.userAgent);
  const facts = [
    t('list.added', { when: date(new Date(device.createdAt)) }),
    t('devices.until', { when: date(new Date(device.expiresAt)) }),
  ];
  return html`<li class="cf-item">
    <div class="cf-item-text">
      <h3>${name} ${device.current ? html`<span class="cf-badge">${t('sessions.this')}</span>` : nothing}</h3>
      <p class="cf-meta">${facts.join(' · ')}</p>
    </div>
    <div class="cf-item-actions">
      ${linkButton(t('devices.forget'), () => act.forget(device), t('devices.forgetOf', { name }))}
    </div>
  </li>`;
}

/** Pages of this account that are somewhere else. */
export function linkList({ links }: SecurityView): TemplateResult | typeof nothing {
  if (links.length === 0) return nothing;
  return html`<nav aria-labelledby="cf-links">
    <h2 id="cf-links">${t('links.title')}</h2>
    <div class="cf-ways">
      ${links.map(({ href, text }) => html`<a class="cf-link" href=${href}>${text}</a>`)}
    </div>
  </nav>`;
}

/** What is stored about the person: to take along, and to have deleted. */
export function dataSection(base: string, act: SecurityActions): TemplateResult {
  return html`<section aria-labelledby="cf-data">
    <h2 id="cf-data">${t('data.title')}</h2>
    <p class="cf-lead">${t('data.lead')}</p>
    <div class="cf-buttons">
      <a class="cf-button cf-quiet" href="${base}/account/data" download>${t('data.download')}</a>
      ${linkButton(t('delete.open'), () => act.deleteAccount())}
    </div>
  </section>`;
}
