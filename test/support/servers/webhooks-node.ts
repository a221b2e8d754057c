/**
 * Why: what becomes of a delivery whose node is killed in the middle is seen in a process that is killed. It runs the built
 * `cofactor`, and delivers what is in the record to whatever webhooks there are.
 *
 * DATABASE is a file or an address of PostgreSQL, KEY the secret of the key ring.
 */
import { createCofactor } from 'cofactor';
import { password } from 'cofactor/password';
import { postgres } from 'cofactor/postgres';
import { sqlite } from 'cofactor/sqlite';
import { createWebhooks } from 'cofactor/webhooks';
import { plainHasher } from '../hasher.ts';

const address = process.env['DATABASE'] ?? '';
const auth = createCofactor({
  database: address.startsWith('postgres') ? postgres(address) : sqlite(address),
  keys: [{ id: 'test', secret: process.env['KEY'] ?? '' }],
  origin: 'http://localhost:3000',
  factors: [password({ hasher: plainHasher })],
});
await auth.start();
createWebhooks(auth, { allowNetworks: ['127.0.0.1'], every: 10 }).start();
// Nobody asks it anything; the port keeps it alive, and its line says that it is there.
const { createServer } = await import('node:http');
const server = createServer((_request, response) => response.end()).listen(0, '127.0.0.1', () => {
  process.stdout.write(
    `listening on http://127.0.0.1:${String((server.address() as { port: number }).port)}\n`,
  );
});
