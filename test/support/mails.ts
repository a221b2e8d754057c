import type { Mail, Mailer } from 'cofactor';

/** A mailer that keeps what it was given, and fails where a test says so. */
export class TestMailer implements Mailer {
  readonly mails: Mail[] = [];
  down = false;

  async send(mail: Mail): Promise<void> {
    if (this.down) throw new Error('the mail server is down');
    this.mails.push(mail);
  }

  /** The newest mail to an address. */
  to(address: string): Mail | undefined {
    return this.mails.findLast((mail) => mail.to === address);
  }

  /** The secret behind the `#` of the link in a mail. */
  tokenTo(address: string): string {
    const token = /#((?:rst|adr|prm)_[A-Za-z0-9_-]{43})/.exec(this.to(address)?.text ?? '')?.[1];
    if (token === undefined) throw new Error(`no link was mailed to ${address}`);
    return token;
  }
}
