import { expect, test } from 'vitest';
import { isCommon } from './common.ts';
import { commonWords } from './common-words.ts';

test.each([
  'password',
  'Password1!',
  'P@ssw0rd123',
  'passwordpassword',
  'iloveyou',
  'Sunshine2024',
  'letmein!!!',
  '12345678',
  '0987654321',
  '11223344',
  'qwertyuiop',
  '1qaz2wsx3edc',
  'qwer1234asdf',
  'abcdefgh',
  'zyxwvuts',
  'aaaaaaaa',
  'ababababab',
  '31.12.1999',
  '19991231',
  '2024-01-31',
  'aaaaaaaaaaaaaaaaaaaab',
  'trustno1',
])('R-N06 %s is common', (password) => {
  expect(isCommon(password)).toBe(true);
});

test.each([
  'correct horse battery staple',
  'purple monkey dishwasher',
  'susanna reads books',
  'kd83hfk2',
  'vT9#kLq2',
  'wachtwoordloos is beter',
  'три весёлых кита',
  '雨の日は本を読みます',
])('R-N06 %s is not', (password) => {
  expect(isCommon(password)).toBe(false);
});

test('the words are lower-case, at least four letters long, and said once', () => {
  expect(new Set(commonWords).size).toBe(commonWords.length);
  expect(commonWords.filter((word) => word.length < 4 || word !== word.toLowerCase())).toEqual([]);
});

test('the longest password takes no long time to look at', () => {
  const start = performance.now();
  for (const unit of ['a', 'aZ', 'password', 'pass1', '1qaz', '\n']) isCommon(unit.repeat(256).slice(0, 256));
  expect(performance.now() - start).toBeLessThan(1_000);
});
