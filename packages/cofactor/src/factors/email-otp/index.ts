import { canonicalAddress, maskAddress } from '../../core/mail/address.ts';
import { fill } from '../../core/mail/words.ts';
import type { Delivery, MailContent, SendContext } from '../../core/provider.ts';
import { deliveredCode, type DeliveredCodeProvider } from '../delivered-code/delivered-code.ts';
import { checkSender } from '../delivered-code/options.ts';
import { texts } from './texts.ts';

export type {
  DeliveredCodeData,
  DeliveredCodeProvider,
  DeliveredCodeResponse,
} from '../delivered-code/delivered-code.ts';

/** A mail with a code, for an application that sends it itself. Log neither the code nor the address. */
export interface CodeMail {
  /** The stored address: write to it as it is, and to no other. */
  readonly to: string;
  /** Without the code. */
  readonly subject: string;
  /** The words of the mail, the code among them. */
  readonly text: string;
  readonly code: string;
  readonly user: { readonly id: string; readonly identifier: string };
}

export interface EmailOtpOptions {
  /**
   * How a code gets to its person. Left out: through the `mail` of `createCofactor`. `'event'`: whoever listens to
   * `two-factor-requested` sends it. What the function throws is told to the person as "could not be sent".
   */
  readonly send?: 'event' | ((mail: CodeMail) => Promise<void>);
}

/**
 * Codes by e-mail as a second factor: 6 digits, 10 minutes, each once.
 *
 * NIST SP 800-63B-4, 3.1.3.1 does not allow e-mail for this: a mailbox is opened with a password and read by who
 * can reset that of the account, so that it may well be no second factor at all. Offer it beside better ones; the
 * profile `nist-800-63b-4` refuses it. Not phishing-resistant (3.2.5).
 *
 * @example
 * createCofactor({ mail: smtp(url), factors: [password(), totp({ issuer: 'Acme' }), emailOtp()] });
 *
 * @throws {CofactorError} `ERR_CONFIG_EMAIL_OTP`
 */
export function emailOtp(options: EmailOtpOptions = {}): DeliveredCodeProvider {
  checkSender('emailOtp', 'ERR_CONFIG_EMAIL_OTP', options, false);
  const { send } = options;
  return deliveredCode({
    name: 'email-otp',
    amr: 'otp',
    adopts: 'mail-address',
    byMail: true,
    notForNist: '3.1.3.1, a code by e-mail proves no possession',
    ...(send === undefined && { needsMail: true }),
    order: 50,
    texts,
    field: { type: 'text', inputMode: 'email', autocomplete: 'email', maxLength: 254 },
    canonical: canonicalAddress,
    mask: maskAddress,
    ...(send !== 'event' && { send: sender(send) }),
  });
}

type Sender = (context: SendContext, delivery: Delivery) => Promise<void>;

function sender(own: ((mail: CodeMail) => Promise<void>) | undefined): Sender {
  if (own === undefined) {
    return (context, { address, code }) => context.mail(address, { ...contentOf(context), code });
  }
  return async (context, { address, code }) => {
    const { subject, paragraphs } = contentOf(context);
    await own({ to: address, subject, text: [code, ...paragraphs].join('\n\n'), code, user: context.user });
  };
}

/**
 * The words around a code. Nothing of them is chosen by a user: at set-up the mail goes to an address that nobody has
 * confirmed yet, and must not carry somebody's message to a stranger.
 */
function contentOf({ site, language }: SendContext): MailContent {
  const words = texts[language] ?? texts['en'];
  const put = (key: string): string => fill(words?.[key] ?? '', { site: site.name });
  return { subject: put('mail-subject'), paragraphs: [put('mail-text'), put('mail-warning')] };
}
