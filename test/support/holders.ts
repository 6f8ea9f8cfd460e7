import { spawnSync } from 'node:child_process';
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/**
 * A named pipe that processes hold open for writing as long as they live, so that their death can be awaited:
 * `gone` resolves, with what they wrote, when the last of them is dead.
 */
export class Holders {
  readonly home = mkdtempSync(join(tmpdir(), 'holders-'));
  readonly #pipe = join(this.home, 'alive');
  readonly gone: Promise<string>;

  constructor() {
    const { status } = spawnSync('mkfifo', [this.#pipe]);
    if (status !== 0) throw new Error('mkfifo failed');
    this.gone = text(createReadStream(this.#pipe));
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
