import { once } from 'node:events';
import { createServer, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** A proxy that sends each request to another node than the one before it. */
export interface RoundRobin {
  readonly url: string;
  /** The nodes, by address. Change them while it runs, as whoever deploys does. */
  nodes: readonly string[];
  /** Which node answered each request, by its index, in order. */
  readonly went: number[];
  close(): Promise<void>;
}

/**
 * Starts one. A node that takes no connection is passed over, and the request goes to the next: nothing was said to it yet.
 * What broke off in the middle is 502, because nobody knows what it did.
 */
export async function startRoundRobin(
  nodes: readonly string[],
  options: { readonly watches?: boolean } = {},
): Promise<RoundRobin> {
  let turn = 0;
  /** Nodes that have said they are not ready, where it asks them. */
  const leaving = new Set<string>();
  const look = async (node: string): Promise<void> => {
    const status = await fetch(`${node}/health/ready`).then(
      (answer) => answer.status,
      () => 0,
    );
    if (status === 200) leaving.delete(node);
    else leaving.add(node);
  };
  const watch = options.watches
    ? setInterval(() => state.nodes.forEach((node) => void look(node)), 100)
    : undefined;
  const proxy = createServer((asked, answer) => {
    const forward = async (): Promise<void> => {
      const body = await buffer(asked);
      const first = turn++;
      for (let tries = 0; tries < state.nodes.length; tries += 1) {
        const index = (first + tries) % state.nodes.length;
        const node = state.nodes[index] ?? '';
        if (leaving.has(node)) continue;
        const got = await send(node, asked, body);
        if (got === 'away') continue;
        if (got === 'broken') break;
        state.went.push(index);
        answer.writeHead(got.status, got.headers).end(got.body);
        return;
      }
      answer.writeHead(502).end();
    };
    void forward().catch(() => answer.destroy());
  });
  // Longer than any test is quiet: a connection that is closed just as it is used again fails through nobody's fault.
  proxy.keepAliveTimeout = 120_000;
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const state: RoundRobin = {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    nodes,
    went: [],
    async close() {
      clearInterval(watch);
      proxy.closeAllConnections();
      proxy.close();
      await once(proxy, 'close');
    },
  };
  return state;
}

interface Got {
  readonly status: number;
  readonly headers: string[];
  readonly body: Buffer;
}

async function send(node: string, asked: IncomingMessage, body: Buffer): Promise<Got | 'away' | 'broken'> {
  const { hostname, port } = new URL(node);
  const outgoing = request({
    hostname,
    port,
    method: asked.method ?? 'GET',
    path: asked.url ?? '/',
    headers: { 'x-forwarded-for': '192.0.2.1', ...asked.headers, connection: 'close' },
    agent: false,
  });
  outgoing.end(body);
  try {
    const [answered] = (await once(outgoing, 'response')) as [IncomingMessage];
    const bytes = await buffer(answered);
    // Of the connection to the node, and not of the one to whoever asks.
    const pairs = answered.rawHeaders.filter(
      (_, at, all) => !/^(connection|keep-alive|transfer-encoding)$/i.test(all[at - (at % 2)] ?? ''),
    );
    return { status: answered.statusCode ?? 502, headers: pairs, body: bytes };
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ECONNREFUSED' ? 'away' : 'broken';
  }
}
