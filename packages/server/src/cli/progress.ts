import type { Clock } from 'cofactor';
import type { Sink } from './io.ts';

/** How far long work has come. Says nothing where nobody watches. */
export interface Progress {
  /** `total` is 0 where it is not known. */
  update(done: number, total: number): void;
  /** Takes the line away again. */
  end(): void;
}

/** Not shown before: what is done by then needs no bar. In milliseconds, like the others. */
const shownAfter = 300;
const drawnEvery = 100;
/** The time that is left is a guess before this. */
const knownAfter = 2000;

export function progressBar(label: string, sink: Sink, clock: Clock): Progress {
  if (!sink.isTerminal) return { update: () => undefined, end: () => undefined };
  const began = clock.now().getTime();
  let drawn = 0;
  return {
    update(done, total) {
      const now = clock.now().getTime();
      const last = total > 0 && done >= total;
      if (now - began < shownAfter || (now - drawn < drawnEvery && !last)) return;
      drawn = now;
      void sink.write(`\r\u001b[K${line(label, { done, total, took: now - began, columns: sink.columns })}`);
    },
    end() {
      if (drawn > 0) void sink.write('\r\u001b[K');
    },
  };
}

export function line(
  label: string,
  {
    done,
    total,
    took,
    columns,
  }: { readonly done: number; readonly total: number; readonly took: number; readonly columns: number },
): string {
  if (total === 0) return `${label}  ${done.toLocaleString('en')}`;
  const part = Math.min(1, done / total);
  const counts = `${done.toLocaleString('en')} of ${total.toLocaleString('en')}`;
  const left = took >= knownAfter && part > 0 ? `, ${duration((took / part) * (1 - part))} left` : '';
  const words = `${label}  ${String(Math.floor(part * 100)).padStart(3)} %  ${counts}${left}`;
  const room = columns - words.length - 5;
  if (room < 10) return words.slice(0, columns - 1);
  const size = Math.min(30, room);
  const full = Math.round(part * size);
  return `${label}  [${'#'.repeat(full)}${'-'.repeat(size - full)}] ${words.slice(label.length + 2)}`;
}

function duration(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
