import { requireThat } from 'cofactor/oidc-client';

/**
 * A requirement of the application's own: the name stands in the log, the function is its handler. `false` means that this
 * sign-in will not do; a handler that throws means the same.
 */
export const noTextMessage = requireThat(
  'no code by text message',
  ({ assurance }) => !assurance.amr.includes('sms'),
);
