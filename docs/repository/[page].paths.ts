import { contentOf } from '../.vitepress/links.ts';
import { repositoryPages } from '../.vitepress/repository-pages.ts';

export default {
  paths: () =>
    repositoryPages().map((page) => ({
      params: { page: page.page, file: page.file },
      content: contentOf(page),
    })),
};
