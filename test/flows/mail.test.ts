import { setDefaultCACertificates, getCACertificates } from 'node:tls';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { mailbox, smtp, type SmtpOptions } from 'cofactor/mail';
import { renderMail } from '../../packages/cofactor/src/core/mail/render.ts';
import { createApp, freshSqliteDatabase } from '../support/app.ts';
import { onHttps } from '../support/https.ts';
import { localhostCertificate } from '../support/localhost-certificate.ts';
import {
  closedPort,
  codeIn,
  startSilence,
  startSmtp,
  type SmtpKind,
  type TestSmtp,
} from '../support/smtp.ts';

const site = { name: 'Acme', origin: 'https://app.acme.example' };
const from = 'Acme <noreply@acme.example>';
const mail = renderMail(
  site,
  'en',
  { subject: 'Your code for Acme', paragraphs: ['Enter it on the page.'], code: '042137' },
  'ada@example.com',
);

/** What a failure tells: everything that could get into a log. */
async function failureOf(sending: Promise<void>): Promise<{ code: string; detail: string; whole: string }> {
  const error = await sending.then(
    () => undefined,
    (thrown: unknown) => thrown as Error & { code: string; detail: string },
  );
  if (!error) throw new Error('it was sent');
  const whole = [error.message, error.stack, error.detail, JSON.stringify(error), String(error.cause)].join(
    '\n',
  );
  return { code: error.code, detail: error.detail, whole };
}

let server: TestSmtp;
async function start(kind: SmtpKind = {}): Promise<TestSmtp> {
  server = await startSmtp(kind);
  return server;
}
afterEach(() => server?.close());

describe('a mail over SMTP', () => {
  test('arrives whole: envelope, headers, both parts', async () => {
    const { url, last } = await start();
    await smtp(url).send(mail);
    const got = last('ada@example.com');
    expect(got).toMatchObject({
      from: 'noreply@acme.example',
      to: ['ada@example.com'],
      subject: mail.subject,
    });
    expect(got.headers.get('from')).toEqual(['Acme <noreply@acme.example>']);
    expect(got.headers.get('to')).toEqual(['ada@example.com']);
    expect(got.headers.get('auto-submitted')).toEqual(['auto-generated']);
    expect(got.text.trim()).toBe(mail.text.trim());
    expect(got.html.trim()).toBe(mail.html.trim());
    expect(codeIn(got)).toBe('042137');
  });

  test('keeps words in every script', async () => {
    const { url, last } = await start();
    const content = {
      subject: 'アクメの確認コード',
      paragraphs: ['コードを入力してください。', 'Žluťoučký – kůň 👩'],
    };
    await smtp(url).send(renderMail({ ...site, name: 'アクメ' }, 'ja', content, 'ada@example.com'));
    const got = last('ada@example.com');
    expect(got.subject).toBe('アクメの確認コード');
    expect(got.text).toContain('コードを入力してください。');
    expect(got.html).toContain('Žluťoučký – kůň 👩');
  });

  test('A-107 goes to one recipient, and a subject adds no header', async () => {
    const { url, mails } = await start();
    const hostile = { ...mail, subject: 'Code\r\nBcc: eve@example.net\r\n\r\nHello' };
    await smtp(url).send(hostile);
    expect(mails[0]?.to).toEqual(['ada@example.com']);
    expect([...(mails[0]?.headers.keys() ?? [])]).not.toContain('bcc');
    for (const to of [
      'ada@example.com, eve@example.net',
      'ada@example.com\r\nRCPT TO:<eve@example.net>',
      '"ada" <eve@example.net>',
      'ada@example.com\0',
      'vıctim@example.com',
      'ada@example。com',
      'Ada@example.com',
    ]) {
      expect(await failureOf(smtp(url).send({ ...mail, to }))).toMatchObject({ code: 'ERR_MAIL_FAILED' });
    }
    expect(mails).toHaveLength(1);
  });

  test.each([{ path: '/etc/hostname' }, { href: 'http://localhost/' }])(
    'reads no file and fetches nothing for a mail: %j',
    async (odd) => {
      const { url, mails } = await start();
      const failure = await failureOf(smtp(url).send({ ...mail, html: odd as unknown as string }));
      expect(failure.detail).toMatch(/^E(?:FILEACCESS|URLACCESS|STREAM)$/);
      expect(mails).toHaveLength(0);
    },
  );
});

describe('TLS', () => {
  const trusted = getCACertificates('default');
  afterEach(() => setDefaultCACertificates([...trusted]));

  test.each(['own', 'implicit'] as const)('is verified (%s)', async (tls) => {
    const { port, mails } = await start({ tls });
    const options: SmtpOptions = {
      host: 'localhost',
      port,
      secure: tls === 'implicit',
      requireTls: true,
      from,
    };
    expect((await failureOf(smtp(options).send(mail))).detail).toMatch(/^(ETLS|ESOCKET|ECONNECTION)$/);
    expect(mails).toHaveLength(0);
    setDefaultCACertificates([...trusted, localhostCertificate]);
    await smtp(options).send(mail);
    expect(mails[0]?.secure).toBe(true);
  });

  test('is demanded of a server that offers none, before anything is said', async () => {
    const { port, mails } = await start({ login: { user: 'acme', password: 'marked-secret' } });
    const options = { host: 'localhost', port, from, user: 'acme', password: 'marked-secret' };
    expect((await failureOf(smtp({ ...options, requireTls: true }).send(mail))).detail).toMatch(/^ETLS/);
    expect(mails).toHaveLength(0);
    await smtp(options).send(mail);
    expect(mails[0]?.user).toBe('acme');
  });
});

describe('a mail server that is of no help', () => {
  const bound = 1500;
  let began: number;
  beforeEach(() => (began = performance.now()));

  /** I-28: whatever went wrong, nothing of the mail is in what is logged. */
  async function bareFailure(sending: Promise<void>): Promise<string> {
    const failure = await failureOf(sending);
    expect(failure.code).toBe('ERR_MAIL_FAILED');
    for (const secret of ['ada@', 'example.com', '042137', 'marked-secret', 'Enter it']) {
      expect(failure.whole).not.toContain(secret);
    }
    return failure.detail;
  }

  test('I-28 is away', async () => {
    const options = { host: 'localhost', port: await closedPort(), from };
    expect(await bareFailure(smtp(options).send(mail))).toMatch(/^E[A-Z]+$/);
    expect(performance.now() - began).toBeLessThan(bound);
  });

  test('I-28 refuses the recipient, and repeats the address', async () => {
    const { url } = await start();
    server.mode = 'refuse';
    expect(await bareFailure(smtp(url).send(mail))).toMatch(/^EENVELOPE 550$/);
  });

  test('I-28 refuses the password, and repeats the name', async () => {
    const { port } = await start({ login: { user: 'acme', password: 'right' } });
    const options = { host: 'localhost', port, from, user: 'marked-secret', password: 'marked-secret' };
    expect(await bareFailure(smtp(options).send(mail))).toMatch(/^EAUTH 535$/);
  });

  test('says nothing from the start: given up on time', async () => {
    const silence = await startSilence();
    try {
      const options = { host: 'localhost', port: silence.port, from, timeout: 300 };
      expect(await bareFailure(smtp(options).send(mail))).toMatch(/./);
      expect(performance.now() - began).toBeLessThan(bound);
    } finally {
      await silence.close();
    }
  });

  test('says nothing after the mail: given up on time', async () => {
    const { port } = await start();
    server.mode = 'hang';
    expect(await bareFailure(smtp({ host: 'localhost', port, from, timeout: 300 }).send(mail))).toMatch(/./);
    expect(performance.now() - began).toBeLessThan(bound);
  });
});

describe('options of smtp()', () => {
  test.each<[unknown, string]>([
    [undefined, 'host'],
    [{ from }, 'host'],
    [{ host: 'a b', from }, 'host'],
    [{ host: 'mail.example.com' }, 'from'],
    [{ host: 'mail.example.com', from: 'nobody' }, 'from'],
    [{ host: 'mail.example.com', from: 'A <a@example.com>, b@example.com' }, 'from'],
    [{ host: 'mail.example.com', from: 'A\r\nBcc: b <a@example.com>' }, 'from'],
    [{ host: 'mail.example.com', from, port: 70_000 }, 'port'],
    [{ host: 'mail.example.com', from, secure: 'yes' }, 'secure'],
    [{ host: 'mail.example.com', from, user: 'marked-secret' }, 'user and password'],
    [{ host: 'mail.example.com', from, password: '' }, 'password'],
    [{ host: 'mail.example.com', from, timeout: 1 }, 'timeout'],
    [{ host: 'mail.example.com', from, tls: { rejectUnauthorized: false } }, 'no option tls'],
    ['marked-secret', 'smtp://'],
    ['https://mail.example.com?from=a@example.com', 'smtp://'],
    ['smtp://user:marked-secret@mail.example.com', 'from'],
    ['smtp://user:%E0%A4%A@mail.example.com?from=a@example.com', 'percent-encoded'],
    ['smtp://mail.example.com?from=a@example.com&requireTls=maybe', 'requireTls'],
  ])('%j is refused and named, without what was given', (options, words) => {
    expect(() => smtp(options as SmtpOptions)).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIG_MAIL', message: expect.stringContaining(words) }),
    );
    expect(() => smtp(options as SmtpOptions)).not.toThrow('marked-secret');
  });

  test('can stand in an address', async () => {
    const { port, mails } = await start({ login: { user: 'ac:me', password: 'p@ss/word' } });
    await smtp(
      `smtp://ac%3Ame:p%40ss%2Fword@localhost:${port}/?from=noreply%40acme.example&timeout=2000`,
    ).send(mail);
    expect(mails[0]).toMatchObject({ user: 'ac:me', from: 'noreply@acme.example' });
  });
});

describe('a mailbox', () => {
  test('keeps the last hundred mails, newest first, under numbers that stay', async () => {
    const box = mailbox();
    for (let count = 1; count <= 103; count++) await box.send({ ...mail, subject: `mail ${count}` });
    expect(box.messages()).toHaveLength(100);
    expect(box.messages()[0]).toMatchObject({ number: 103, subject: 'mail 103', to: mail.to });
    expect(box.messages().at(-1)).toMatchObject({ number: 4 });
    box.clear();
    expect(box.messages()).toEqual([]);
    await box.send(mail);
    expect(box.messages()[0]?.number).toBe(104);
  });

  test('I-27 shows its mails at /dev/mailbox under development, under the strict policy', async () => {
    const box = mailbox();
    const database = await freshSqliteDatabase();
    const app = await createApp(database.open(), { mail: box, name: 'Acme' });
    try {
      await box.send(mail);
      const headers = { accept: 'text/html', host: 'localhost:3000' };
      const open = (query: string, ip = '127.0.0.1', host = headers.host) =>
        app.browser().get(`/dev/mailbox${query}`, { headers: { ...headers, host }, ip });
      const policy = String((await app.browser().page('/auth/sign-in')).headers['content-security-policy']);
      for (const query of ['', '?mail=1']) {
        const shown = await open(query);
        expect([shown.status, shown.text]).toEqual([200, expect.stringContaining('Your code for Acme')]);
        expect(shown.headers['content-security-policy']).toBe(policy);
        expect(shown.headers['cache-control']).toBe('no-store');
      }
      const whole = await open('?mail=1&as=html');
      expect(whole.text).toBe(mail.html);
      expect(whole.headers['content-security-policy']).toMatch(/; sandbox$/);
      // To this machine only, and under the name of the site.
      expect((await open('', '192.0.2.1')).status).toBe(404);
      expect((await open('', '127.0.0.1', 'rebound.example')).status).toBe(404);
    } finally {
      await app.close();
      await database.drop();
    }
  });

  test('I-29 is refused in production, and is not there with a mailer that sends', async () => {
    const database = await freshSqliteDatabase();
    const production = { ...onHttps, environment: 'production', mail: mailbox() } as const;
    await expect(createApp(database.open(), production)).rejects.toThrow(
      expect.objectContaining({ code: 'ERR_CONFIG_MAIL', message: expect.stringContaining('mailbox()') }),
    );
    const { url } = await start();
    const app = await createApp(database.open(), { mail: smtp(url) });
    expect((await app.browser().page('/dev/mailbox')).status).toBe(404);
    await app.close();
    await database.drop();
  });
});
