/**
 * Every sentence of the pages, in English. A text with a count has one form for each plural rule of its language.
 * What a provider is called, and what it asks, is in the texts of that provider. Every other language is one file
 * beside this one; what a sign-in does not say stands apart, because the script of that page has this part in it.
 */
export const en = {
  loading: 'One moment...',
  working: 'Working...',
  retry: 'Try again',
  back: 'Back',
  cancel: 'Cancel',
  continue: 'Continue',
  show: 'Show',
  hide: 'Hide',
  empty: 'Fill this in to go on.',
  goesOn: 'Goes on by itself when complete.',
  triesLeft: { one: '{count} try left.', other: '{count} tries left.' },
  momentAgo: 'a moment ago',

  'identifier.label': 'User name',
  'identifier.empty': 'Enter your user name.',

  'signIn.title': 'Sign in',
  'signIn.lead': 'To go on to {product}.',
  'signIn.submit': 'Sign in',
  'signIn.with': 'Use this instead: {name}',
  'signIn.new': 'New here?',
  'signIn.register': 'Create an account',
  'signIn.signedIn': 'You are signed in',
  'signIn.signedInAs': 'You are signed in as {user}.',
  'signIn.other': 'Sign in as somebody else',
  'signIn.forgot': 'Forgot your password?',
  'signIn.farewell': 'Your account is deleted. Thank you for having been here.',
  'signIn.none':
    'Nobody can sign in here at the moment: no way to begin is set up. Tell whoever runs {product}.',

  'second.title': 'Confirm it is you',
  'second.submit': 'Confirm',
  'second.device': 'Device: {name}',
  'second.other': 'Try another way',
  'second.lost': 'I lost my device',
  'second.startOver': 'Start over',
  'second.notYou': 'Signing in as {user}',
  'second.remember': 'Do not ask for the second step on this device for 30 days',
  'second.pending': 'Waiting for the confirmation...',

  sent: 'We sent you a code.',
  'sent.to': 'We sent a code to {to}.',
  'sent.again': 'We sent you another code.',
  'sent.againTo': 'We sent another code to {to}.',
  'resend.submit': 'Send a new code',
  'resend.in': 'in {time}',
  'resend.ready': 'You can ask for a new code now.',

  'way.away': '{name} could not be loaded. Check your connection and try again, or use another way.',
  'way.wrong': '{name} is broken here. Use another way, and tell whoever runs {product}.',
  restricted: 'Weaker than other ways: these codes can be intercepted.',

  'choose.title': 'Choose another way',
  'choose.lead': 'Any of these confirms that it is you.',
  'choose.only': 'This is the only way set up for your account.',

  'lost.title': 'Lost your device?',
  'lost.use': 'You can still get in with what you kept for this case.',
  'lost.ask':
    'No other way is set up for your account. Ask whoever runs {product} to help: they can check that it is you and let you set up a new device.',
  'lost.wait': 'If you may still find the device, nothing is lost: come back with it later.',

  'none.title': 'You cannot confirm it here',
  'none.text': 'Nothing set up for your account can be used right now. Ask whoever runs {product} to help.',

  'stepUp.title': 'Confirm it is you',
  'stepUp.policySecond': '{policy} needs a confirmation with your second factor.',
  'stepUp.policyFirst': '{policy} needs a fresh confirmation that it is you.',
  'stepUp.applicationSecond': '{application} asks you to confirm with your second factor.',
  'stepUp.applicationFirst': '{application} asks you to confirm anew that it is you.',
  'stepUp.account': 'Changing how your account is protected needs a fresh confirmation.',
  'stepUp.last': 'You did this last {ago}.',
  'stepUp.never': 'You have not done this since you signed in.',
  'stepUp.as': 'Signed in as {user}',

  'problem.malformed': 'This could not be read. Check what you entered.',
  'problem.csrf': 'This page was open for too long. Reload it and try again.',
  'problem.not-signed-in': 'You are signed out. Sign in again to go on.',
  'problem.step-up-needed': 'This needs a fresh confirmation that it is you.',
  'problem.wrong-credentials': 'That does not match an account. Check both fields and try again.',
  'problem.wrong-response': 'That is not right. Check it and try again.',
  'problem.replayed-response': 'That one was used already. Wait for a new one and enter that.',
  'problem.ceremony-unknown': 'This sign-in is no longer open. Please start again.',
  'problem.ceremony-used': 'This sign-in was finished already. Please start again.',
  'problem.ceremony-expired': 'This took too long, so it was closed for your safety. Please start again.',
  'problem.too-many-tries': 'Too many tries. For your safety, wait a while before you try again.',
  'problem.too-many-tries-until': 'Too many tries. You can try again {in}, at {time}.',
  'problem.too-many-tries-over':
    'Too many wrong tries, so this way is closed for now. Start over, or try another way.',
  'problem.not-found': 'This is not there any more. The list was brought up to date.',
  'problem.forbidden': 'Your account may not do this. Ask whoever runs this site.',
  'problem.too-many-codes': 'Too many codes were asked for. Use another way, or wait some minutes.',
  'problem.delivery-failed': 'The code could not be sent. Try again in a moment, or use another way.',
  'problem.provider-unavailable': 'This way does not work at the moment. Try another, or try again later.',
  'problem.busy': 'Many people are signing in right now. Wait a moment and try again.',
  'problem.unavailable': 'This does not work at the moment. What you entered is still here; try again soon.',
  'problem.network': 'No connection. What you entered is still here; check your network and try again.',
  'problem.unexpected':
    'Something went wrong on our side. Try again; if it stays, tell whoever runs this site.',
} as const;
