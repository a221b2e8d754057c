/** What is told by mail of an account's life. */
export type NoticeKind =
  | 'confirm-email'
  | 'change-email'
  | 'email-changed'
  | 'email-confirmed'
  | 'enrolment-permitted'
  | 'forgot-password'
  | 'forgot-password-impossible'
  | 'password-reset-done'
  | 'password-changed'
  | 'authenticator-added'
  | 'authenticator-removed'
  | 'authenticator-disabled'
  | 'recovery-renewed'
  | 'second-factor-failed'
  | 'new-device-remembered'
  | 'account-deleted'
  | 'invitation'
  | 'factors-reset'
  | 'permit-given'
  | 'permit-handed-over';

/** The words of one mail, with the values of `NoticeValues` in braces. */
export interface NoticeTexts {
  readonly subject: string;
  /** What happened, or what the mail is for. */
  readonly text: string;
  /** What to do if it was somebody else. */
  readonly notYou: string;
  /** What is on the button, where a link can come with it. */
  readonly button?: string;
}

/** Every word of every mail in one language, but for those that a provider brings. */
export interface MailTexts {
  /** Under each mail, who it is from: `{site}`, `{origin}`, `{to}`. */
  readonly footer: string;
  /** A moment: `{when}`. */
  readonly when: string;
  /** Where a request came from, as far as known: `{where}`. */
  readonly where: string;
  /** `{browser}` and `{system}`. */
  readonly device: string;
  /** Between the parts of a place. */
  readonly comma: string;
  /** An authenticator: `{method}`, and the `{name}` that its owner gave it. */
  readonly named: string;
  readonly notices: Readonly<Record<NoticeKind, NoticeTexts>>;
}
