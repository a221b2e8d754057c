export { mailbox } from './mailbox.ts';
export { smtp, type SmtpOptions } from './smtp.ts';
export type { Mailbox, ReceivedMail } from '../core/mail/mailbox.ts';
export type { Mail, Mailer } from '../base/ports.ts';
