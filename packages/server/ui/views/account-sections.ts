import { html, nothing, type TemplateResult } from 'lit';
import type { AuthenticatorRow, DeviceRow, SessionRow, UserDetails } from '../../src/back-office/contract.ts';
import { badge, button, icon, note, section } from '../parts/basic.ts';
import { date, listed, t, when } from '../texts.ts';
import type { AccountActions } from './account-actions.ts';
import { browserName, factorText, levelName } from './account-parts.ts';

/** What protects the account, in a sentence. */
export function summary(user: UserDetails): TemplateResult {
  const steps = user.factors.filter(({ usage }) => usage === 'second');
  const list = listed(steps.map(factorText));
  const title =
    user.status === 'invited'
      ? t('summary.invited')
      : user.mfa
        ? steps.length > 0
          ? t('summary.on', { list })
          : t('summary.onElse')
        : t('summary.off');
  const text =
    user.status === 'invited'
      ? t('summary.invitedText')
      : user.mfa
        ? t('summary.onText', { level: levelName(user.reach ?? 'mfa') })
        : t('summary.offText', { name: user.identifier });
  return html`<div class="bo-summary ${user.mfa ? 'bo-good' : 'bo-warning'}">
    ${icon(user.mfa ? 'on' : 'off')}
    <div>
      <p class="bo-strong">${title}</p>
      <p>${text}</p>
    </div>
  </div>`;
}

/** What is demanded of the account, where something is and it is not there yet. */
export function enforcementNote({ enforcement }: UserDetails): TemplateResult | typeof nothing {
  if (!enforcement || enforcement.state === 'met') return nothing;
  const values = {
    level: levelName(enforcement.acr),
    from: enforcement.from ? date(new Date(enforcement.from)) : '',
    due: enforcement.due ? date(new Date(enforcement.due)) : '',
  };
  return note(html`<p>${t(`enforced.${enforcement.state}`, values)}</p>`, 'warning');
}

export function factorSection(user: UserDetails, act: AccountActions): TemplateResult {
  const own = user.authenticators.filter(({ external }) => !external);
  const content =
    own.length === 0
      ? html`<p class="bo-nothing">${t('factors.none')}</p>`
      : html`<ul class="bo-list">
          ${own.map((factor) => factorItem(factor, act))}
        </ul>`;
  const resettable = own.some(({ usage }) => usage !== 'first');
  const actions =
    act.can('reset-mfa') && resettable
      ? button(t('reset.open'), () => void act.resetMfa(), { kind: 'quiet' })
      : nothing;
  return section('bo-factors', t('factors.title'), content, { actions });
}

/** Accounts of other issuers that this one can be entered with. */
export function linkedSection(user: UserDetails, act: AccountActions): TemplateResult | typeof nothing {
  const linked = user.authenticators.filter(({ external }) => external);
  if (linked.length === 0) return nothing;
  return section(
    'bo-linked',
    t('linked.title'),
    html`<ul class="bo-list">
      ${linked.map((factor) => factorItem(factor, act))}
    </ul>`,
  );
}

function factorItem(factor: AuthenticatorRow, act: AccountActions): TemplateResult {
  const { name, providerName, usage, hint, createdAt, lastUsedAt, remaining, state } = factor;
  const about = [
    providerName === name ? '' : providerName,
    hint ?? '',
    remaining === null ? '' : t('factors.left', { count: remaining }),
    t('factors.added', { when: date(new Date(createdAt)) }),
    lastUsedAt === null
      ? usage === 'first'
        ? ''
        : t('factors.unused')
      : t('factors.used', { when: when(new Date(lastUsedAt)) }),
  ];
  return html`<li>
    ${icon(usage)}
    <div class="bo-item">
      <p class="bo-strong">
        ${name} ${state === 'usable' ? nothing : badge(t(`factors.${state}`), 'danger')}
      </p>
      <p class="bo-meta">${about.filter(Boolean).join(' · ')}</p>
    </div>
    ${
      act.can('remove-authenticator') && factor.removable
        ? button(
            t(factor.external ? 'unlink.open' : 'removeFactor.open'),
            () => void act.removeFactor(factor),
            {
              kind: 'text',
              name: t(factor.external ? 'unlink.openOf' : 'removeFactor.openOf', { what: name }),
            },
          )
        : nothing
    }
  </li>`;
}

/** Where the account is signed in, and which browsers go without the second step. */
export function whereSection(user: UserDetails, act: AccountActions): TemplateResult {
  const { sessions, devices } = user;
  const endAll =
    act.can('end-sessions') && sessions.length + devices.length > 0
      ? button(t('endAll.open'), () => void act.endSessions(), { kind: 'quiet' })
      : nothing;
  const forgetAll =
    act.can('forget-devices') && devices.length > 1
      ? button(t('forgetAll.open'), () => void act.forgetAll(), { kind: 'quiet' })
      : nothing;
  return html`${section(
    'bo-sessions',
    t('sessions.of'),
    sessions.length === 0
      ? html`<p class="bo-nothing">${t('sessions.none')}</p>`
      : html`<ul class="bo-list">
          ${sessions.map((session) => sessionItem(session, act))}
        </ul>`,
    { actions: endAll },
  )}
  ${
    devices.length === 0
      ? nothing
      : section(
          'bo-devices',
          t('devices.of'),
          html`<ul class="bo-list">
            ${devices.map((device) => deviceItem(device, act))}
          </ul>`,
          { actions: forgetAll },
        )
  }`;
}

function sessionItem(session: SessionRow, act: AccountActions): TemplateResult {
  const name = browserName(session.userAgent);
  const about = [
    session.ip,
    levelName(session.acr),
    t('session.seen', { when: when(new Date(session.lastSeenAt)) }),
    t('session.since', { when: date(new Date(session.createdAt)) }),
  ];
  return html`<li>
    <div class="bo-item">
      <p class="bo-strong">${name} ${session.current ? badge(t('session.this'), 'good') : nothing}</p>
      <p class="bo-meta">${about.filter(Boolean).join(' · ')}</p>
    </div>
    ${
      act.can('end-sessions') && !session.current
        ? button(t('endOne.open'), () => void act.endSession(session), {
            kind: 'text',
            name: t('endOne.openOf', { what: name }),
          })
        : nothing
    }
  </li>`;
}

function deviceItem(device: DeviceRow, act: AccountActions): TemplateResult {
  const name = browserName(device.userAgent);
  const about = [
    t('device.used', { when: when(new Date(device.lastUsedAt)) }),
    t('device.until', { when: date(new Date(device.expiresAt)) }),
  ];
  return html`<li>
    <div class="bo-item">
      <p class="bo-strong">${name}</p>
      <p class="bo-meta">${about.join(' · ')}</p>
    </div>
    ${
      act.can('forget-devices')
        ? button(t('forgetOne.open'), () => void act.forget(device), {
            kind: 'text',
            name: t('forgetOne.openOf', { what: name }),
          })
        : nothing
    }
  </li>`;
}
