/** What a browser has to fetch before the sign-in page can be used: the page, its styles and its scripts. */
import { gzipSync } from 'node:zlib';
import type { Bench, DatabasePair } from '../bench.ts';
import { getRequest } from '../load/browser.ts';
import { Connection, header } from '../load/connection.ts';

export async function page({ report }: Bench, { ours }: DatabasePair): Promise<void> {
  const server = await ours.start({ hasher: 'argon2id' });
  const connection = await Connection.open(server.port);
  const found = new Map<string, number>();
  const queue = ['/auth/sign-in'];
  for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
    if (found.has(path)) continue;
    const answer = await connection.exchange(getRequest(server.origin, path, '', '*/*'));
    if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}`);
    if (header(answer.head, 'content-encoding') !== null)
      throw new Error(`${path} is encoded, though not asked to be`);
    found.set(path, gzipSync(answer.body, { level: 9 }).length);
    const kind = header(answer.head, 'content-type') ?? '';
    const base = new URL(path, server.origin);
    for (const reference of references(kind, answer.body.toString())) {
      const target = new URL(reference, base);
      if (target.origin !== server.origin)
        throw new Error(`${path} loads ${target.href}, from another origin`);
      queue.push(target.pathname + target.search);
    }
  }
  const factors = await Promise.all(
    Object.entries(factorScripts).map(async ([factor, names]) => {
      let bytes = 0;
      for (const name of names) {
        const path = `/auth/assets/${name}`;
        const one = await Connection.open(server.port);
        const answer = await one.exchange(getRequest(server.origin, path, '', '*/*'));
        one.close();
        if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}`);
        if (found.has(path)) throw new Error(`${path} is loaded before ${factor} is used`);
        bytes += gzipSync(answer.body, { level: 9 }).length;
      }
      return { factor, bytes };
    }),
  );
  connection.close();
  await server.stop();

  const list = Array.from(found, ([path, bytes]) => `${path} ${bytes}`).join(', ');
  process.stderr.write(`  the sign-in page: ${list}\n`);
  const bytes = Array.from(found.values()).reduce((sum, size) => sum + size, 0);
  report.add(
    'sign-in page with styles and scripts',
    'bytes, gzip',
    '-',
    { ours: bytes },
    { of: 'ours', atMost: 20_000 },
  );
  report.add(
    'sign-in page with styles and scripts',
    'requests',
    '-',
    { ours: found.size },
    { of: 'ours', atMost: 4 },
  );
  for (const { factor, bytes: own } of factors) report.add(factor, 'bytes, gzip', '-', { ours: own });
}

/** What the sign-in or the set-up with a factor loads beside its page, once it is used. */
const factorScripts: Readonly<Record<string, readonly string[]>> = {
  'code by mail or text message, sign-in': ['challenges.js'],
  'passkey, sign-in': ['challenges.js', 'webauthn-login.js'],
  'passkey, set-up': ['webauthn.js'],
  'authenticator app, set-up': ['totp.js'],
  'recovery codes, set-up': ['recovery-codes.js'],
};

/** What a page, a style sheet or a module loads by itself. */
function references(kind: string, text: string): string[] {
  const all = (pattern: RegExp, within = text): string[] =>
    Array.from(within.matchAll(pattern), (match) => match[1] ?? '').filter((reference) => reference !== '');
  if (kind.startsWith('text/html')) {
    const links = all(/<(link\b[^>]*)>/gi)
      .filter((link) => /\brel\s*=\s*["']?[^"'>]*\b(stylesheet|modulepreload|preload)\b/i.test(link))
      .flatMap((link) => all(/\bhref\s*=\s*["']?([^"'\s>]+)/gi, link));
    return [...links, ...all(/<script\b[^>]*?\bsrc\s*=\s*["']?([^"'\s>]+)/gi)];
  }
  if (kind.startsWith('text/css')) return all(/@import\s+(?:url\()?["']([^"']+)["']/g);
  if (/javascript/.test(kind)) {
    return all(/(?:^|[;}\n\s])(?:import|export)\s*(?:[\w*{}$,\s]+?\s*from\s*)?["']([^"']+)["']/g);
  }
  return [];
}
