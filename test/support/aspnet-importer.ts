/**
 * Why: an import that is killed has to be a process of its own. It runs the built `cofactor`, and says after each row
 * how many there are.
 *
 * DATABASE is a file or an address of PostgreSQL, SOURCE the database to import.
 */
import { writeSync } from 'node:fs';
import { createCofactor } from 'cofactor';
import { importAspNetIdentity } from 'cofactor/importers';
import { aspNetIdentityHashes, password } from 'cofactor/password';
import { postgres } from 'cofactor/postgres';
import { recoveryCodes } from 'cofactor/recovery-codes';
import { sqlite } from 'cofactor/sqlite';
import { totp } from 'cofactor/totp';

const address = process.env['DATABASE'] ?? '';
const auth = createCofactor({
  database: address.startsWith('postgres') ? postgres(address) : sqlite(address),
  origin: 'http://localhost:3000',
  factors: [password({ verifiers: [aspNetIdentityHashes()] }), totp({ issuer: 'Test' }), recoveryCodes()],
});
await auth.engine.store.migrate();
const { imported } = await importAspNetIdentity(auth, process.env['SOURCE'] ?? '', {
  progress: (counts) => void writeSync(1, `${counts.rows} rows\n`),
});
writeSync(1, `done: ${imported}\n`);
await auth.close();
