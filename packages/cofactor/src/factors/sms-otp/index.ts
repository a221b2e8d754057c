import { fill } from '../../core/mail/words.ts';
import type { Delivery, SendContext } from '../../core/provider.ts';
import { deliveredCode, type DeliveredCodeProvider } from '../delivered-code/delivered-code.ts';
import { checkSender } from '../delivered-code/options.ts';
import { canonicalPhone, maskPhone } from './phone.ts';
import { texts } from './texts.ts';

export type {
  DeliveredCodeData,
  DeliveredCodeProvider,
  DeliveredCodeResponse,
} from '../delivered-code/delivered-code.ts';

/** A text message with a code, to be sent by the application. Log neither the code nor the number. */
export interface CodeMessage {
  /** A number in E.164 form, e.g. `+4512345678`. */
  readonly to: string;
  /** The message, whole. Its last line lets a phone fill the code in on this site and on no other. */
  readonly text: string;
  readonly code: string;
  readonly user: { readonly id: string; readonly identifier: string };
}

export interface SmsOtpOptions {
  /**
   * Sends a message. What it throws is told to the person as "could not be sent". `'event'`: whoever listens to
   * `two-factor-requested` sends it.
   */
  readonly send: 'event' | ((message: CodeMessage) => Promise<void>);
}

/**
 * Codes by text message as a second factor: 6 digits, 10 minutes, each once.
 *
 * A restricted method (NIST SP 800-63B-4, 3.1.3.3 and 3.2.9): numbers are taken over, and messages are read on their
 * way. People are told so at set-up, and something better has to be on offer beside it. The same document wants you to
 * ask your carrier whether a number changed its SIM lately, before you send. Not phishing-resistant (3.2.5).
 *
 * Each message costs money, and people are paid for messages to some countries: refuse in `send` the ones to which
 * you do not send. Ten an hour go to one number.
 *
 * @example
 * smsOtp({ send: ({ to, text }) => carrier.messages.create({ to, body: text }) });
 *
 * @throws {CofactorError} `ERR_CONFIG_SMS_OTP`
 */
export function smsOtp(options: SmsOtpOptions): DeliveredCodeProvider {
  checkSender('smsOtp', 'ERR_CONFIG_SMS_OTP', options, true);
  const { send } = options;
  return deliveredCode({
    name: 'sms-otp',
    amr: 'sms',
    adopts: 'phone-number',
    restricted: true,
    order: 60,
    texts,
    // Room for the spaces, dashes and parentheses that people write.
    field: { type: 'text', inputMode: 'tel', autocomplete: 'tel', maxLength: 32 },
    canonical: canonicalPhone,
    mask: maskPhone,
    ...(send !== 'event' && {
      async send(context: SendContext, { address, code }: Delivery) {
        await send({ to: address, text: messageText(context, code), code, user: context.user });
      },
    }),
  });
}

/** The last line binds the code to this site (WICG, Origin-bound one-time codes delivered via SMS). */
function messageText({ site, language }: SendContext, code: string): string {
  const words = texts[language] ?? texts['en'];
  const text = fill(words?.['sms-text'] ?? '', { site: site.name, code });
  return `${text}\n\n@${new URL(site.origin).hostname} #${code}`;
}
