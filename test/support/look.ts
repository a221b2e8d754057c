import { mkdirSync } from 'node:fs';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';

const folder = 'test-results/pages';

/** Pictures are for people, and take longer than what is judged by itself: `PICTURES=1 npm test -- test/browser`. */
const pictures = process.env['PICTURES'] === '1';

async function picture(page: Page, name: string): Promise<void> {
  if (!pictures) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
}

/** What depends on width and colours; every other rule says the same of a page at any. */
const byLooks: readonly string[] = ['color-contrast', 'target-size'];

/** At 320 px and dark, where long words show: for pages that are looked at whole in another test. */
export async function glance(page: Page, name: string): Promise<readonly string[]> {
  const tooWide = await glimpse(page, name);
  return [...(await axe(page, `${name} 320 dark`)), ...tooWide];
}

/** The same without the rules: for pages that differ in nothing but words from one that kept them. */
export async function glimpse(page: Page, name: string): Promise<readonly string[]> {
  await page.setViewportSize({ width: 320, height: 800 });
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
  await picture(page, `${name}-320-dark`);
  return overflow(page, name, 320);
}

async function axe(page: Page, name: string, rules?: readonly string[]): Promise<readonly string[]> {
  // No page of ours has frames; looking for them takes as long as everything else.
  const builder = new AxeBuilder({ page }).setLegacyMode();
  const { violations } = await (
    rules
      ? builder.withRules([...rules])
      : builder.withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
  ).analyze();
  return violations.map(({ id, nodes }) => `${name}: ${id} at ${nodes.map((node) => node.html).join(' | ')}`);
}

async function overflow(page: Page, name: string, width: number): Promise<readonly string[]> {
  const over = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  return over > 0 ? [`${name}: ${over} px wider than ${width} px`] : [];
}

/**
 * Looks at a page as it is now: every rule of WCAG 2.2 AA that axe can check, wide and at 320 px, light and
 * dark. With PICTURES=1 it leaves four in test-results/pages for people to look at. Returns what is wrong.
 */
export async function look(page: Page, name: string): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (const width of [1280, 320]) {
    await page.setViewportSize({ width, height: 800 });
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await picture(page, `${name}-${width}-${colorScheme}`);
      // Width and colours do not meet in any rule, so each is checked once.
      if ((width === 320) !== (colorScheme === 'dark')) continue;
      wrong.push(
        ...(await axe(page, `${name} ${width} ${colorScheme}`, width === 320 ? byLooks : undefined)),
      );
    }
    wrong.push(...(await overflow(page, name, width)));
  }
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.emulateMedia({ colorScheme: 'light' });
  return wrong;
}
