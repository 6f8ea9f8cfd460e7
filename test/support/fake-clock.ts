import { execFileSync } from 'node:child_process';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Machine } from './machine.ts';

const HOUR = 60 * 60 * 1000;

/**
 * The wall clock of a machine's processes, which can be set also while they run. CLOCK_MONOTONIC stays the kernel's, as
 * it does when somebody really sets the clock; so do the times of files.
 */
export class FakeClock {
  readonly env: Record<string, string>;
  readonly #file: string;
  #offset = 0;

  constructor(machine: Machine) {
    this.#file = join(machine.home, 'clock');
    this.env = {
      LD_PRELOAD: execFileSync('faketime', ['-m', '-f', '+0', 'printenv', 'LD_PRELOAD'], {
        encoding: 'utf8',
      }).trim(),
      FAKETIME_TIMESTAMP_FILE: this.#file,
      FAKETIME_NO_CACHE: '1',
      DONT_FAKE_MONOTONIC: '1',
      NO_FAKE_STAT: '1',
    };
    this.set(0);
  }

  /** Sets it to so many hours after the kernel's. */
  set(hours: number): void {
    this.#offset = hours * HOUR;
    // Processes read it whenever they look at the clock: never half of it.
    writeFileSync(`${this.#file}.new`, `${hours < 0 ? '' : '+'}${hours}h`);
    renameSync(`${this.#file}.new`, this.#file);
  }

  /** Milliseconds since 1970. */
  now(): number {
    return Date.now() + this.#offset;
  }
}
