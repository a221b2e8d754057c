import { expect, test } from 'vitest';
import pg from 'pg';
import { renderSVG } from 'uqr';
import { launch } from './chromium.ts';
import { describeWith } from './needs.ts';
import { oathtoolCode } from './oathtool.ts';
import { freshPostgres, startPostgres } from './postgres.ts';
import { decodeQr } from './zbar.ts';

async function query(url: string, statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}

describeWith('PostgreSQL', 'databases for tests', () => {
  test('every one is empty, and gone afterwards', async () => {
    const [one, other] = await Promise.all([freshPostgres(), freshPostgres()]);
    await query(one.url, 'create table t as select 1 as a');
    expect(await query(one.url, 'select a from t')).toEqual([{ a: 1 }]);
    await expect(query(other.url, 'select a from t')).rejects.toMatchObject({ code: '42P01' });
    await Promise.all([one.drop(), other.drop()]);
    await expect(query(one.url, 'select 1')).rejects.toMatchObject({ code: '3D000' });
  });

  test('a server of one’s own goes away and comes back with its data', async () => {
    const server = await startPostgres();
    await query(server.url, 'create table t as select 1 as a');
    await server.stop();
    await expect(query(server.url, 'select 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await server.restart();
    await server.kill();
    await server.restart();
    expect(await query(server.url, 'select a from t')).toEqual([{ a: 1 }]);
    await server.remove();
  });
});

describeWith('oathtool', 'oathtool', () => {
  test('gives the codes of RFC 6238, appendix B', () => {
    const key = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
    expect(oathtoolCode(key, new Date(59_000))).toBe('287082');
    expect(oathtoolCode(key, new Date(1_111_111_109_000))).toBe('081804');
  });
});

describeWith(['Chromium', 'zbarimg'], 'Chromium and zbarimg', () => {
  test('read a QR code that a page shows', async () => {
    const browser = await launch();
    try {
      const page = await browser.newPage();
      await page.setContent(`<div style="width: 300px">${renderSVG('otpauth://totp/Acme')}</div>`);
      expect(decodeQr(await page.screenshot())).toBe('otpauth://totp/Acme');
    } finally {
      await browser.close();
    }
  });
});
