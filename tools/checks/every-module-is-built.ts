/** Why: a module that the solution file does not reference is neither built nor type-checked, and nothing says so. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sourceRoot, verdict } from './source-files.ts';

const solution = join(sourceRoot, '../tsconfig.json');
const { references } = JSON.parse(readFileSync(solution, 'utf8')) as { references: { path: string }[] };
const referenced = references.map(({ path }) => join(dirname(solution), path));

verdict('Add the references of these modules to packages/cofactor/tsconfig.json:', [
  ...globSync('**/tsconfig*.json', { cwd: sourceRoot })
    .map((name) => join(sourceRoot, name))
    .filter((file) => !referenced.includes(file) && !referenced.includes(dirname(file))),
  ...globSync('*/', { cwd: sourceRoot })
    .map((name) => join(sourceRoot, name))
    .filter((folder) => globSync('**/*.ts', { cwd: folder }).length > 0)
    .filter((folder) => ![folder, ...globSync(join(folder, '*/'))].some(hasTsconfig))
    .map((folder) => `${folder} has no tsconfig.json`),
]);

function hasTsconfig(folder: string): boolean {
  return existsSync(join(folder, 'tsconfig.json'));
}
