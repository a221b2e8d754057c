import type { TemplateResult } from 'lit';
import type { FactorCount, UserStatus } from '../../src/back-office/contract.ts';
import { deviceOf } from '../../../cofactor/src/elements/device.ts';
import { badge } from '../parts/basic.ts';
import { context } from '../state.ts';
import { named, t } from '../texts.ts';

export function statusBadge(status: UserStatus): TemplateResult {
  const tone = status === 'locked' ? 'danger' : status === 'invited' ? 'warning' : 'good';
  return badge(t(`status.${status}`), tone);
}

/** "Passkey", or "Passkey (2)" where there are several. */
export function factorText({ name, count }: FactorCount): string {
  return count > 1 ? t('factor.several', { name, count }) : name;
}

/** Roles as people call them; one that nobody knows is called what it is. */
export function roleNames(
  roles: readonly string[],
): readonly { readonly value: string; readonly text: string }[] {
  return roles.map((role) => ({ value: role, text: named('role', role) }));
}

/** The roles that one may give: nobody makes somebody else higher than themselves. */
export function rolesToGive(): readonly { readonly role: string; readonly rank: number }[] {
  const { roles, me } = context();
  return roles.filter(({ rank }) => rank <= me.rank);
}

/** A browser as people know it. */
export function browserName(userAgent: string): string {
  const { browser, system } = deviceOf(userAgent);
  if (browser && system) return t('browser.on', { browser, system });
  return browser ?? system ?? t('browser.unknown');
}

/** A level as people call it, with its short name. */
export function levelName(acr: string): string {
  return named('level', acr);
}
