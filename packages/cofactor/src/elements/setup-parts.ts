import { html, svg, type TemplateResult } from 'lit';
import './copy-button.ts';
import { groupsOfFour } from './groups-of-four.ts';

/** A QR code as providers send it: dark modules as a path, the quiet zone included. */
export interface QrView {
  readonly size: number;
  readonly path: string;
}

export function isQr(value: unknown): value is QrView {
  const { size, path } = (value ?? {}) as Partial<QrView>;
  return typeof size === 'number' && typeof path === 'string';
}

/** Dark on white in either colour scheme: many scanners do not read it the other way round. */
export function qrCode({ size, path }: QrView, alternative: string): TemplateResult {
  // About 200 pixels, and a whole number for each module: uneven ones are hard to scan.
  const side = size * Math.max(1, Math.round(200 / size));
  return html`<svg
    class="cf-qr"
    role="img"
    aria-label=${alternative}
    width=${side}
    height=${side}
    viewBox="0 0 ${size} ${size}"
    shape-rendering="crispEdges"
  >
    ${svg`<rect width=${size} height=${size} fill="#fff" /><path d=${path} fill="#000" />`}
  </svg>`;
}

export function keyView(key: string, copyLabel: string): TemplateResult {
  return html`<p class="cf-key"><code>${groupsOfFour(key)}</code></p>
    <cofactor-copy .text=${key.replace(/\s+/gu, '')} .label=${copyLabel}></cofactor-copy>`;
}
