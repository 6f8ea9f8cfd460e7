import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Machine } from '../machine/machine.ts';
import type { RunProcess } from '../machine/run-process.ts';

const HOUR = 60 * 60 * 1000;

/** Where libfaketime has memory that processes share, named by the process that began with it. */
const SHARED = '/dev/shm';

/**
 * Removes what libfaketime has left of processes that are gone. It leaves something of each that became another program,
 * as `/usr/bin/env node` does, and ends the next process that is given the same id.
 */
function clearAway(): void {
  for (const name of readdirSync(SHARED)) {
    const [, pid] = /^(?:faketime_shm|sem\.faketime_sem)_(\d+)$/.exec(name) ?? [];
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) rmSync(join(SHARED, name), { force: true });
  }
}

/**
 * The wall clock of a machine's processes, which can be set also while they run. CLOCK_MONOTONIC stays the kernel's, as
 * it does when somebody really sets the clock; with `monotonic` it goes along, as when time passes. The times of files
 * stay the kernel's.
 */
export class FakeClock {
  readonly env: Record<string, string>;
  readonly #file: string;
  #offset = 0;

  constructor(machine: Machine, { monotonic = false } = {}) {
    clearAway();
    this.#file = join(machine.home, 'clock');
    this.env = {
      LD_PRELOAD: execFileSync('faketime', ['-m', '-f', '+0', 'printenv', 'LD_PRELOAD'], {
        encoding: 'utf8',
      }).trim(),
      FAKETIME_TIMESTAMP_FILE: this.#file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: monotonic ? '0' : '1',
      NO_FAKE_STAT: '1',
    };
    this.set(0);
  }

  /** Sets it to so many hours after the kernel's. */
  set(hours: number): void {
    this.#offset = hours * HOUR;
    // Processes read it whenever they look at the clock: never half of it.
    writeFileSync(`${this.#file}.new`, `${hours < 0 ? '' : '+'}${hours * 3600}`);
    renameSync(`${this.#file}.new`, this.#file);
  }

  /** Has so many seconds pass for a process that waits, and wakes it so that it notices. */
  letPass(seconds: number, run: RunProcess): void {
    this.set((this.#offset + seconds * 1000) / HOUR);
    for (const signal of ['SIGSTOP', 'SIGCONT'] as const) run.signal(signal);
  }

  /** Milliseconds since 1970. */
  now(): number {
    return Date.now() + this.#offset;
  }
}
