import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A small server of a client or an API, with what was posted to it. */
export interface Receiver {
  readonly origin: string;
  /** Forms, in the order in which they came. */
  readonly posted: URLSearchParams[];
  /** How many of those to come are answered with 500. */
  failing: number;
  /** Resolves with the next form that has not been waited for yet. */
  next(): Promise<URLSearchParams>;
  close(): Promise<void>;
}

/** Keeps what it is posted, and answers 204. */
export async function startReceiver(): Promise<Receiver> {
  const posted: URLSearchParams[] = [];
  let waitedFor = 0;
  let tell = (): void => undefined;
  const { origin, server } = await listening(async (request, response) => {
    posted.push(new URLSearchParams(await bodyOf(request)));
    response.writeHead(receiver.failing > 0 ? 500 : 204).end();
    receiver.failing -= receiver.failing > 0 ? 1 : 0;
    tell();
  });
  const receiver: Receiver = {
    origin,
    posted,
    failing: 0,
    async next() {
      while (posted.length <= waitedFor) await new Promise<void>((resolve) => (tell = resolve));
      waitedFor += 1;
      return posted[waitedFor - 1] as URLSearchParams;
    },
    close: () => closed(server),
  };
  return receiver;
}

/** An HTTP server on a port of its own. */
export async function listening(
  handler: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<{ readonly origin: string; readonly server: Server }> {
  const server = createServer((request, response) => {
    handler(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

export async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** For servers whose address has to be known before they listen. */
export async function freePort(): Promise<number> {
  const { server } = await listening(() => Promise.resolve());
  const { port } = server.address() as AddressInfo;
  await closed(server);
  return port;
}
