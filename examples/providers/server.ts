/**
 * Two factor providers that an application brings itself, with their own pages. Start it with
 * `npm run build && npm start -w examples/providers` and open what it prints.
 */
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { password } from 'cofactor/password';
import { sqlite } from 'cofactor/sqlite';
import { createExample } from './app.ts';

const port = Number(process.env['PORT'] ?? 3000);
const data = process.env['DATA'] ?? fileURLToPath(new URL('.data/', import.meta.url));
mkdirSync(data, { recursive: true });
const origin = `http://localhost:${port}`;

const { app } = await createExample({
  database: sqlite(`${data}/providers.db`),
  origin,
  first: password(),
  data,
});
await app.listen({ port, host: 'localhost' });
console.log(`listening on ${origin}

Try this:
  1. Register, open Security and add a hardware token: serial number HT-2204-0001.
     Two codes in a row, as if its button was pressed twice (the seed is for this demonstration only):
       oathtool --hotp -b -c 0 -w 1 FSG3MWV2WLQ4OVFXY3JRK7ZWJLLG56FD
  2. Sign out and in again with the next code (-c 2). Press a hundred times (-c 102) and see how it finds back.
  3. Signed in with the token, let this browser approve: Security, "Approval on another device".
  4. Sign in in another browser, choose the approval, and say yes on ${origin}/approvals here.

Stop with Ctrl-C. The database is in ${data}`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void app.close());
