import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Fastify, { type FastifyInstance } from 'fastify';
import {
  createCofactor,
  requireMfa,
  type Cofactor,
  type CofactorOptions,
  type FactorProvider,
  type Store,
} from 'cofactor';
import { cofactor } from 'cofactor/fastify';
import { recoveryCodes } from 'cofactor/recovery-codes';
import { totp } from 'cofactor/totp';
import { asker, noteAskers } from './approval/asking.ts';
import { approval } from './approval/index.ts';
import { ApprovalRequests } from './approval/requests.ts';
import { approvalRoutes } from './approval/routes.ts';
import { hardwareToken } from './hardware-token/index.ts';
import { seedsIn } from './hardware-token/seeds.ts';
import { bringLit } from './lit.ts';
import { accountPage, homePage, styles } from './pages.ts';

export interface ExampleOptions extends Partial<CofactorOptions> {
  readonly database: Store;
  readonly origin: string;
  /** What a sign-in begins with. */
  readonly first: FactorProvider;
  /** A folder of this process, for files that are made at start. */
  readonly data: string;
}

/** The application: two providers of its own beside those of Cofactor, and the page on which people approve. */
export async function createExample(
  options: ExampleOptions,
): Promise<{ readonly app: FastifyInstance; readonly auth: Cofactor }> {
  const { first, data, ...others } = options;
  const requests = new ApprovalRequests();
  bringLit(join(data, 'extensions'));
  const auth = createCofactor({
    name: 'Acme',
    registration: true,
    factors: [
      first,
      hardwareToken({
        seedOf: seedsIn(fileURLToPath(new URL('hardware-token/tokens.json', import.meta.url))),
      }),
      approval({ requests, asker }),
      totp({ issuer: 'Acme' }),
      recoveryCodes(),
    ],
    extensions: [new URL('extensions/', import.meta.url), join(data, 'extensions')],
    policies: {
      Account: requireMfa({ maxAge: 900 }),
      // Who approves has two factors behind them already, so that a password alone never approves itself.
      Approve: requireMfa(),
    },
    ...others,
  });

  const app = Fastify();
  noteAskers(app);
  await app.register(cofactor, { auth });
  approvalRoutes(app, {
    requests,
    origin: options.origin,
    policy: 'Approve',
    ...(options.clock && { now: () => options.clock?.now() ?? new Date() }),
  });
  app.get('/', async (request, reply) =>
    reply.type('text/html; charset=utf-8').send(homePage(await request.visitor())),
  );
  app.get('/account', { preHandler: app.requirePolicy('Account') }, async (request, reply) =>
    reply.type('text/html; charset=utf-8').send(accountPage(await request.visitor())),
  );
  app.get('/styles.css', (_request, reply) => reply.type('text/css').send(styles));
  return { app, auth };
}
