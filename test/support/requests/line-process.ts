import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';

/** A script of this directory in a process of its own, which answers in lines; killed when the test is over. */
export class LineProcess {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor(script: string, ...args: string[]) {
    this.#child = spawn(process.execPath, [join(import.meta.dirname, script), ...args], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    onTestFinished(() => void this.#child.kill('SIGKILL'));
    const { stdout } = this.#child;
    if (!stdout) throw new Error('no output');
    this.#lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  }

  say(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  async line(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error('it ended without a line');
    return value;
  }

  /** Its input ends; resolves with the signal that ended it, if any. */
  async end(): Promise<string | null> {
    const gone = this.#child.signalCode ?? this.#child.exitCode;
    this.#child.stdin?.end();
    if (gone === null) await once(this.#child, 'exit');
    return this.#child.signalCode;
  }
}
