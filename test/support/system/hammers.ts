import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { altered } from '../indexes/indexes.ts';
import type { Seen } from './hammer.ts';

export type Role = 'read' | 'reopen' | 'write';

/** An index all of whose events and users carry a stamp; stamps of different numbers make it differ in size, too. */
export function stamped(image: Buffer, stamp: number): Buffer {
  return altered(
    image,
    `UPDATE showcases SET name = 'v${stamp}'`,
    `UPDATE users SET name2 = 'v${stamp}'`,
    'CREATE TABLE filler (text TEXT)',
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${1 + (stamp % 3) * 40})
     INSERT INTO filler SELECT hex(zeroblob(500)) FROM n`,
  );
}

/** One of them, and what it has printed. */
interface Hammer {
  readonly child: ChildProcessByStdio<Writable, Readable, null>;
  said: string;
}

/** Processes that read and write a live index until they are stopped. */
export class Hammers {
  readonly #hammers: Hammer[];

  private constructor(hammers: Hammer[]) {
    this.#hammers = hammers;
  }

  /**
   * Resolves when each of them has been at it once.
   *
   * @param rounds as many as each of them has to have made, for a test to show anything; from 2
   */
  static async start(path: string, roles: readonly Role[], rounds: number): Promise<Hammers> {
    const program = join(import.meta.dirname, 'hammer.ts');
    const hammers = roles.map((role): Hammer => {
      const args = [program, role, path, String(rounds)];
      return { child: spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] }), said: '' };
    });
    await Promise.all(hammers.map(({ child }) => once(child.stdout, 'readable')));
    for (const hammer of hammers) {
      hammer.child.stdout.setEncoding('utf8').on('data', (chunk: string) => (hammer.said += chunk));
    }
    return new Hammers(hammers);
  }

  /** Whether each has made as many rounds as it has to; who gets how much of the CPU is chance. */
  get haveHadEnough(): boolean {
    return this.#hammers.every(({ said }) => said.includes('enough\n'));
  }

  /** Ends them, and tells what they saw. */
  async stop(): Promise<Seen[]> {
    return await Promise.all(
      this.#hammers.map(async (hammer) => {
        const closed = once(hammer.child, 'close');
        hammer.child.stdin.end();
        await closed;
        return JSON.parse(hammer.said.trimEnd().split('\n').at(-1) ?? '') as Seen;
      }),
    );
  }

  /** For a test that failed before it could stop them. */
  kill(): void {
    for (const { child } of this.#hammers) child.kill('SIGKILL');
  }
}
