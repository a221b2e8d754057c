import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launch } from '../support/chromium.ts';
import { look } from '../support/look.ts';
import { describeWith } from '../support/needs.ts';
import { testServer, type TestServer } from '../support/serve.ts';

const password = 'a long word about tulips and rain';

/** The first page that anybody sees of the ready-made server. */
describeWith('Chromium', 'the page on which a server is set up', () => {
  // Below those that connections of the machine are given.
  const port = 31_000 + (process.pid % 500) * 2;
  let browser: Browser;
  const nodes: TestServer[] = [];
  const start = async (at: number): Promise<{ readonly node: TestServer; readonly link: string }> => {
    const origin = `http://localhost:${at}`;
    const node = await testServer({ origin, port: at, host: 'localhost', factors: ['password', 'totp'] });
    nodes.push(node);
    await node.server.listen();
    const link = /http:\S+/.exec((await node.server.setUpNotice()) ?? '')?.[0] ?? '';
    return { node, link };
  };
  beforeAll(async () => void (browser = await launch()));
  afterAll(async () => {
    await browser?.close();
    for (const node of nodes) await node.close();
  });

  it('takes the secret out of the address, asks for a name and a password, and goes on to a second factor', async () => {
    const { link } = await start(port);
    const page = await browser.newPage();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(link);
    await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('cf-identifier');
    expect(page.url()).toBe(`http://localhost:${port}/admin/set-up`);
    expect(await page.locator('#cf-token').isVisible()).toBe(false);
    expect(await look(page, 'set-up')).toEqual([]);

    await page.fill('#cf-identifier', 'ada');
    await page.fill('#cf-password', 'short');
    await page.click('button.cf-button');
    await page.waitForSelector('#cf-password-error');
    // What was wrong is where the next word is typed, and nothing has to be pasted again.
    await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('cf-password');
    expect(await look(page, 'set-up, a short password')).toEqual([]);
    await page.fill('#cf-password', password);
    await page.click('button.cf-button');
    await page.waitForURL('**/auth/security?return_to=%2Fadmin%2F');
    expect(asked.filter((url) => url.includes('sut_'))).toEqual([]);
    await page.close();
  });

  it('works without a script: the secret is pasted', async () => {
    const { link } = await start(port + 1);
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(`http://localhost:${port + 1}/admin/set-up`);
    await page.fill('#cf-token', link.split('#')[1] ?? '');
    await page.fill('#cf-identifier', 'ada');
    await page.fill('#cf-password', password);
    await page.click('button.cf-button');
    await page.waitForURL('**/auth/security?return_to=%2Fadmin%2F');
    expect(new URL(page.url()).pathname).toBe('/auth/security');
    await context.close();
  });
});
