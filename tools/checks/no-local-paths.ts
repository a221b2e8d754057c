/** Why: an absolute path of the machine on which something was written works nowhere else, and tells about it. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { verdict } from './source-files.ts';

// Spelled in two parts, so that this file does not find itself.
const places = ['work', 'root', 'home', 'Users', 'tmp/bash'].map((name) => `/${name}`);
const local = new RegExp(`(?<![\\w./:-])(?:${places.join('|')})[/_]\\w`);

const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
  encoding: 'utf8',
}).split('\0');

verdict(
  'Absolute paths of one machine:',
  files.filter(Boolean).flatMap((file) =>
    text(file)
      .split('\n')
      .flatMap((line, index) =>
        local.test(line) ? [`${file}:${index + 1}  ${line.trim().slice(0, 120)}`] : [],
      ),
  ),
);

/** The text of a file; nothing where it is binary or was deleted. */
function text(file: string): string {
  try {
    const content = readFileSync(file);
    return content.includes(0) ? '' : content.toString('utf8');
  } catch {
    return '';
  }
}
