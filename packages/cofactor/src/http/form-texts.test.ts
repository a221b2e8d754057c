import { expect, test } from 'vitest';
import { formTexts, problemWords } from './form-texts.ts';
import { languages } from '../web/language.ts';
import { problems } from './problem.ts';

test.each(languages)('%s has words for every problem, and a place for each number', (language) => {
  const words = formTexts[language];
  expect(Object.keys(words.problems).sort()).toEqual([...Object.keys(problems), 'pending'].sort());
  for (const text of [words.title, words.tooManyOver, ...Object.values(words.problems)]) {
    expect(text).toMatch(/\S/);
    // What nobody would put in would be read aloud.
    expect(text).not.toMatch(/[{}]/);
  }
  expect(words.tooManyUntil).toContain('{in}');
  for (const text of Object.values(words.triesLeft)) expect(text).toContain('{count}');
  for (const retryAfter of [1, 30, 89, 90, 3600]) {
    expect(problemWords({ name: 'too-many-tries', retryAfter }, {}, language)).not.toMatch(/[{}]/);
  }
});

test('the provider has the word about its own answers, and about nothing else', () => {
  const texts = { wrong: 'Not this one.', replayed: 'Twice.', short: 'Too short.', csrf: 'mine' };
  const say = (name: keyof typeof problems, more: object = {}): string =>
    problemWords({ name, ...more }, texts, 'en');
  expect(say('wrong-response')).toBe('Not this one.');
  expect(say('wrong-response', { triesLeft: 4 })).toBe('Not this one.');
  expect(say('wrong-response', { triesLeft: 1 })).toBe('Not this one. 1 try left.');
  expect(say('wrong-response', { triesLeft: 2 })).toBe('Not this one. 2 tries left.');
  expect(say('replayed-response')).toBe('Twice.');
  expect(say('refused-response', { text: 'short' })).toBe('Too short.');
  // A key that is none, or one that every object has, is no text.
  expect(say('refused-response', { text: 'constructor' })).toBe('This cannot be used. Choose another.');
  expect(say('csrf', { text: 'csrf' })).toBe('This page was open for too long. Please try again.');
});

test('a wait is told as people say it', () => {
  const wait = (retryAfter: number, language: 'en' | 'de' | 'ja'): string =>
    problemWords({ name: 'too-many-tries', retryAfter }, {}, language);
  expect(wait(30, 'en')).toBe('Too many tries. You can try again in 30 seconds.');
  expect(wait(1920, 'de')).toBe('Zu viele Versuche. Sie können es in 32 Minuten erneut versuchen.');
  expect(wait(60, 'ja')).toBe('試行回数が多すぎます。60 秒後にもう一度お試しください。');
});
