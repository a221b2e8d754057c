import type { ClientTexts } from '../texts.ts';

export const en: ClientTexts = Object.freeze({
  signIn: 'Sign in',
  chooseText: 'Choose where your account is.',
  signInWith: 'Sign in with {issuer}',
  short: 'This page needs a second factor',
  shortText: 'You signed in at {issuer} without one, or {issuer} did not say that you used one.',
  shortHow: 'Set one up at {issuer} if you have none yet. Then sign in again with it.',
  silentText:
    '{issuer} does not say whether a second factor was used, so this page cannot be opened with it.',
  refusedLevelText: '{issuer} was asked for a second factor and did not confirm one.',
  enable: 'Set up a second factor',
  again: 'Sign in again with a second factor',
  old: 'Sign in again to go on',
  oldText:
    'This page needs a sign-in of the last {minutes} minutes, so that nobody else uses your open session.',
  oldAgain: 'Sign in again',
  forbidden: 'Not open to this account',
  forbiddenText:
    'This page needs something that your account does not have. Ask whoever runs this site to give it to you, or go on with another account.',
  otherAccount: 'Use another account',
  turnedAway: 'You are not signed in',
  turnedAwayText: 'The sign-in at {issuer} was cancelled or not allowed.',
  tryAgain: 'Try again',
  refused: 'This sign-in was not accepted',
  refusedText:
    'The answer of {issuer} was not right, so nobody was signed in with it. Try again; if it happens again, tell whoever runs this site.',
  unknown: 'This sign-in is over',
  unknownText: 'It was begun in another browser, took too long, or was finished already. Start again.',
  away: '{issuer} does not answer',
  awayText: 'Nothing is wrong with your account. Wait a moment, then try again.',
  unavailable: 'Not available at the moment',
  unavailableText: 'This page cannot be opened now. Wait a moment, then try again.',
  switched: 'You are somebody else now',
  switchedText:
    'Another account than before came back from the sign-in. You are signed in with it, and what was asked for was not done.',
  goOn: 'Go on with this account',
  signOut: 'Sign out',
  signOutText: 'Sign out of this site and of the place where you signed in?',
  signedOut: 'You are signed out',
  signedOutText: 'Nobody is signed in to this site in this browser.',
  start: 'Back to the start',
});
