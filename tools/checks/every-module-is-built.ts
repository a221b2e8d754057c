/**
 * Why: a module that the solution file does not reference is neither built nor type-checked, and nothing says so. What the
 * server takes from the library by name and does not reference may be built after it, which fails now and then.
 */
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

const server = join(sourceRoot, '../../server');
const exported = (
  JSON.parse(readFileSync(join(sourceRoot, '../package.json'), 'utf8')) as {
    exports: Record<string, { default: string }>;
  }
).exports;
/** Its list has a comment above it. */
const before = readFileSync(join(server, 'tsconfig.json'), 'utf8');
const taken = new Set(
  globSync('src/**/*.ts', { cwd: server })
    .flatMap((file) => [...readFileSync(join(server, file), 'utf8').matchAll(/'cofactor(\/[\w/-]+)?'/g)])
    .map(([, room = '']) => exported[`.${room}`]?.default)
    .filter((file) => file !== undefined)
    .map((file) => dirname(file.replace('./dist', 'src'))),
);

verdict(
  'Add the references of these modules to packages/server/tsconfig.json:',
  [...taken]
    // A room of several entries is one module.
    .map((folder) => (hasTsconfig(join(sourceRoot, '..', folder)) ? folder : dirname(folder)))
    .filter((folder) => !before.includes(`"../cofactor/${folder}"`)),
);

function hasTsconfig(folder: string): boolean {
  return existsSync(join(folder, 'tsconfig.json'));
}
