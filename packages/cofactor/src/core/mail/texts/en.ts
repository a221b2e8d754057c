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
    'enrolment-permitted': {
      subject: 'Set up your second factor for {site}',
      text: 'A second factor is required for your account, and somebody signed in with your password asked to set one up. Follow this link to do it. The link works once, for {lifetime}.',
      notYou:
        'If it was not you, somebody knows your password. Do not follow the link, and change your password at once.',
      button: 'Set up a second factor',
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
    invitation: {
      subject: 'You are invited to {site}',
      text: 'An account at {site} was made for you. With this link you choose how you sign in. It works once, for {lifetime}.',
      notYou: 'If you do not know what this is about, do nothing: without the link nobody can sign in to it.',
      button: 'Set up your account',
    },
    'factors-reset': {
      subject: 'Your second factor for {site} was removed',
      text: 'Somebody in charge of {site} removed every second factor and all recovery codes from your account. Everybody who was signed in has been signed out. Sign in again, and set a second factor up.',
      notYou: ask,
    },
    'permit-given': {
      subject: 'You can set up your second factor for {site}',
      text: 'Somebody in charge of {site} lets you set up a second factor for your account. Sign in, then follow this link in the same browser. It works once, for {lifetime}.',
      notYou: ask,
      button: 'Set up a second factor',
    },
    'permit-handed-over': {
      subject: 'A link to set up your second factor for {site} was made',
      text: 'Somebody in charge of {site} made a link with which a second factor can be set up for your account. They hand it to you themselves. It works once, for {lifetime}.',
      notYou: ask,
    },
  }),
});
