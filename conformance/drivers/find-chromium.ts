import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** `$CHROMIUM`, or the first known name in the PATH. */
export function findChromium(): string | undefined {
  const named = process.env['CHROMIUM'];
  if (named) return isExecutable(named) ? named : undefined;
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((folder) => ['chromium', 'chromium-browser', 'google-chrome'].map((name) => join(folder, name)))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
