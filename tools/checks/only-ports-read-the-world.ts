/**
 * Why: a time or a random number that does not come through a port cannot be set by a test, and a weak source
 * of randomness is a hole (I-10). Only the files below may ask the system itself. The elements may read the clock
 * of the browser they run in: they show times, and decide nothing.
 */
import { findings, serverFiles, sourceFiles, verdict } from './source-files.ts';

const implementations: readonly string[] = ['base/system.ts', 'src/server/system.ts', 'src/cli/io.ts'];

const browser = /^elements\/|^ui\/|\.element\.ts$/;

const forbidden: readonly RegExp[] = [
  /\bMath\.random\b/,
  /\bDate\.now\b/,
  /\bnew Date\(\s*\)/,
  /(?<![\w.]|new )Date\(\s*\)/,
  /\b(?:randomBytes|randomUUID|randomInt|randomFill|randomFillSync|getRandomValues)\b/,
];

verdict(
  'Take the time from Clock and randomness from Random (base/ports.ts), not from the system:',
  [...sourceFiles(), ...serverFiles()]
    .filter((file) => !implementations.includes(file.name) && !browser.test(file.name))
    .flatMap((file) => forbidden.flatMap((pattern) => findings(file, pattern))),
);
