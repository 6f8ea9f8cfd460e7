import { existsSync, readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { CgiAnswered, Machine } from '../machine/machine.ts';
import { type ProcessOptions, RunProcess } from '../machine/run-process.ts';
import { FakeClock } from '../system/fake-clock.ts';

/** What a process is started with that checks a database. */
const FLAG = '--inspect-database';

export const lives = (pid: number): boolean => existsSync(`/proc/${pid}`);

/** The entries of a file that tells of a process; none when that is gone. */
export function of(pid: number, file: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1').split('\0').filter(Boolean);
  } catch {
    return [];
  }
}

/** The one that a process has started, once it computes: its own name is that of Node then. */
export async function inspectorOf(pid: number): Promise<number> {
  let found: number | undefined;
  await expect
    .poll(() => {
      const children = of(pid, `task/${pid}/children`).join('').split(' ').filter(Boolean).map(Number);
      found = children.find((candidate) => of(candidate, 'cmdline').includes(FLAG));
      return found !== undefined && !of(found, 'cmdline')[0]?.endsWith('sh');
    })
    .toBe(true);
  return found as number;
}

/**
 * Runs a hook for which so many seconds are over as soon as its check of a database computes.
 *
 * @param done what has to be done by then, too
 */
export async function runOutOfTime(
  machine: Machine,
  seconds: number,
  options: ProcessOptions,
  done: () => Promise<void> = async () => {},
): Promise<CgiAnswered & { readonly inspector: number }> {
  const clock = new FakeClock(machine, { monotonic: true });
  const run = new RunProcess(machine, { args: [], ...options, env: { ...clock.env, ...options.env } });
  const inspector = await inspectorOf(run.pid);
  await done();
  clock.letPass(seconds, run);
  return { ...(await run.answered), inspector };
}
