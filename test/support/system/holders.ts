import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A named pipe that processes hold open for writing as long as they live, so that their death can be awaited. */
export class Holders {
  readonly home = mkdtempSync(join(tmpdir(), 'holders-'));
  readonly #pipe = join(this.home, 'alive');
  /** Resolves when the child and the daemon have begun. */
  readonly alive: Promise<void>;
  /** Resolves when the last of them is dead. */
  readonly gone: Promise<unknown>;

  constructor() {
    const { status } = spawnSync('mkfifo', [this.#pipe]);
    if (status !== 0) throw new Error('mkfifo failed');
    const pipe = createReadStream(this.#pipe, 'utf8');
    let said = '';
    this.alive = new Promise((resolve) => {
      pipe.on('data', (chunk) => {
        said += chunk;
        if (said === 'alive\nalive\n') resolve();
      });
    });
    this.gone = once(pipe, 'end');
  }

  /** A shell command that holds the pipe, with a child and a daemon that hold it too; then it does `last`. */
  command(last: string): string[] {
    const hang = 'echo alive; exec sleep 1000';
    const script = `
      exec 9>${this.#pipe}
      sh -c '${hang}' >&9 &
      setsid -f sh -c '${hang}' >&9
      echo up
      ${last}`;
    return ['/bin/sh', '-c', script];
  }

  remove(): void {
    rmSync(this.home, { recursive: true });
  }
}
