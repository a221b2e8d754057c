import { mkdirSync } from 'node:fs';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';

const folder = 'test-results/pages';

/**
 * Looks at a page as it is now: every rule of WCAG 2.2 AA that axe can check, wide and at 320 px, light and
 * dark. Leaves four pictures in test-results/pages for people to look at. Returns what is wrong.
 */
export async function look(page: Page, name: string): Promise<readonly string[]> {
  mkdirSync(folder, { recursive: true });
  const wrong: string[] = [];
  for (const width of [1280, 320]) {
    await page.setViewportSize({ width, height: 800 });
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.screenshot({ path: `${folder}/${name}-${width}-${colorScheme}.png`, fullPage: true });
      // Width and colours do not meet in any rule, so each is checked once.
      if ((width === 320) !== (colorScheme === 'dark')) continue;
      const { violations } = await new AxeBuilder({ page })
        .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
        .analyze();
      for (const { id, nodes } of violations) {
        wrong.push(`${name} ${width} ${colorScheme}: ${id} at ${nodes.map((node) => node.html).join(' | ')}`);
      }
    }
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    if (overflow > 0) wrong.push(`${name}: ${overflow} px wider than ${width} px`);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.emulateMedia({ colorScheme: 'light' });
  return wrong;
}
