import type { Mailbox, ReceivedMail } from '../core/mail/mailbox.ts';

const kept = 100;

/**
 * A mailer for development and tests: it sends nothing, and keeps the last hundred mails in memory. While it is in
 * use, `/dev/mailbox` shows them to everybody who can reach the site, codes included; production refuses it.
 *
 * @example
 * const mail = mailbox();
 * createCofactor({ ...options, mail });
 * mail.messages()[0]?.subject;
 */
export function mailbox(): Mailbox {
  let messages: readonly ReceivedMail[] = [];
  let count = 0;
  return Object.freeze<Mailbox>({
    development: true,
    async send({ to, subject, text, html }) {
      count += 1;
      messages = [Object.freeze({ number: count, to, subject, text, html }), ...messages].slice(0, kept);
    },
    messages: () => messages,
    clear() {
      messages = [];
    },
  });
}
