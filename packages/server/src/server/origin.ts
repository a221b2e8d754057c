import { developmentOrigin } from '../settings/origin.ts';
import type { Settings } from '../settings/table.ts';

/** The address people see. Never taken from a request (I-26). */
export function originFor(settings: Settings): string {
  return settings.origin ?? developmentOrigin(settings);
}

export function isProduction({ environment }: Settings): boolean {
  return environment === 'production';
}
