/** The limit of every sign-in: bare argon2id at the cost that all contenders use. */
import { hash, verify } from '@node-rs/argon2';
import { argon2Cost, password } from '../people.ts';
import type { Question, Verified } from './protocol.ts';
import { answer } from './serve.ts';

const stored = await hash(password, argon2Cost);

async function run(clients: number, milliseconds: number): Promise<Verified> {
  const times: number[] = [];
  const start = performance.now();
  const client = async (): Promise<void> => {
    for (let now = performance.now(); now - start < milliseconds;) {
      if (!(await verify(stored, password))) throw new Error('argon2 does not know its own hash');
      const end = performance.now();
      times.push(end - now);
      now = end;
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  const seconds = (performance.now() - start) / 1000;
  times.sort((a, b) => a - b);
  return { perSecond: times.length / seconds, p50: times[times.length >> 1] ?? Number.NaN };
}

answer((question: Question) =>
  question.ask === 'verify' ? run(question.clients, question.milliseconds) : undefined,
);
