import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

const CONTENDER = join(import.meta.dirname, 'contender.ts');

export type Child = ChildProcessByStdio<Writable, Readable, null>;

/** A process that is ready to go for the lock. */
async function start(dbDir: string, role: 'work' | 'hold', command: readonly string[] = []): Promise<Child> {
  const [program = process.execPath, ...args] = [...command, process.execPath, CONTENDER, dbDir, role];
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
}

/** What the process says, from now on, until it ends. */
async function letGo(child: Child): Promise<string> {
  child.stdin.end();
  return await text(child.stdout);
}

/** What so many processes say that go for the lock at the same moment. */
export async function contend(dbDir: string, count: number): Promise<string[]> {
  const children = await Promise.all(Array.from({ length: count }, () => start(dbDir, 'work')));
  return await Promise.all(children.map(letGo));
}

/** A process that holds the lock until it is killed. */
export async function holder(dbDir: string): Promise<Child> {
  const child = await start(dbDir, 'hold');
  child.stdin.end();
  await once(child.stdout, 'data');
  return child;
}
