import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { mailerFor } from '../../server/mailer.ts';
import type { Settings } from '../../settings/table.ts';
import type { Run } from '../command.ts';
import type { Check } from './check.ts';

const patienceMs = 5000;

export async function mailChecks(settings: Settings, run: Run): Promise<readonly Check[]> {
  const to = run.option('mail-to');
  if (settings.mail === null) {
    const none: Check = {
      check: 'mail',
      status: to === undefined ? 'warning' : 'problem',
      message:
        'no mail server is set: nobody gets links for forgotten passwords, or word of a changed factor',
      next: 'Set mail and mailFrom.',
    };
    return [none];
  }
  const { hostname, port, protocol } = new URL(settings.mail);
  const secure = protocol === 'smtps:';
  const fault = await greeting(hostname, port === '' ? (secure ? 465 : 587) : Number(port), secure);
  if (fault !== null) {
    return [
      {
        check: 'mail',
        status: 'problem',
        message: `${hostname} does not answer (${fault})`,
        next: 'Is the address in mail right, and may this server reach it?',
      },
    ];
  }
  if (to === undefined) {
    return [
      {
        check: 'mail',
        status: 'ok',
        message: `${hostname} answers`,
        next: 'Whether a mail arrives shows: cofactor doctor --mail-to <your address>',
      },
    ];
  }
  return [await sent(settings, to)];
}

async function sent(settings: Settings, to: string): Promise<Check> {
  const words = `This is a test of the mail server of ${settings.name}. Nothing has to be done.`;
  try {
    const mailer = await mailerFor(settings);
    await mailer?.send({
      to,
      subject: `Test mail of ${settings.name}`,
      text: `${words}\n`,
      html: `<p>${escaped(words)}</p>`,
    });
    return {
      check: 'mail',
      status: 'ok',
      message: `the mail server took a mail to ${to}`,
      next: 'Look whether it arrived.',
    };
  } catch (error) {
    const { code, detail } = error as { readonly code?: string; readonly detail?: string };
    return {
      check: 'mail',
      status: 'problem',
      message: `the mail server did not take a mail to ${to} (${detail ?? code ?? 'unknown'})`,
      next: 'Is the address one, and are user, password and mailFrom right?',
    };
  }
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

/** Whether a mail server says its first word; `null`: it does. */
function greeting(host: string, port: number, secure: boolean): Promise<string | null> {
  return new Promise((resolve) => {
    const socket: Socket = secure
      ? connectTls({ host, port, servername: host, minVersion: 'TLSv1.2' })
      : connect({ host, port });
    const end = (fault: string | null): void => {
      socket.destroy();
      resolve(fault);
    };
    socket.setTimeout(patienceMs, () => end('timeout'));
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.code ?? 'error'));
    socket.once('close', () => end('closed'));
    socket.once('data', (data: Buffer) =>
      end(data.toString('latin1').startsWith('220') ? null : 'no mail server'),
    );
  });
}
