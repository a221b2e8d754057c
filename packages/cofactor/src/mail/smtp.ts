import { CofactorError } from '../base/errors.ts';
import { canonicalAddress } from '../core/mail/address.ts';
import { oneLine } from '../core/mail/words.ts';
import { assertPeer, peer } from '../base/peer.ts';
import type { Mail, Mailer } from '../base/ports.ts';
import { checkSmtp, type SmtpOptions, type SmtpSettings } from './options.ts';

export type { SmtpOptions } from './options.ts';

const nodemailer = peer('nodemailer', 'cofactor/mail', () => import('nodemailer'));

/** Milliseconds for a connection to be there, and for the server to say its first word. */
const connectTimeout = 5000;

/**
 * Hands mails to an SMTP server (RFC 5321), one connection a mail. TLS is verified, and required unless the server
 * is on this machine. A server that is away or silent costs seconds, not minutes.
 *
 * A mail that could not be handed over is an error without its address, its content or what the server said, since
 * servers repeat both (I-28). One that was handed over may still never arrive.
 *
 * @example
 * createCofactor({ mail: smtp({ host: 'mail.example.com', user: 'acme', password: secret, from: 'Acme <noreply@acme.example>' }) });
 * createCofactor({ mail: smtp('smtps://user:password@mail.example.com?from=noreply%40acme.example') });
 *
 * @throws {CofactorError} `ERR_CONFIG_MAIL` and `ERR_PEER_MISSING` at once; `ERR_MAIL_FAILED` from `send`.
 */
export function smtp(options: SmtpOptions | string): Mailer {
  const settings = checkSmtp(options);
  assertPeer('nodemailer', 'cofactor/mail');
  return Object.freeze<Mailer>({ send: (mail) => send(settings, mail) });
}

async function send(settings: SmtpSettings, { to, subject, text, html }: Mail): Promise<void> {
  if (canonicalAddress(to) !== to) throw failed('recipient');
  const { createTransport } = await nodemailer();
  const { host, port, secure, auth, from, requireTls, timeout } = settings;
  const transport = createTransport({
    host,
    port,
    secure,
    requireTLS: requireTls,
    ...(auth && { auth }),
    tls: { rejectUnauthorized: true, minVersion: 'TLSv1.2' },
    dnsTimeout: Math.min(connectTimeout, timeout),
    connectionTimeout: Math.min(connectTimeout, timeout),
    greetingTimeout: Math.min(connectTimeout, timeout),
    socketTimeout: timeout,
    // What the server has not closed by itself is cut off, so that none of them can keep the process alive.
    socketCloseTimeout: 0,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    await transport.sendMail({
      // A copy, because the library writes to it.
      from: { ...from },
      // As an object, so that no comma or bracket in it is read as another recipient.
      to: { name: '', address: to },
      envelope: { from: from.address, to: [to] },
      subject: oneLine(subject),
      text,
      html,
      // RFC 3834, 5: programs that answer by themselves leave it alone.
      headers: { 'auto-submitted': 'auto-generated' },
      signal: AbortSignal.timeout(timeout),
    });
  } catch (error) {
    throw failed(reasonOf(error));
  } finally {
    transport.close();
  }
}

/** For the log, and nothing of the mail: the library's code, and the three digits of the server. */
function reasonOf(error: unknown): string {
  const { code, responseCode } = (error ?? {}) as { code?: unknown; responseCode?: unknown };
  return [
    typeof code === 'string' && /^[A-Z0-9_]{1,32}$/.test(code) ? code : 'unknown',
    ...(typeof responseCode === 'number' ? [responseCode] : []),
  ].join(' ');
}

function failed(detail: string): CofactorError {
  return new CofactorError('ERR_MAIL_FAILED', 'A mail could not be handed over.', { detail });
}
