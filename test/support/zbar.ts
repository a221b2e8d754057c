import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Reads the QR code in a picture as a telephone's camera would. Throws where there is none. */
export function decodeQr(png: Buffer): string {
  const folder = mkdtempSync(join(tmpdir(), 'cofactor-qr-'));
  try {
    const file = join(folder, 'qr.png');
    writeFileSync(file, png);
    return execFileSync('zbarimg', ['--quiet', '--raw', '-Sdisable', '-Sqrcode.enable', file], {
      encoding: 'utf8',
      // It complains about a missing D-Bus, which matters only where it reads from a camera.
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
