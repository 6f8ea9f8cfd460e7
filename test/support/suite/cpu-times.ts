import { appendFileSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { ROOT } from '../machine/machine.ts';

/** The kernel's unit of what it says of a process. */
const TICKS_PER_SECOND = 100;

interface Spent {
  readonly own: number;
  readonly children: number;
}

/**
 * Appends a line to a file for each file of tests, with tabs between: its path, and the seconds of CPU that its worker
 * has spent and that the processes have spent which it started and waited for. Unlike the time that a test takes they
 * do not tell what else the machine was doing. What nobody waits for is missing: a browser's own processes, a hook's.
 */
export function recordCpuTimes(file: string): void {
  let before: Spent = { own: 0, children: 0 };
  beforeAll(() => {
    before = spent();
  });
  afterAll(() => {
    const { own, children } = spent();
    const path = relative(ROOT, expect.getState().testPath ?? '');
    const columns = [path, (own - before.own).toFixed(2), (children - before.children).toFixed(2)];
    appendFileSync(file, `${columns.join('\t')}\n`);
  });
}

/** Seconds, of this process until now: proc(5). */
function spent(): Spent {
  // What stands before may hold anything: it is the name of the program, in brackets.
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  const [user = 0, system = 0, childrenUser = 0, childrenSystem = 0] = fields.slice(11, 15).map(Number);
  return {
    own: (user + system) / TICKS_PER_SECOND,
    children: (childrenUser + childrenSystem) / TICKS_PER_SECOND,
  };
}
