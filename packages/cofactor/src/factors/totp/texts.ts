import type { ProviderTexts } from '../../core/provider.ts';

export const texts: Readonly<Record<'en', ProviderTexts>> = Object.freeze({
  en: Object.freeze({
    name: 'Authenticator app',
    description: 'An app on your phone or computer shows a new 6-digit code every 30 seconds.',
    prompt: 'Enter the 6-digit code from your authenticator app.',
    label: 'Code',
    wrong: 'That code is not right. Codes change every 30 seconds; try the newest one.',
    replayed: 'That code was used already. Wait for the next one, then enter it.',
    'proposed-name': 'Authenticator app',
    'setup-scan': 'Scan this with your authenticator app.',
    'setup-image': 'QR code for your authenticator app',
    'setup-open': 'Open in an authenticator app on this device',
    'setup-key-toggle': "Can't scan it?",
    'setup-key': 'Type this key into the app instead. It is based on time.',
    'setup-code': 'Enter the 6-digit code that the app shows now.',
    'setup-wrong':
      'That code is not right. Enter the newest one, and check that the time on your phone is set automatically.',
  }),
});
