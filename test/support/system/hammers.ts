import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
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

type Child = ChildProcessByStdio<Writable, Readable, null>;

/** Processes that read and write a live index until they are stopped. */
export class Hammers {
  readonly #children: Child[];

  private constructor(children: Child[]) {
    this.#children = children;
  }

  /** Resolves when each of them has been at it once. */
  static async start(path: string, roles: readonly Role[]): Promise<Hammers> {
    const children = roles.map((role) =>
      spawn(process.execPath, [join(import.meta.dirname, 'hammer.ts'), role, path], {
        stdio: ['pipe', 'pipe', 'inherit'],
      }),
    );
    await Promise.all(children.map((child) => once(child.stdout, 'readable')));
    return new Hammers(children);
  }

  /** Ends them, and tells what they saw. */
  async stop(): Promise<Seen[]> {
    return await Promise.all(
      this.#children.map(async (child) => {
        child.stdin.end();
        const lines = (await text(child.stdout)).trimEnd().split('\n');
        return JSON.parse(lines.at(-1) ?? '') as Seen;
      }),
    );
  }

  /** For a test that failed before it could stop them. */
  kill(): void {
    for (const child of this.#children) child.kill('SIGKILL');
  }
}
