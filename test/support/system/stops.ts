import { closeSync, mkdtempSync, openSync, readSync, rmSync, watch } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Answered } from '../machine/machine.ts';
import { type Call, childrenOf } from './strace.ts';

type At = Pick<Call, 'name' | 'nth'>;

/** A program that strace runs; `pid` is strace's. */
interface Traced<T> {
  readonly pid: number;
  readonly answered: Promise<T>;
}

/**
 * Lets a program run once, and stops it after each of these calls of its main thread. What is on disk then is what SIGKILL
 * would leave there: it takes back nothing that was written, and no lock outlives its process. So one run shows what many
 * killed ones would.
 *
 * @param start runs the program by way of a command, `['strace', ...]`
 * @param stopped called while the program stands still; it goes on once this returns
 */
export async function stopAfter<T extends Pick<Answered, 'exitCode' | 'stderr'>>(
  calls: readonly At[],
  start: (through: readonly string[]) => Traced<T>,
  stopped: (at: number) => void,
): Promise<T> {
  const scratch = mkdtempSync(join(tmpdir(), 'stops-'));
  const log = join(scratch, 'log');
  const lines = new GrowingLines(log);
  try {
    const run = start(['strace', '-s', '0', '-o', log, ...stopsAt(calls)]);
    const counts = new Map<string, number>();
    let last = '';
    const take = (line: string): void => {
      const name = /^([a-z0-9_]+)\(/.exec(line)?.[1];
      if (name) {
        const nth = (counts.get(name) ?? 0) + 1;
        counts.set(name, nth);
        last = `${name} ${nth}`;
      } else if (line === '--- stopped by SIGSTOP ---') {
        const at = calls.findIndex(({ name, nth }) => `${name} ${nth}` === last);
        if (at >= 0) stopped(at);
        for (const pid of childrenOf(run.pid)) process.kill(pid, 'SIGCONT');
      }
    };
    return await new Promise<T>((resolve, reject) => {
      const look = (): void => {
        try {
          for (const line of lines.read()) take(line);
        } catch (error) {
          reject(error);
        }
      };
      // strace writes out each line at once; it may have stopped already.
      const watcher = watch(log, look);
      look();
      run.answered.then(resolve, reject).finally(() => watcher.close());
    });
  } finally {
    lines.close();
    rmSync(scratch, { recursive: true });
  }
}

/** A stop at every call of these names, from the first of these to the last: strace knows one range for a name. */
function stopsAt(calls: readonly At[]): string[] {
  const names = [...new Set(calls.map(({ name }) => name))];
  const ranges = names.flatMap((name) => {
    const nths = calls.filter((call) => call.name === name).map(({ nth }) => nth);
    return ['-e', `inject=${name}:signal=SIGSTOP:when=${Math.min(...nths)}..${Math.max(...nths)}`];
  });
  return ['-e', `trace=${names.join()}`, ...ranges];
}

/** The lines of a file that somebody else appends to. */
class GrowingLines {
  readonly #fd: number;
  #cut = '';

  constructor(path: string) {
    this.#fd = openSync(path, 'a+');
  }

  /** Those that have come since the last call, whole ones alone. */
  read(): string[] {
    const bytes = Buffer.alloc(2 ** 16);
    for (let count = 1; count > 0; ) {
      count = readSync(this.#fd, bytes);
      this.#cut += bytes.toString('latin1', 0, count);
    }
    const lines = this.#cut.split('\n');
    this.#cut = lines.pop() ?? '';
    return lines;
  }

  close(): void {
    closeSync(this.#fd);
  }
}
