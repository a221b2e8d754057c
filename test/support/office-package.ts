import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A package with a name for one provider, and with a set-up element for another. */
export function writePackage(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const extension = { type: 'mfaLoginProvider', name: 'Acme' };
  const extensions = [
    { ...extension, alias: 'Acme.Key', forProviderName: 'webauthn', meta: { label: 'Acme key' } },
    {
      ...extension,
      alias: 'Acme.Sheet',
      forProviderName: 'recovery-codes',
      element: './sheet.js',
      meta: { label: 'Acme sheet' },
    },
  ];
  writeFileSync(
    join(folder, 'cofactor-package.json'),
    JSON.stringify({ name: 'Acme', version: '1.0.0', extensions }),
  );
  writeFileSync(
    join(folder, 'sheet.js'),
    `export default class extends HTMLElement {
      connectedCallback() {
        const words = document.createElement('p');
        words.textContent = \`\${this.setup.codes.length === 10 ? 'Ten' : 'Other'} words from Acme\`;
        const kept = document.createElement('button');
        kept.textContent = 'Kept';
        kept.addEventListener('click', () => void this.callback({ saved: true }));
        this.append(words, kept);
      }
    }`,
  );
}

/** A package whose manifest names nothing that there is. */
export function writeWrongPackage(folder: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, 'cofactor-package.json'),
    JSON.stringify({ name: 'Broken', version: '1.0.0', extensions: [{ type: 'mfaLoginProvider' }] }),
  );
}
