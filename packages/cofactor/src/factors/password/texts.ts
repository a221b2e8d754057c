import type { ProviderTexts } from '../../core/provider.ts';

/** The words of a language, where some of them say how long a password must be. */
export function texts(minimum: {
  readonly withSecondFactor: number;
  readonly only: number;
}): Readonly<Record<'en', ProviderTexts>> {
  return Object.freeze({
    en: Object.freeze({
      name: 'Password',
      description: 'Something only you know.',
      prompt: 'Enter your password.',
      label: 'Password',
      wrong: 'That password is not right. Check for capital letters, then try again.',
      'proposed-name': 'Password',
      'current-label': 'Current password',
      'setup-label': 'New password',
      'setup-hint': `At least ${minimum.only} characters. A few words that only you would put together work well.`,
      'too-short': `That is too short. Use at least ${minimum.withSecondFactor} characters; a few words work well.`,
      'too-short-only': `That is too short. Use at least ${minimum.only} characters; a few words work well.`,
      'too-long': 'That is too long. Use at most 256 characters.',
      common: 'That password is one of the first that would be guessed. Choose something less usual.',
      'contains-identifier': 'Your user name or address is part of that password. Choose one without it.',
      'not-text': 'Some characters of that password cannot be stored. Choose one without special symbols.',
    }),
  });
}
