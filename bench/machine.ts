/**
 * The machine: which cores there are, and who runs on which. A server and its load on one core would measure
 * each other, so the server gets one core and the load another; hashing is let loose on all.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';

const taskset = spawnSync('taskset', ['-V']).status === 0;

/** The cores this process may use. Read once, before anything is pinned. */
export const cores: readonly number[] = allowedCores();

export const canPin = taskset && cores.length >= 2;

const [first = 0, second = first, third = second] = cores;

/** Who runs where. With two cores, PostgreSQL shares the one of the load, never the one of the server. */
export const places = { server: [first], load: [second], database: [third], all: cores } as const;

/** Command and arguments that start `command` on these cores. */
export function pinned(
  where: readonly number[],
  command: string,
  args: readonly string[],
): [string, string[]] {
  return canPin ? ['taskset', ['-c', where.join(','), command, ...args]] : [command, [...args]];
}

/** Moves a running process, with all its threads. */
export function pin(pid: number, where: readonly number[]): void {
  if (canPin) spawnSync('taskset', ['-a', '-c', '-p', where.join(','), String(pid)]);
}

export function describeMachine(): string {
  const kind = cpus()[0]?.model.trim() ?? 'unknown processor';
  const how = canPin ? 'server and load on a core each' : 'nothing pinned (needs taskset and two cores)';
  return `Node ${process.version}, ${cores.length} cores (${kind}), ${how}`;
}

/** Most memory that a process ever had resident, in bytes; `null` where the system does not tell. */
export function peakMemory(pid: number): number | null {
  try {
    const found = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return found?.[1] === undefined ? null : Number(found[1]) * 1024;
  } catch {
    return null;
  }
}

function allowedCores(): number[] {
  try {
    const list = /^Cpus_allowed_list:\s+(\S+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '';
    return list.split(',').flatMap((range) => {
      const [from = 0, to = from] = range.split('-').map(Number);
      return Array.from({ length: to - from + 1 }, (_, offset) => from + offset);
    });
  } catch {
    return Array.from({ length: availableParallelism() }, (_, index) => index);
  }
}
