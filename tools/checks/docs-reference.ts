/**
 * Why: the reference is written from the code and kept beside it, so that it can be read where the code is read;
 * nobody may have to remember to write it again. Needs the build.
 */
import { globSync, readFileSync } from 'node:fs';
import { referencePages } from '../docs/reference.ts';

const pages = await referencePages();
const kept = new Map(
  globSync('docs/reference/*.md').map((file) => [
    file.slice('docs/reference/'.length),
    readFileSync(file, 'utf8'),
  ]),
);
const stale = [...new Set([...pages.keys(), ...kept.keys()])].filter(
  (name) => pages.get(name) !== kept.get(name),
);

for (const name of stale.toSorted()) console.log(`docs/reference/${name} is not what the code says now`);
if (stale.length > 0) console.log('`npm run build && node tools/docs.ts reference` writes them again');
process.exitCode = stale.length > 0 ? 1 : 0;
