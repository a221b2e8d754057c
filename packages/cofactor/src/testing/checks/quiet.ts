import { inspect } from 'node:util';
import { expectThat, show } from '../fail.ts';
import { Rehearsal } from '../rehearsal.ts';
import { secretsOf, spoiltBy, twinOf } from '../secrets.ts';
import { textsOf, leavesOf, withLeaf } from '../values.ts';
import type { Check } from './check.ts';

/** What must not be found where others read (I-28). */
export const quiet: readonly Check[] = [
  {
    name: 'writes no secret to the console, nor into an error',
    async run(subject) {
      const person = subject.person();
      const twin = await twinOf(subject, person);
      const rehearsal = new Rehearsal(subject);
      const secrets: string[] = [];
      const errors: string[] = [];
      const written = await listening(async () => {
        const one = await rehearsal.enrol('usr_ada', person);
        const question = await rehearsal.ask(one);
        const challenge = rehearsal.challengeOf(one)?.data ?? null;
        const right = await person.answer(question);
        secrets.push(...secretsOf(one, twin), ...textsOf(right, 6), ...textsOf(one.confirmed, 6));
        if (question.delivery) secrets.push(question.delivery.code);
        for (const data of broken(one.data)) {
          try {
            await rehearsal.verify(one, right, challenge, data);
          } catch (error) {
            errors.push(inspect(error, { depth: 6, maxStringLength: null }));
          }
        }
        await rehearsal.answer(one, right);
        for (const wrong of await person.wrong(await rehearsal.ask(one))) await rehearsal.answer(one, wrong);
      });
      expectThat(!spoiltBy(secrets, written), 'it wrote a secret to the console (I-28)');
      const spoilt = errors.find((error) => spoiltBy(secrets, error));
      expectThat(
        spoilt === undefined,
        `it threw an error with a secret in it (I-28): ${show(spoilt?.split('\n')[0])}`,
      );
    },
  },
];

/** What is stored, with one part of it after the other damaged. */
function broken(data: unknown): readonly unknown[] {
  const damaged = leavesOf(data).flatMap(({ path, value }) =>
    typeof value === 'string'
      ? [value.slice(0, -1), `${value}\0`, `*${value}`, 7].map((part) => withLeaf(data, path, part))
      : [withLeaf(data, path, 'text')],
  );
  return [null, {}, [data], ...damaged];
}

/** Everything that is written while something runs. It is written all the same, once that is over. */
async function listening(run: () => Promise<void>): Promise<string> {
  const heard: string[] = [];
  const { stdout, stderr } = process;
  const streams = [stdout, stderr].map((stream) => ({ stream, write: stream.write }));
  const methods = (['debug', 'info', 'log', 'warn', 'error', 'trace', 'dir'] as const).map((name) => ({
    name,
    // oxlint-disable-next-line no-console -- it is listened to, and given back
    method: console[name],
  }));
  for (const { stream } of streams) {
    stream.write = (chunk: unknown): boolean => {
      heard.push(typeof chunk === 'string' ? chunk : Buffer.from(chunk as Uint8Array).toString('utf8'));
      return true;
    };
  }
  for (const { name } of methods) {
    // oxlint-disable-next-line no-console -- as above
    console[name] = (...values: unknown[]) =>
      void heard.push(
        values.map((value) => (typeof value === 'string' ? value : inspect(value, { depth: 6 }))).join(' '),
      );
  }
  try {
    await run();
  } finally {
    for (const { stream, write } of streams) stream.write = write;
    // oxlint-disable-next-line no-console -- as above
    for (const { name, method } of methods) console[name] = method;
  }
  return heard.join('\n');
}
