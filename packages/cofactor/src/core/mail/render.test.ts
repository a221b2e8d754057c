import { describe, expect, test } from 'vitest';
import { languages } from '../../web/language.ts';
import type { MailContent } from '../provider.ts';
import { mailTexts } from './languages.ts';
import { noticeContent, type NoticeKind } from './notices.ts';
import { renderMail } from './render.ts';

const site = { name: 'Acme', origin: 'https://app.acme.example' };
const to = 'ada@example.com';
const code: MailContent = {
  subject: 'Your code for Acme',
  paragraphs: ['Enter it on the page.', 'Give it to nobody.'],
  code: '042137',
};
const link: MailContent = {
  subject: 'Confirm',
  paragraphs: ['One.', 'Two.'],
  link: { href: 'https://app.acme.example/auth/confirm-email#adr_abc', text: 'Confirm this address' },
};

/** The words of a page in their order, as somebody reads them: without the tags, one space between two words. */
function wordsOf(html: string): string {
  const body = /<body[^>]*>([^]*)<\/body>/.exec(html)?.[1] ?? '';
  const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
  return body
    .replace(/<[^>]*>/g, ' ')
    .replace(/&(amp|lt|gt|quot|#39);/g, (_all, name: string) => entities[name] ?? '')
    .replace(/\s+/g, ' ')
    .trim();
}

describe('a mail', () => {
  test('A-59 has the code in its first line and not in its subject', () => {
    const { subject, text, html } = renderMail(site, 'en', code, to);
    expect(text.split('\n')[0]).toBe('042137');
    expect(wordsOf(html)).toMatch(/^042137 Enter it/);
    expect(subject).toBe('Your code for Acme');
    expect(/<title>(.*)<\/title>/.exec(html)?.[1]).toBe('Your code for Acme');
  });

  test('shows the address of its button in full', () => {
    const { text, html } = renderMail(site, 'en', link, to);
    expect(text).toContain('Confirm this address\nhttps://app.acme.example/auth/confirm-email#adr_abc\n');
    expect(wordsOf(html)).toContain(
      'Confirm this address https://app.acme.example/auth/confirm-email#adr_abc Sent by Acme',
    );
    expect(html).toContain('<a href="https://app.acme.example/auth/confirm-email#adr_abc"');
  });

  test('says who it is from and to whom it went', () => {
    for (const content of [code, link]) {
      expect(renderMail(site, 'en', content, to).text.trim().split('\n').at(-1)).toBe(
        'Sent by Acme, https://app.acme.example, to ada@example.com.',
      );
    }
  });

  test.each(languages)('says the same as text and as HTML, and says in what language: %s', (language) => {
    for (const content of [code, link]) {
      const { text, html } = renderMail(site, language, content, to);
      expect(wordsOf(html)).toBe(text.replace(/\s+/g, ' ').trim());
      expect(html).toContain(`<html lang="${language}"`);
    }
  });

  test('is in English where there are no texts', () => {
    for (const language of ['xx', '', 'toString', '__proto__']) {
      const { html, text } = renderMail(site, language, code, to);
      expect(html).toContain('<html lang="en"');
      expect(text).toContain('Sent by Acme');
    }
  });

  test('loads nothing, runs nothing, tells nobody that it was read', () => {
    const { html } = renderMail(site, 'en', link, to);
    expect(html).not.toMatch(/<(?:img|script|style|link|iframe|object|form|input)\b|url\(|@import|\bon\w+=/i);
    expect([...html.matchAll(/\b(?:href|src|background)="([^"]*)"/g)].map((match) => match[1])).toEqual([
      link.link?.href,
    ]);
    expect(html).toContain('<meta name="color-scheme" content="light dark">');
  });
});

describe('what somebody else chose', () => {
  const hostile = '</p><script>alert(1)</script>"\' onload=x & \r\nBcc: eve@example.net\u202e\0\u2028end';

  test('stays words, in both parts and in every place', () => {
    const content: MailContent = {
      subject: hostile,
      paragraphs: [hostile],
      code: hostile,
      link: { href: 'https://app.acme.example/?a="><script>', text: hostile },
    };
    const { subject, text, html } = renderMail({ ...site, name: hostile }, 'en', content, to);
    expect(html).not.toMatch(/<script/i);
    expect(html).toContain('<a href="https://app.acme.example/?a=%22%3E%3Cscript%3E"');
    expect(wordsOf(html)).toBe(text.replace(/\s+/g, ' ').trim());
    for (const part of [subject, text, html]) {
      expect(part.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    }
  });

  test('A-107 cannot add a header or a line that is not ours', () => {
    const { subject, text } = renderMail(site, 'en', { subject: hostile, paragraphs: [hostile] }, to);
    expect(subject).not.toMatch(/[\r\n]/);
    expect(text.trim().split('\n\n')).toHaveLength(2);
    expect(renderMail(site, 'en', { subject: 'x'.repeat(1000), paragraphs: [] }, to).subject).toHaveLength(
      128,
    );
  });

  test.each([
    'ada@example.com, eve@example.net',
    'ada@example.com\r\nBcc: eve@example.net',
    'Ada <ada@example.com>',
    '"ada"@example.com',
    'Ada@example.com',
    'ada@EXAMPLE.com',
    'ada@ｅxample.com',
    'ada',
    '',
  ])('A-107 %j is no recipient', (recipient) => {
    expect(() => renderMail(site, 'en', code, recipient)).toThrow(
      expect.objectContaining({ code: 'ERR_MAIL_FAILED' }),
    );
  });

  test.each(['javascript:alert(1)', 'data:text/html,x', '/relative', ''])('%j is no link', (href) => {
    expect(() => renderMail(site, 'en', { ...link, link: { href, text: 'x' } }, to)).toThrow(
      expect.objectContaining({ code: 'ERR_MAIL_FAILED' }),
    );
  });
});

describe('notices', () => {
  const kinds = Object.keys(mailTexts['en']?.notices ?? {}) as NoticeKind[];
  const values = {
    site: 'Acme',
    at: new Date('2030-06-05T08:03:00Z'),
    ip: '192.0.2.7',
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    method: 'METHOD',
    name: 'NAME',
    address: 'a•••@example.net',
    link: 'https://app.acme.example/auth/security',
    lifetime: 86_400,
  };

  test('are in the languages of the pages', () => {
    expect(Object.keys(mailTexts).toSorted()).toEqual(languages.toSorted());
  });

  test.each(languages)('have the same values in %s as in English', (language) => {
    const placeholders = (text = ''): string[] => [...new Set(text.match(/\{\w+\}/g))].toSorted();
    const [texts, english] = [mailTexts[language], mailTexts['en']];
    if (!texts || !english) throw new Error('no texts');
    for (const key of ['footer', 'when', 'where', 'device', 'named'] as const) {
      expect([key, ...placeholders(texts[key])]).toEqual([key, ...placeholders(english[key])]);
    }
    for (const kind of kinds) {
      const [own, other] = [texts.notices[kind], english.notices[kind]];
      for (const part of ['subject', 'text', 'notYou', 'button'] as const) {
        expect([kind, part, ...placeholders(own[part])]).toEqual([kind, part, ...placeholders(other[part])]);
        expect([kind, part, own[part] === undefined]).toEqual([kind, part, other[part] === undefined]);
      }
    }
  });

  test.each(languages)('say what, when and from where, and leave no gap: %s', (language) => {
    for (const kind of kinds) {
      const { subject, paragraphs } = noticeContent(kind, language, values);
      const whole = [subject, ...paragraphs].join('\n');
      expect(whole).not.toMatch(/[{}]|undefined|null/);
      expect(subject).toContain('Acme');
      expect(whole).toContain('UTC');
      expect(whole).toMatch(/08[:.]03/);
      expect(whole).toContain('2030');
      expect(whole).toContain('Firefox');
      expect(whole).toContain('Linux');
      expect(whole).toContain('192.0.2.7');
    }
    for (const kind of ['authenticator-added', 'authenticator-removed', 'authenticator-disabled'] as const) {
      expect(noticeContent(kind, language, values).paragraphs[0]).toMatch(/METHOD.*NAME/);
    }
    expect(noticeContent('email-changed', language, values).paragraphs[0]).toContain('a•••@example.net');
    expect(noticeContent('confirm-email', language, values).paragraphs[0]).toContain('24');
    expect(noticeContent('forgot-password', language, { ...values, lifetime: 1800 }).paragraphs[0]).toContain(
      '30',
    );
  });

  test('say in English what everybody reads alike', () => {
    expect(noticeContent('second-factor-failed', 'en', { ...values, name: 'METHOD' })).toEqual({
      subject: 'Was it you? The second step at Acme failed',
      paragraphs: [
        'Somebody entered the right password of your account, and then something wrong at the second step: METHOD. Nobody was let in.',
        'When: June 5, 2030 at 08:03 UTC',
        'From: Firefox on Linux, 192.0.2.7',
        'If it was not you, somebody knows your password. Change it at once, and give no code to anybody who asks for one.',
      ],
      link: { href: 'https://app.acme.example/auth/security', text: 'Look at your account' },
    });
  });

  test('leave out what is not known', () => {
    const { at, site: name } = values;
    const bare = noticeContent('password-changed', 'en', { site: name, at });
    expect(bare.paragraphs).toHaveLength(3);
    expect(bare.link).toBeUndefined();
    const half = noticeContent('password-changed', 'en', {
      site: name,
      at,
      ip: '192.0.2.7',
      userAgent: 'curl/8',
    });
    expect(half.paragraphs[2]).toBe('From: 192.0.2.7');
  });

  test('pass on nothing that a browser says of itself but names we know', () => {
    const userAgent = 'Firefox/1 (call +44 20 7946 0000, your account is locked) Windows';
    expect(JSON.stringify(noticeContent('password-changed', 'en', { ...values, userAgent }))).not.toContain(
      '7946',
    );
  });

  test('keep a name from becoming more than a name', () => {
    const name = 'Phone)\n\nYour account is locked. Call us.\u202e'.padEnd(500, '!');
    const { paragraphs } = noticeContent('authenticator-added', 'en', { ...values, name });
    expect(paragraphs).toHaveLength(4);
    expect(paragraphs[0]).not.toMatch(/[\n\u202e]/);
    expect(paragraphs[0]?.length).toBeLessThan(160);
  });
});
