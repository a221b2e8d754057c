import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { defineConfig } from 'vitepress';
import { linkFrom } from './links.ts';
import { navigation } from './navigation.ts';
import { repositoryPages } from './repository-pages.ts';

const docs = join(import.meta.dirname, '..');
const root = join(docs, '..');

export default defineConfig({
  title: 'Cofactor',
  description: 'Multi-factor authentication for TypeScript',
  lang: 'en',
  ignoreDeadLinks: 'localhostLinks',
  cacheDir: join(docs, 'node_modules/.vitepress-cache'),
  // Nothing is loaded from elsewhere: fonts are the reader's own, the search runs in the browser.
  head: [
    ['link', { rel: 'icon', href: '/icon.svg', type: 'image/svg+xml' }],
    ['meta', { name: 'referrer', content: 'no-referrer' }],
  ],
  themeConfig: {
    search: {
      provider: 'local',
      options: {
        detailedView: false,
        // The reference names everything; whoever searches wants the guides first.
        miniSearch: {
          searchOptions: {
            boostDocument: (id: string) => (/\/(?:reference|repository)\//.test(id) ? 0.3 : 1),
          },
        },
      },
    },
    outline: { level: [2, 3] },
    externalLinkIcon: true,
    nav: [
      { text: 'Start', link: '/start' },
      { text: 'Server', link: '/server', activeMatch: '^/server' },
      { text: 'Reference', link: '/reference/', activeMatch: '^/reference/' },
    ],
    sidebar: {
      '/': navigation.map(({ text, items }) => ({ text, items: [...items] })),
      '/reference/': [
        { text: 'Back to the guides', link: '/start' },
        {
          text: 'Reference',
          items: [{ text: 'All entry points', link: '/reference/' }, ...referencePages(true)],
        },
        { text: 'The server', items: referencePages(false) },
        { text: 'Look up', items: [...(navigation.at(-1)?.items.slice(1) ?? [])] },
      ],
      '/repository/': [
        { text: 'Back to the guides', link: '/start' },
        {
          text: 'In the repository',
          items: repositoryPages().map(({ page, title }) => ({ text: title, link: `/repository/${page}` })),
        },
      ],
    },
  },
  markdown: {
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    anchor: { slugify: anchorOf },
    config: (markdown) => {
      markdown.core.ruler.push('links-out-of-docs', ({ tokens, env }) => {
        const { path, relativePath } = env as { readonly path?: string; readonly relativePath?: string };
        if (path === undefined || relativePath?.startsWith('repository/')) return;
        for (const token of tokens) {
          const inside = token.children ?? [];
          for (const [index, open] of inside.entries()) {
            const href = open.type === 'link_open' ? open.attrGet('href') : null;
            if (href === null) continue;
            const leads = linkFrom(relative(root, path), href);
            if (leads !== null) {
              open.attrSet('href', leads);
              continue;
            }
            // A file that is not shown here: its text stays, and leads nowhere.
            const close = inside.slice(index).find(({ type }) => type === 'link_close');
            open.type = 'em_open';
            open.tag = 'span';
            open.attrs = null;
            if (close) Object.assign(close, { type: 'em_close', tag: 'span' });
          }
        }
      });
    },
  },
});

/** The anchors that headings get where the repository is read, so that links hold in both places. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
}

/** The pages of the reference: those of entry points, or the others. */
function referencePages(ofEntryPoints: boolean): { text: string; link: string }[] {
  const folder = join(docs, 'reference');
  return readdirSync(folder)
    .filter((file) => file !== 'index.md')
    .map((file) => ({
      text: /^# (.+)$/m.exec(readFileSync(join(folder, file), 'utf8'))?.[1] ?? file,
      link: `/reference/${file.slice(0, -3)}`,
    }))
    .filter(({ text }) => text.startsWith('cofactor') === ofEntryPoints)
    .toSorted((a, b) => a.text.localeCompare(b.text, 'en'));
}
