import { readdir, readFile } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { en } from './texts.en.ts';
import { clock, date, fill, listed, relative, t, useLanguage, when } from './texts.ts';

afterEach(() => useLanguage('en'));

describe('t', () => {
  it('fills values in, and leaves what it was not given', () => {
    expect(t('remove.title', { name: 'Pixel 9' })).toBe('Remove Pixel 9?');
    expect(fill('{a} and {b}', { a: 'x' })).toBe('x and {b}');
  });

  it('does not fill a value a second time', () => {
    expect(fill('{a} {b}', { a: '{b}', b: '1' })).toBe('{b} 1');
    expect(fill('{a}', { a: '$&' })).toBe('$&');
  });

  it('takes nothing from a prototype', () => {
    expect(fill('{constructor}', {})).toBe('{constructor}');
  });

  it('chooses the plural', () => {
    expect(t('triesLeft', { count: 1 })).toBe('1 try left.');
    expect(t('triesLeft', { count: 2 })).toBe('2 tries left.');
  });

  it('shows English, dates included, where a language has no texts', () => {
    useLanguage('tlh');
    expect(t('back')).toBe('Back');
    expect(relative(-1500)).toBe('25 minutes ago');
    useLanguage('constructor');
    expect(t('back')).toBe('Back');
  });
});

describe('times', () => {
  const now = new Date(2026, 4, 3, 14, 32);

  it('are told in the largest unit that fits', () => {
    expect(relative(-10)).toBe('a moment ago');
    expect(relative(-1500)).toBe('25 minutes ago');
    expect(relative(7200)).toBe('in 2 hours');
    expect(relative(45)).toBe('in 45 seconds');
  });

  it('become dates after a week', () => {
    expect(when(new Date(now.getTime() - 3_600_000), now)).toBe('1 hour ago');
    const old = new Date(2026, 3, 1);
    expect(when(old, now)).toBe(date(old));
  });

  it('of a clock that is ahead of ours lie a moment ago', () => {
    expect(when(new Date(now.getTime() + 60_000), now)).toBe('a moment ago');
  });

  it('name the day where it is not today', () => {
    expect(clock(new Date(2026, 4, 3, 15, 0), now)).not.toContain('2026');
    expect(clock(new Date(2026, 4, 4, 15, 0), now)).toContain('2026');
  });

  it('are joined in the words of the language', () => {
    expect(listed(['2 apps', '1 key'])).toBe('2 apps, 1 key');
  });
});

it('every text is used, and none is empty', async () => {
  const folder = new URL('./', import.meta.url);
  const files = (await readdir(folder)).filter((name) => name.endsWith('.ts') && !name.startsWith('texts.'));
  const code = (await Promise.all(files.map((name) => readFile(new URL(name, folder), 'utf8')))).join('\n');
  const computed = /^(problem\.|list\.(disabled|unavailable)$|momentAgo$)/;
  for (const [key, text] of Object.entries(en)) {
    expect(text, key).not.toBe('');
    if (!computed.test(key)) expect(code.includes(`'${key}'`), `${key} is not used`).toBe(true);
  }
});
