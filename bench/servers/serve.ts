/** What the server processes of all contenders have in common. */
import { createServer, type RequestListener } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { Question, ServerConfig, Usage } from './protocol.ts';
import { counted } from './statements.ts';

export function readConfig(): ServerConfig {
  return JSON.parse(process.argv[2] ?? '{}') as ServerConfig;
}

type Answers = (question: Question) => unknown;

/** Listens, says so, and answers questions until the benchmark goes away. */
export async function serve(app: FastifyInstance, config: ServerConfig, answers?: Answers): Promise<void> {
  await app.listen({ port: config.port, host: '127.0.0.1' });
  answer(answers);
}

/** The same without a framework. */
export async function serveHttp(
  listener: RequestListener,
  config: ServerConfig,
  answers?: Answers,
): Promise<void> {
  // As long as Fastify's: a busy machine may keep the load waiting for longer than the five seconds of Node.
  const server = createServer({ keepAliveTimeout: 72_000 }, listener);
  await new Promise<void>((resolve) => server.listen(config.port, '127.0.0.1', resolve));
  answer(answers);
}

export function answer(answers?: Answers): void {
  process.on('disconnect', () => process.exit());
  process.on('message', (question: Question) => {
    void Promise.resolve(question.ask === 'usage' ? usage() : answers?.(question)).then((reply) =>
      process.send?.({ to: question.ask, answer: reply }),
    );
  });
  process.send?.('ready');
}

function usage(): Usage {
  const { user, system } = process.cpuUsage();
  return { processor: user + system, ...counted, memory: process.memoryUsage.rss() };
}
