import { createHmac } from 'node:crypto';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { closed, listening } from './listening.ts';

/** A request as it came. */
export interface Told {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A system that is told what happens, over real HTTP. */
export interface ToldSystem {
  readonly origin: string;
  readonly told: Told[];
  /** What is answered from now on; 204 at first. */
  answer: (told: Told, response: ServerResponse) => void;
  close(): Promise<void>;
}

export async function startToldSystem(): Promise<ToldSystem> {
  const told: Told[] = [];
  const { origin, server } = await listening(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const one = {
      path: request.url ?? '',
      headers: request.headers,
      body: Buffer.concat(chunks).toString('utf8'),
    };
    told.push(one);
    system.answer(one, response);
  });
  const system: ToldSystem = {
    origin,
    told,
    answer: (_told, response) => response.writeHead(204).end(),
    close: () => closed(server),
  };
  return system;
}

/** Answers with this status. */
export function status(code: number, headers: Record<string, string> = {}): ToldSystem['answer'] {
  return (_told, response) => response.writeHead(code, headers).end();
}

/** The number of the row that an event is about, by its body. */
export function seqOf({ body }: Told): number {
  return (JSON.parse(body) as { data: { seq: number } }).data.seq;
}

/** As standardwebhooks.com describes it, and not as our code does it. */
export function standardSignature(secret: string, { headers, body }: Told): string {
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const content = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
  return `v1,${createHmac('sha256', key).update(content).digest('base64')}`;
}
