import { commonWords } from './common-words.ts';

/** Neighbours on keyboards and in the alphabet. Each is read in both directions. */
const rows = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890',
  'qwertyuiop',
  'qwertzuiop',
  'azertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/',
  '1q2w3e4r5t6y7u8i9o0p',
  '147258369',
  '147852369',
  '1029384756',
  '192837465',
  '!@#$%^&*()',
].flatMap((row) => [row, [...row].toReversed().join('')]);

const lookAlikes: Readonly<Record<string, string>> = Object.freeze({
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '8': 'b',
  '9': 'g',
  '@': 'a',
  $: 's',
  '!': 'i',
  '|': 'l',
});

/** A password with at most so many characters beside what everybody tries is one that everybody tries. */
const tooLittleOfItsOwn = 4;

/** A day, year first or last. */
const date = /^(?:(?:19|20)\d{2}[-./ ]?\d{1,2}[-./ ]?\d{1,2}|\d{1,2}[-./ ]?\d{1,2}[-./ ]?(?:19|20)\d{2})$/;

const longestCommon = 64;

/** The longest first, so that `passwords` is not left with an `s` of its own. */
let words: readonly string[] | undefined;

/**
 * Whether a password is among those that guessing begins with (NIST SP 800-63B-4, 3.1.1.2): one common word, in any
 * spelling and any number of times, with runs (`1234`, `qwerty`), repeats (`aaaa`) and at most four other characters; or a
 * date.
 * Two different words are not common: a sentence is a good password.
 */
export function isCommon(password: string): boolean {
  // Nothing so long is on anybody's list, and looking would take time that others wait for.
  if (password.length > longestCommon) return false;
  words ??= [...commonWords].sort((a, b) => b.length - a.length);
  const folded = password.toLowerCase();
  if (isRepeat(folded) || date.test(folded)) return true;
  // Doubled characters are a run as well: 11223344.
  if (ownCharacters(folded) <= tooLittleOfItsOwn || ownCharacters(folded.replaceAll(/(.)\1/gsu, '$1')) <= 1)
    return true;
  const plain = Array.from(folded, (character) => lookAlikes[character] ?? character).join('');
  return words.some(
    (word) =>
      // Look-alikes change no positions, so the word can be taken out of the original text.
      (plain.includes(word) && ownCharacters(without(folded, plain, word)) <= tooLittleOfItsOwn) ||
      (folded.includes(word) && ownCharacters(folded.replaceAll(word, '\n')) <= tooLittleOfItsOwn),
  );
}

/** A unit of up to four characters, over and over. */
function isRepeat(text: string): boolean {
  return /^(.{1,4}?)\1+$/su.test(text);
}

/** Takes every place where `plain` has the word out of `text`; a line feed keeps the pieces apart. */
function without(text: string, plain: string, word: string): string {
  let rest = '';
  let from = 0;
  for (let at = plain.indexOf(word); at !== -1; at = plain.indexOf(word, from)) {
    rest += `${text.slice(from, at)}\n`;
    from = at + word.length;
  }
  return rest + text.slice(from);
}

/** How many characters stand in no run of three or more. */
function ownCharacters(text: string): number {
  let own = 0;
  for (let at = 0; at < text.length;) {
    const run = runAt(text, at);
    if (run < 3 && text[at] !== '\n') own++;
    at += run < 3 ? 1 : run;
  }
  return own;
}

/** Length of the run, or of the same character repeated, that begins here. */
function runAt(text: string, at: number): number {
  let same = 1;
  while (text[at + same] === text[at]) same++;
  return Math.max(same, ...rows.map((row) => runIn(row, text, at)));
}

function runIn(row: string, text: string, at: number): number {
  let start = row.indexOf(text.charAt(at));
  let longest = 0;
  // The digit 0 stands at both ends of its row.
  while (start !== -1) {
    let length = 1;
    while (at + length < text.length && row[start + length] === text[at + length]) length++;
    longest = Math.max(longest, length);
    start = row.indexOf(text.charAt(at), start + 1);
  }
  return longest;
}
