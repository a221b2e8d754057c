import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';

/** How long a request may take to come in, in milliseconds: who sends a byte now and then must not hold a connection for ever. */
export const requestTimeout = 30_000;

/**
 * Answers what no route answers: addresses that are none, bodies that nobody wanted, faults. With the headers of the house
 * (I-27), and without a word of what was sent or of what went wrong.
 */
export function answerLast(
  app: FastifyInstance,
  headers: Readonly<Record<string, string>>,
  logger: Logger,
): void {
  app.setNotFoundHandler((_request, reply) => void plain(reply, headers, 404));
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const { statusCode = 500, code } = error;
    if (statusCode < 500) {
      request.log.info({ code }, 'unreadable request');
      return plain(reply, headers, statusCode);
    }
    logger.error({ err: error }, 'request failed');
    return plain(reply, headers, 500);
  });
}

/** For what Fastify refuses before there is a route, an address that cannot be decoded for one. */
export function refuse(headers: Readonly<Record<string, string>>) {
  return (error: FastifyError, request: FastifyRequest, reply: FastifyReply): void => {
    request.log.info({ code: error.code }, 'unreadable request');
    void plain(reply.header('x-request-id', request.id), headers, error.statusCode ?? 400);
  };
}

const words: Readonly<Record<number, string>> = {
  404: 'Not found',
  413: 'Too large',
  500: 'Something went wrong on our side. Try again later.',
};

function plain(reply: FastifyReply, headers: Readonly<Record<string, string>>, status: number): FastifyReply {
  const text = words[status] ?? 'Bad request';
  return reply.code(status).headers(headers).type('text/plain; charset=utf-8').send(`${text}\n`);
}
