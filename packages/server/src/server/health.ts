import type { Store } from 'cofactor';
import type { FastifyInstance } from 'fastify';

/** How long the database may take to answer, and how long its answer is believed, in milliseconds. */
const withinMs = 2000;
const believedMs = 500;

/** Whether the server can do its work. */
export class Health {
  readonly #database: Pick<Store, 'ping'>;
  #draining = false;
  #asking: Promise<boolean> | undefined;
  #asked = -Infinity;

  constructor(database: Pick<Store, 'ping'>) {
    this.#database = database;
  }

  /** From now on nobody should be sent here any more. */
  drain(): void {
    this.#draining = true;
  }

  /** However many ask at once, the database is asked once. */
  async isReady(): Promise<boolean> {
    if (this.#draining) return false;
    const now = performance.now();
    if (this.#asking === undefined || now - this.#asked > believedMs) {
      this.#asked = now;
      this.#asking = answersWithin(this.#database.ping(), withinMs);
    }
    return (await this.#asking) && !this.#draining;
  }
}

async function answersWithin(work: Promise<void>, milliseconds: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), milliseconds);
  });
  const answered = work.then(
    () => true,
    () => false,
  );
  try {
    return await Promise.race([answered, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** `/health/live`: the process is there. `/health/ready`: send people here. A word and no details: strangers ask too. */
export function serveHealth(
  app: FastifyInstance,
  health: Health,
  headers: Readonly<Record<string, string>>,
): void {
  app.get('/health/live', (_request, reply) => reply.headers(headers).send({ status: 'live' }));
  app.get('/health/ready', async (_request, reply) => {
    const ready = await health.isReady();
    await reply
      .code(ready ? 200 : 503)
      .headers(headers)
      .send({ status: ready ? 'ready' : 'not ready' });
  });
}
