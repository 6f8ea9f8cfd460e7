import type { ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { createInterface } from 'node:readline';
import { atEnd } from '../suite/at-end.ts';
import type { Container } from './image.ts';

/** What the stand-in for Navigator said (navigator-process.ts). */
export interface Line {
  readonly loaded?: string;
  readonly isMaintenance?: boolean;
  readonly listen?: string;
  readonly variables?: readonly string[];
  readonly hook?: 'start' | 'ready';
  readonly failed?: boolean;
  readonly output?: string;
  readonly listens?: string;
  readonly hooksEnded?: boolean;
}

/** A container whose Navigator is up. */
export class Booted {
  readonly lines: Line[] = [];
  readonly #child: ChildProcess;
  readonly #said = new EventEmitter();
  readonly #gone: Promise<unknown>;
  #isGone = false;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#gone = once(child, 'close').then(() => {
      this.#isGone = true;
      this.#said.emit('news');
    });
    if (!child.stdout) throw new Error('it has no output');
    createInterface({ input: child.stdout }).on('line', (line) => {
      this.lines.push(JSON.parse(line) as Line);
      this.#said.emit('news');
    });
  }

  /** Starts it, and waits until every hook has ended, or for another line. */
  static async start(
    container: Container,
    command: readonly string[],
    isUp = (line: Line): boolean => line.hooksEnded === true,
  ): Promise<Booted> {
    const booted = new Booted(container.start(command));
    atEnd(() => booted.stop());
    await booted.until(isUp);
    return booted;
  }

  /** Waits for a line that fits, the earlier ones aside.
   *
   * @throws where it ends before
   */
  async until(fits: (line: Line) => boolean, from = 0): Promise<void> {
    while (!this.lines.slice(from).some(fits)) {
      if (this.#isGone) throw new Error(`it has ended: ${JSON.stringify(this.lines)}`);
      await once(this.#said, 'news');
    }
  }

  get url(): string {
    return this.lines.find((line) => line.listens !== undefined)?.listens ?? '';
  }

  get loads(): string[] {
    return this.lines.flatMap((line) => (line.loaded === undefined ? [] : [line.loaded]));
  }

  /** What hooks said that failed or warned. */
  get complaints(): string[] {
    return this.lines.flatMap(({ hook, failed, output = '' }) =>
      hook !== undefined && (failed || /Warning|Failed/.test(output)) ? [`${hook}: ${output}`] : [],
    );
  }

  /** As the container is ended: with all that runs in it. */
  async stop(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#gone;
  }
}
