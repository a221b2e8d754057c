import type { ProviderTexts } from '../../core/provider.ts';

export const texts: Readonly<Record<'en', ProviderTexts>> = Object.freeze({
  en: Object.freeze({
    name: 'Recovery codes',
    description:
      'Codes to keep on paper, for when you cannot use your other ways of signing in. Each works once.',
    prompt: 'Enter one of the recovery codes you saved.',
    label: 'Recovery code',
    wrong:
      'That code is not right. Check each character, or try another of your codes. Each works only once.',
    'proposed-name': 'Recovery codes',
    'setup-save': 'Save these codes where you will find them without your phone. Each one signs you in once.',
    'setup-once': 'They are shown only now. If you lose them, you can make new ones here.',
    'setup-replaces': 'Codes you saved before no longer work.',
    'setup-saved': 'I have saved these codes',
    low: 'You have few recovery codes left. Make new ones while you can sign in.',
  }),
});
