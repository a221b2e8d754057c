import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** A document of the repository that the site shows as well, where it stands beside the code it is about. */
export interface RepositoryPage {
  readonly page: string;
  /** Its path in the repository. */
  readonly file: string;
  readonly title: string;
}

const named: Readonly<Record<string, string>> = {
  'ARCHITECTURE.md': 'architecture',
  'SECURITY.md': 'security',
  'CONTRIBUTING.md': 'contributing',
  'CHANGELOG.md': 'changelog',
};

/** The documents outside of docs that the site has, by what they are about. */
export function repositoryPages(): readonly RepositoryPage[] {
  const found = [
    ...Object.keys(named),
    ...globSync('packages/cofactor/src/factors/*/README.md', { cwd: root }).toSorted(),
    ...globSync('examples/{,*/}README.md', {
      cwd: root,
      exclude: (path) => /node_modules/.test(path),
    }).toSorted(),
    ...globSync('conformance/README.md', { cwd: root }),
  ];
  return found
    .filter((file) => existsSync(join(root, file)))
    .map((file) => {
      const title = /^# (.+)$/m.exec(readFileSync(join(root, file), 'utf8'))?.[1] ?? file;
      return { page: pageOf(file), file, title: title.replaceAll('`', '') };
    });
}

function pageOf(file: string): string {
  const fixed = named[file];
  if (fixed !== undefined) return fixed;
  const parts = dirname(file).split('/');
  const last = parts.at(-1) ?? '';
  if (parts.includes('factors')) return `factor-${last}`;
  if (parts[0] === 'examples') return parts.length === 1 ? 'examples' : `example-${last}`;
  return last;
}
