import type { AuthenticatorView } from '../http/contract.ts';
import type { Question } from './ask-dialog.ts';
import { t } from './texts.ts';

type Act = Question['act'];

/** What the security page asks before it changes something. */

export function renaming({ name }: AuthenticatorView, act: Act): Question {
  return {
    title: t('rename.title', { name }),
    submit: t('rename.submit'),
    keep: t('cancel'),
    text: { label: t('rename.label'), value: name, empty: t('rename.empty') },
    act,
  };
}

/** `last`: whether two-step verification is off afterwards. */
export function removing({ name }: AuthenticatorView, last: boolean, act: Act): Question {
  return {
    title: t('remove.title', { name }),
    lead: t(last ? 'remove.last' : 'remove.text'),
    submit: t('remove.submit'),
    keep: t('remove.keep'),
    danger: true,
    act,
  };
}

export function replacing({ name, provider }: AuthenticatorView, identifier: string, act: Act): Question {
  return {
    title: t('change.title', { name }),
    lead: t('change.lead'),
    submit: t('change.submit'),
    keep: t('cancel'),
    fresh: { provider, identifier },
    act,
  };
}

export function changingEmail(act: Act): Question {
  return {
    title: t('email.title'),
    lead: t('email.lead'),
    submit: t('email.submit'),
    keep: t('cancel'),
    text: {
      label: t('email.label'),
      value: '',
      empty: t('email.empty'),
      autocomplete: 'email',
      inputMode: 'email',
      maxLength: 254,
    },
    act,
  };
}

/** Has the name typed: this cannot be undone, and must not happen by a slip of the finger. */
export function deleting(identifier: string, product: string, act: Act): Question {
  const words = { identifier };
  return {
    title: t('delete.title'),
    lead: t('delete.lead', { product }),
    submit: t('delete.submit'),
    keep: t('delete.keep'),
    danger: true,
    text: {
      label: t('delete.label', words),
      value: '',
      empty: t('delete.empty', words),
      maxLength: 254,
      wrong: (typed) =>
        typed.toLowerCase() === identifier.toLowerCase() ? undefined : t('delete.empty', words),
    },
    act,
  };
}
