import type { Mail, Mailer } from '../../base/ports.ts';

/** A mail in a mailbox. Numbers only grow, so that an address with one stays what it was. */
export interface ReceivedMail extends Mail {
  readonly number: number;
}

/** A mailer for development: mails stay in memory, where a page shows them. Production refuses it. */
export interface Mailbox extends Mailer {
  readonly development: true;
  /** The last hundred mails, newest first. */
  messages(): readonly ReceivedMail[];
  /** Throws all mails away. */
  clear(): void;
}

/** Whether a mailer keeps what it is given in place of sending it. */
export function isMailbox(mailer: Mailer | null | undefined): mailer is Mailbox {
  return mailer !== null && mailer !== undefined && 'development' in mailer && mailer.development === true;
}
