/** `cofactor/maintenance`: what is done to a realm as a whole by who runs it, with nobody signed in. */
export { afterRestore, type Affected, type RestoredBackup, type RestoreOptions } from './restored.ts';
export { isNeeded, keyUse, type KeyUse } from './key-use.ts';
export { reEncrypt, type ReEncrypted, type ReEncryptOptions } from './re-encrypt.ts';
export type { Perishable, SealedTable } from '../maintenance-store.ts';
