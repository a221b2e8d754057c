import { assertPeer, peer } from '../../base/peer.ts';

/** A QR code to be drawn as `<svg viewBox="0 0 size size"><path d="path"/></svg>`, its quiet zone included. */
export interface QrCode {
  readonly size: number;
  readonly path: string;
}

assertPeer('uqr', 'cofactor/totp');
const uqr = peer('uqr', 'cofactor/totp', () => import('uqr'));

/** Light modules around the code (ISO/IEC 18004, 9.1). */
const quietZone = 4;

/** Draws a QR code here: the key in it must not travel to a service that draws it (I-03). */
export async function drawQr(text: string): Promise<QrCode> {
  const { encode } = await uqr();
  const { data, size } = encode(text, { ecc: 'L', boostEcc: true, border: quietZone });
  return { size, path: data.map(drawRow).join('') };
}

/** One rectangle for each run of dark modules: a third of the length of one for each module. */
function drawRow(row: readonly boolean[], y: number): string {
  let path = '';
  for (let x = 0; x < row.length; x++) {
    if (row[x] !== true) continue;
    const start = x;
    while (row[x + 1] === true) x++;
    const width = x - start + 1;
    path += `M${start} ${y}h${width}v1h-${width}z`;
  }
  return path;
}
