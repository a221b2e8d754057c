import { hash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Mailbox } from '../core/mail/mailbox.ts';
import { renderMail } from '../core/mail/render.ts';
import { mailbox } from '../mail/mailbox.ts';
import { mailboxPage } from './mailbox.ts';
import type { HttpResponse } from '../web/message.ts';

const site = { name: 'Acme', origin: 'https://app.acme.example' };
const mail = renderMail(
  site,
  'en',
  {
    subject: 'Confirm <b>your</b> address',
    paragraphs: ['Hello & <img src=x onerror=alert(1)>.'],
    code: '042137',
    link: { href: 'https://app.acme.example/auth/confirm-email?a=1&b=2#adr_x', text: 'Confirm' },
  },
  'ada@example.com',
);

function open(box: Mailbox, query = ''): HttpResponse & { readonly text: string } {
  const engine = { config: { name: 'Acme <i>' } };
  const response = mailboxPage(box, { base: '/auth', query: new URLSearchParams(query), engine });
  return { ...response, text: String(response.body) };
}

describe('the page of a mailbox', () => {
  test('says that there is nothing yet', () => {
    expect(open(mailbox()).text).toContain('Nothing was sent yet.');
  });

  test('lists mails, newest first, and shows the words of one', async () => {
    const box = mailbox();
    await box.send({ ...mail, subject: 'First' });
    await box.send(mail);
    const list = open(box).text;
    expect(list.indexOf('?mail=2')).toBeLessThan(list.indexOf('?mail=1'));
    expect(list).toContain('Confirm &lt;b&gt;your&lt;/b&gt; address');
    const one = open(box, 'mail=2');
    expect(one.status).toBe(200);
    expect(one.text).toContain('<p>042137</p>');
    expect(one.text).toContain('href="https://app.acme.example/auth/confirm-email?a=1&amp;b=2#adr_x"');
    expect(one.text).toContain('href="?mail=2&amp;as=html"');
  });

  test.each(['mail=9', 'mail=', 'mail=01', 'mail=1%27', 'mail=__proto__'])(
    'has nothing at ?%s',
    async (query) => {
      const box = mailbox();
      await box.send(mail);
      expect(open(box, query).status).toBe(404);
    },
  );

  test('nothing in a mail becomes part of the page', async () => {
    const box = mailbox();
    await box.send({
      ...mail,
      to: '"><script>x</script>',
      text: '</p><script>x</script> http://x/"onclick=x',
    });
    for (const query of ['', 'mail=1']) {
      expect(open(box, query).text).not.toMatch(/<script|<img|"onclick|<i>|<b>/);
    }
  });

  test('I-27 no page of it needs more than the strict policy', async () => {
    const box = mailbox();
    await box.send(mail);
    for (const query of ['', 'mail=1']) {
      const { headers, text } = open(box, query);
      expect(headers['content-security-policy']).toBeUndefined();
      expect(text).not.toMatch(/ style=|<style|<script/);
    }
  });

  test('I-27 a mail as HTML is in a sandbox that lets its own styles through, by their hashes', async () => {
    const box = mailbox();
    await box.send(mail);
    const { headers, body } = open(box, 'mail=1&as=html');
    expect(body).toBe(mail.html);
    const policy = String(headers['content-security-policy']);
    expect(policy.split('; ')).toEqual(
      expect.arrayContaining([
        "default-src 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        'sandbox',
      ]),
    );
    expect(policy).not.toMatch(/unsafe-inline|script-src|img-src|allow-/);
    const styles = [...mail.html.matchAll(/ style="([^"]*)"/g)].map((match) => match[1] ?? '');
    expect(styles.length).toBeGreaterThan(3);
    for (const style of styles) expect(policy).toContain(`'sha256-${hash('sha256', style, 'base64')}'`);
  });
});
