import type { MailTexts } from './texts.ts';

const secure = 'If it was not you, change your password at once and look at what protects your account.';
const ask = 'If it was not you, tell whoever runs {site} at once.';
const ignore = 'If you did not ask for this, do nothing: without the link nothing happens.';
const open = 'Look at your account';

export const en: MailTexts = Object.freeze({
  footer: 'Sent by {site}, {origin}, to {to}.',
  when: 'When: {when}',
  where: 'From: {where}',
  device: '{browser} on {system}',
  comma: ', ',
  named: '{method} ({name})',
  notices: Object.freeze({
    'confirm-email': {
      subject: 'Confirm your e-mail address for {site}',
      text: 'Confirm that this address is yours. The link works once, for {lifetime}.',
      notYou: ignore,
      button: 'Confirm this address',
    },
    'change-email': {
      subject: 'Confirm your new e-mail address for {site}',
      text: 'Confirm that mails about your account are to go to this address from now on. The link works once, for {lifetime}.',
      notYou: ignore,
      button: 'Use this address',
    },
    'email-changed': {
      subject: 'Your e-mail address for {site} was changed',
      text: 'Mails about your account now go to {address}, and no longer to this address.',
      notYou: ask,
    },
    'email-confirmed': {
      subject: 'Your e-mail address for {site} is confirmed',
      text: 'Mails about your account go to this address from now on.',
      notYou: secure,
      button: open,
    },
    'forgot-password': {
      subject: 'Choose a new password for {site}',
      text: 'Somebody asked for a new password for your account. With this link you can choose one. It works once, for {lifetime}. Your second factor stays as it is.',
      notYou: 'If it was not you, do nothing: your password stays as it is.',
      button: 'Choose a new password',
    },
    'forgot-password-impossible': {
      subject: 'Your password for {site}',
      text: 'Somebody asked for a new password for your account, but it has none that could be replaced by mail. Sign in the way you usually do, or ask whoever runs {site}.',
      notYou: 'If it was not you, do nothing: nothing was changed.',
    },
    'password-reset-done': {
      subject: 'Your password for {site} was reset',
      text: 'The password of your account was replaced through a link that was mailed to you. Everybody who was signed in has been signed out.',
      notYou: ask,
      button: open,
    },
    'password-changed': {
      subject: 'Your password for {site} was changed',
      text: 'The password of your account was changed. All other browsers have been signed out.',
      notYou: ask,
      button: open,
    },
    'authenticator-added': {
      subject: 'A way to sign in to {site} was added',
      text: 'Your account can now be confirmed with this, too: {what}.',
      notYou: secure,
      button: open,
    },
    'authenticator-removed': {
      subject: 'A way to sign in to {site} was removed',
      text: 'This was removed from your account and no longer works: {what}.',
      notYou: secure,
      button: open,
    },
    'authenticator-disabled': {
      subject: 'A way to sign in to {site} was switched off',
      text: 'There were too many wrong tries with this: {what}. It does not work until you set it up anew.',
      notYou:
        'If these tries were not yours, somebody may know your password. Sign in another way and change it.',
      button: open,
    },
    'recovery-renewed': {
      subject: 'You have new recovery codes for {site}',
      text: 'New recovery codes were made for your account. The old ones no longer work.',
      notYou: secure,
      button: open,
    },
    'second-factor-failed': {
      subject: 'Was it you? The second step at {site} failed',
      text: 'Somebody entered the right password of your account, and then something wrong at the second step: {what}. Nobody was let in.',
      notYou:
        'If it was not you, somebody knows your password. Change it at once, and give no code to anybody who asks for one.',
      button: open,
    },
    'new-device-remembered': {
      subject: '{site} remembers a browser',
      text: 'From now on, this browser signs in to your account without the second step.',
      notYou: secure,
      button: open,
    },
    'account-deleted': {
      subject: 'Your account at {site} was deleted',
      text: 'Your account and everything that protected it were deleted. This is the last mail about it.',
      notYou: ask,
    },
  }),
});
