import { statfsSync } from 'node:fs';
import { problemOf } from '../../failure.ts';
import { onDisk } from '../../files/disk.ts';
import type { Runs } from '../../runs/runs.ts';

/** Milliseconds for which an answer counts: whoever asks must not wear the disk out. */
const FRESH_MS = 5000;

export interface StorageState {
  /** Why nothing can be kept now; null if it can. */
  readonly problem: string | null;
  /** Bytes that are left to this user on that file system; null where it does not say. */
  readonly freeBytes: number | null;
}

/** Whether the disk takes what this server has to keep. */
export class Storage {
  readonly #runs: Pick<Runs, 'proveWritable'>;
  readonly #directory: string;
  readonly #now: () => number;
  #last: { readonly at: number; readonly state: StorageState } | null = null;

  /** @param now milliseconds, by a clock that does not go back */
  constructor(runs: Pick<Runs, 'proveWritable'>, directory: string, now: () => number) {
    this.#runs = runs;
    this.#directory = directory;
    this.#now = now;
  }

  /** As it was in the last seconds. */
  state(): StorageState {
    const now = this.#now();
    if (this.#last === null || now - this.#last.at >= FRESH_MS)
      this.#last = { at: now, state: { problem: this.#problem(), freeBytes: this.#free() } };
    return this.#last.state;
  }

  #problem(): string | null {
    try {
      this.#runs.proveWritable();
      return null;
    } catch (error) {
      return problemOf(error).message;
    }
  }

  #free(): number | null {
    try {
      return onDisk('cannot look at', this.#directory, () => {
        const { bavail, bsize } = statfsSync(this.#directory);
        return bavail * bsize;
      });
    } catch {
      return null;
    }
  }
}
