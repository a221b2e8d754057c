import { html, nothing, type TemplateResult } from 'lit';
import type { CeremonyView, Offer } from '../http/contract.ts';
import { choice, icon, linkButton, providerNote } from './parts.ts';
import { relative, t } from './texts.ts';

/** What a person can turn to beside the way that is asked for. */
export interface Turns {
  choose(offer: Offer): void;
  lost(): void;
  back(): void;
}

/** All there is to choose from, in the order of the server: best first, and last used first within that. */
export function otherWays({ offers }: CeremonyView, turn: Turns): TemplateResult {
  return html`<p class="cf-lead">${t(offers.length > 1 ? 'choose.lead' : 'choose.only')}</p>
    ${choices(offers, turn)}
    <div class="cf-ways">
      ${linkButton(t('second.lost'), () => turn.lost())} ${linkButton(t('back'), () => turn.back())}
    </div>`;
}

/** Help for who lost a device. */
export function lostDevice({ offers }: CeremonyView, product: string, turn: Turns): TemplateResult {
  const recovery = offers.filter((offer) => offer.provider.usage === 'recovery');
  return html`<p class="cf-lead">${recovery.length > 0 ? t('lost.use') : t('lost.ask', { product })}</p>
    ${choices(recovery, turn)}
    <p>${t('lost.wait')}</p>
    <div class="cf-ways">${linkButton(t('back'), () => turn.back())}</div>`;
}

function choices(offers: readonly Offer[], turn: Turns): TemplateResult | typeof nothing {
  if (offers.length === 0) return nothing;
  return html`<ul class="cf-choices">
    ${offers.map((offer) => {
      const { name, hint, provider } = offer;
      const kind = provider.texts['name'] ?? name;
      return choice(
        icon(provider.usage),
        kind,
        hint ?? (name === kind ? (provider.texts['description'] ?? name) : name),
        () => turn.choose(offer),
        providerNote(provider),
      );
    })}
  </ul>`;
}

/** Why a step-up is asked, in a sentence or two. */
export function reasonOf({ reason, offers }: CeremonyView): string | TemplateResult {
  const { application = null, policy = null } = reason ?? {};
  const lastProvedSecondsAgo = reason?.lastProvedSecondsAgo ?? null;
  const second = offers[0]?.provider.usage !== 'first';
  const why =
    application !== null
      ? t(second ? 'stepUp.applicationSecond' : 'stepUp.applicationFirst', { application })
      : policy !== null
        ? t(second ? 'stepUp.policySecond' : 'stepUp.policyFirst', { policy })
        : t('stepUp.account');
  // A single operation is confirmed whatever was proved before, so when that was does not matter. A line each.
  if (reason?.operation) return html`${why}<b>${['', '', ...reason.operation].join('\n')}</b>`;
  const last =
    lastProvedSecondsAgo === null
      ? t('stepUp.never')
      : t('stepUp.last', { ago: relative(-lastProvedSecondsAgo) });
  return `${why} ${last}`;
}
