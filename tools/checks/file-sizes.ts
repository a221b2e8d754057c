/**
 * Why: code stays easy to change while its files stay small: nine in ten under 320 lines, none beyond 600. Files of words
 * in one language are as long as what there is to say.
 */
import { serverFiles, sourceFiles } from './source-files.ts';

const [usual, most] = [320, 600];
const files = [...sourceFiles(), ...serverFiles()]
  .filter(({ name }) => !/texts\.[a-z]{2}\.ts$/.test(name))
  .map(({ name, text }) => ({ name, lines: text.trimEnd().split('\n').length }))
  .sort((a, b) => b.lines - a.lines);
const large = files.filter(({ lines }) => lines > usual);

console.log(
  `${files.length} files, median ${files[Math.floor(files.length / 2)]?.lines ?? 0} lines, ${large.length} over ${usual}`,
);
for (const { name, lines } of files.slice(0, Math.max(3, large.length))) console.log(`  ${lines}  ${name}`);
if (large.length > files.length / 10 || (files[0]?.lines ?? 0) > most) process.exitCode = 1;
