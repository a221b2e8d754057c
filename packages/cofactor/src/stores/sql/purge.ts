import { breathe } from '../../base/breathe.ts';
import type { Driver } from './driver.ts';
import { quietMs } from './queries/limits.ts';
import * as purges from './queries/purge.ts';
import type { Statement } from './statement.ts';

const dayMs = 24 * 3600 * 1000;

/** Forgets what is over. A day late, so that what was used or too late can still be told from what never was. */
export async function purge(driver: Driver, now: Date): Promise<void> {
  const ms = now.getTime();
  const before = ms - dayMs;
  for (const statement of purges.purgesByExpiry) await inPieces(driver, statement, before);
  await inPieces(driver, purges.purgeChallenges, ms);
  await inPieces(driver, purges.purgeArtifacts, ms);
  await inPieces(driver, purges.purgeStrangers, ms);
  await inPieces(driver, purges.purgeSends, before);
  await inPieces(driver, purges.purgeLimits, ms - 2 * quietMs);
}

/** In small ones, so that nobody has to wait for a large one. */
async function inPieces(
  driver: Driver,
  statement: Statement<{ before: number }, unknown>,
  before: number,
): Promise<void> {
  for (;;) {
    const removed = await driver.run(() => statement.changes(driver.dialect, { before }));
    if (removed < purges.atOnce) return;
    await breathe();
  }
}
