import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { localhostCertificate, localhostKey } from './localhost-certificate.ts';

/** A mail as a server got it. */
export interface Delivered {
  /** The envelope: where it really goes. */
  readonly from: string;
  readonly to: readonly string[];
  /** Of the message, decoded, by name in lower case. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** The bytes, as they came. */
  readonly raw: string;
  /** Whether it came over TLS, and as whom. */
  readonly secure: boolean;
  readonly user: string | undefined;
}

export interface TestSmtp {
  readonly port: number;
  /** For `smtp()`: no TLS, from `noreply@acme.example`. */
  readonly url: string;
  /** Oldest first. */
  readonly mails: Delivered[];
  /** What a recipient got last. */
  last(to: string): Delivered;
  /** What it answers from now on: takes mails, refuses recipients, or never answers after the data. */
  mode: 'take' | 'refuse' | 'hang';
  close(): Promise<void>;
}

export interface SmtpKind {
  /** `none` offers no STARTTLS; `own` offers it with `localhostCertificate`; `implicit` begins with TLS. */
  readonly tls?: 'none' | 'own' | 'implicit';
  readonly login?: { readonly user: string; readonly password: string };
  /** A port that was free a moment ago, e.g. of a server that was closed. */
  readonly port?: number;
}

/** A real SMTP server on loopback that keeps what it is given. */
export async function startSmtp({ tls = 'none', login, port = 0 }: SmtpKind = {}): Promise<TestSmtp> {
  const mails: Delivered[] = [];
  const state: { mode: TestSmtp['mode'] } = { mode: 'take' };
  const options: SMTPServerOptions = {
    authOptional: login === undefined,
    disabledCommands: tls === 'none' ? ['STARTTLS'] : [],
    secure: tls === 'implicit',
    ...(tls !== 'none' && { key: localhostKey, cert: localhostCertificate }),
    allowInsecureAuth: true,
    disableReverseLookup: true,
    closeTimeout: 100,
    logger: false,
    onAuth({ username, password }, _session, done) {
      if (username === login?.user && password === login?.password) done(null, { user: username });
      else done(new Error(`no such user: ${username}`));
    },
    onRcptTo({ address }, _session, done) {
      if (state.mode !== 'refuse') done();
      else done(Object.assign(new Error(`${address} is not wanted here`), { responseCode: 550 }));
    },
    onData(stream, { envelope, secure, user }, done) {
      const keep = (raw: string): void => {
        if (state.mode === 'hang') return;
        mails.push({
          ...parseMail(raw),
          from: envelope.mailFrom === false ? '' : envelope.mailFrom.address,
          to: envelope.rcptTo.map(({ address }) => address),
          secure,
          user: typeof user === 'string' ? user : undefined,
        });
        done();
      };
      // A client may go away in the middle of a mail.
      textOf(stream).then(keep, () => undefined);
    },
  };
  const server = new SMTPServer(options);
  // A client that goes away in the middle is what some tests are about.
  server.on('error', () => undefined);
  const listening = server.listen(port, '127.0.0.1');
  await once(listening, 'listening');
  const { port: taken } = listening.address() as AddressInfo;
  return {
    port: taken,
    url: `smtp://localhost:${taken}?from=${encodeURIComponent('Acme <noreply@acme.example>')}`,
    mails,
    last(to) {
      const mail = mails.findLast((one) => one.to.includes(to));
      if (!mail)
        throw new Error(`nothing was sent to ${to}, only to ${mails.flatMap((one) => one.to).join(', ')}`);
      return mail;
    },
    get mode() {
      return state.mode;
    },
    set mode(mode) {
      state.mode = mode;
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** A server that takes connections and never says a word. */
export async function startSilence(): Promise<{ readonly port: number; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A port on which nobody listens. */
export async function closedPort(): Promise<number> {
  const { port, close } = await startSilence();
  await close();
  return port;
}

/** The code in a mail: what stands in its first line. */
export function codeIn({ text }: Pick<Delivered, 'text'>): string {
  const code = /^([0-9]{6})\r?\n/.exec(text)?.[1];
  if (code === undefined) throw new Error(`no code in the first line of: ${text}`);
  return code;
}

/** Reads a message (RFC 5322, MIME): its headers, and the parts that are text. */
export function parseMail(raw: string): Pick<Delivered, 'headers' | 'subject' | 'text' | 'html' | 'raw'> {
  const parts = partsOf(raw);
  const content = (type: string): string =>
    parts.find(({ headers }) => headers.get('content-type')?.[0]?.startsWith(type))?.content ?? '';
  const headers = headersOf(raw);
  const [subject = ''] = headers.get('subject') ?? [];
  return { headers, subject, text: content('text/plain'), html: content('text/html'), raw };
}

interface Part {
  readonly headers: Delivered['headers'];
  readonly content: string;
}

function partsOf(raw: string): readonly Part[] {
  const headers = headersOf(raw);
  const body = raw.slice(raw.indexOf('\r\n\r\n') + 4);
  const boundary = /boundary="?([^";]+)"?/.exec(headers.get('content-type')?.[0] ?? '')?.[1];
  if (boundary !== undefined) {
    return `\r\n${body}`
      .split(`\r\n--${boundary}`)
      .slice(1, -1)
      .flatMap((part) => partsOf(part.replace(/^\r\n/, '')));
  }
  const [encoding = ''] = headers.get('content-transfer-encoding') ?? [];
  return [{ headers, content: decode(body, encoding.toLowerCase()).replaceAll('\r\n', '\n') }];
}

function headersOf(raw: string): Delivered['headers'] {
  const head = raw.slice(0, raw.indexOf('\r\n\r\n')).replace(/\r\n[ \t]+/g, ' ');
  const headers = new Map<string, string[]>();
  for (const line of head.split('\r\n')) {
    const [, name = '', value = ''] = /^([^:]+):\s*(.*)$/.exec(line) ?? [];
    headers.set(name.toLowerCase(), [...(headers.get(name.toLowerCase()) ?? []), decodeWords(value)]);
  }
  return headers;
}

/** RFC 2047: words of headers that are not ASCII. */
function decodeWords(value: string): string {
  return value
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_all, kind: string, word: string) =>
      decode(word.replaceAll('_', ' '), kind.toLowerCase() === 'b' ? 'base64' : 'quoted-printable'),
    );
}

function decode(body: string, encoding: string): string {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString('utf8');
  if (encoding !== 'quoted-printable') return body;
  const bytes = body
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/gi, (_all, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
