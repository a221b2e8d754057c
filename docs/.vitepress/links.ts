import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { repositoryPages, type RepositoryPage } from './repository-pages.ts';

const root = join(import.meta.dirname, '../..');

/** Documents for who looks at the repository, and what stands for them here. */
const instead: Readonly<Record<string, string>> = {
  'README.md': '/start.md',
  'packages/cofactor/README.md': '/start.md',
  'packages/server/README.md': '/server.md',
};

let pages: ReadonlyMap<string, string> | undefined;

/**
 * Where a link in a document of the repository leads on the site. `null` where it leads to a file that the site does
 * not show, such as a test: then its text stays.
 */
export function linkFrom(file: string, href: string): string | null {
  if (/^(?:[a-z]+:|#|\/)/.test(href)) return href;
  const [path = '', anchor] = href.split('#');
  const target = normalize(join(dirname(file), path));
  const hash = anchor === undefined ? '' : `#${anchor}`;
  if (target.startsWith('docs/')) return file.startsWith('docs/') ? href : `/${target.slice(5)}${hash}`;
  pages ??= new Map(repositoryPages().map(({ page, file: from }) => [from, `/repository/${page}.md`]));
  const page = pages.get(target);
  return page === undefined ? (instead[target] ?? null) : page + hash;
}

/** The text of a document of the repository, with links that work on the site. */
export function contentOf({ file }: RepositoryPage): string {
  return readFileSync(join(root, file), 'utf8').replaceAll(
    /(!?)\[([^\]]*)\]\(([^)\s]+)\)/g,
    (whole, picture: string, text: string, href: string) => {
      const leads = linkFrom(file, href);
      if (leads === null) return picture ? '' : text;
      return leads === href ? whole : `[${text}](${leads})`;
    },
  );
}
