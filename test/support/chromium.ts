import { chromium, type Browser } from 'playwright-core';
import { findChromium } from './find-program.ts';

/** Starts the installed Chromium, silent towards the network. Close it in `afterAll`. */
export async function launch(): Promise<Browser> {
  const executablePath = findChromium();
  if (!executablePath) throw new Error('Chromium is not installed: guard the test with describeWith');
  return chromium.launch({
    executablePath,
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
