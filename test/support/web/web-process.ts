import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type Machine, ROOT } from '../machine/machine.ts';
import { ACCOUNTS, basic, type Role, webIndex } from './web-people.ts';

export const SHOWCASE_WEB = join(ROOT, 'scripts/showcase-web');

/** The built server, as a process on a port of its own. */
export class WebProcess {
  readonly child: ChildProcess;
  /** Resolves when it has ended. */
  readonly ended: Promise<number | null>;
  stdout = '';
  stderr = '';

  constructor(
    machine: Machine,
    args: readonly string[] = ['--listen', '127.0.0.1:0'],
    env: NodeJS.ProcessEnv = {},
    through: readonly string[] = [],
  ) {
    const [program = SHOWCASE_WEB, ...rest] = [...through, SHOWCASE_WEB, ...args];
    this.child = spawn(program, rest, {
      env: { PATH: process.env['PATH'], ...machine.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
    });
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
    this.ended = once(this.child, 'close').then(([code]) => code as number | null);
  }

  /** With the base path, without a slash at the end; once it listens. */
  async url(): Promise<string> {
    await expect.poll(() => this.stdout + this.stderr).toMatch(/Listening on http:.*\/\n|Failed/);
    const url = /Listening on (http:.*)\/\n/.exec(this.stdout)?.[1];
    if (url === undefined) throw new Error(this.stderr);
    return url;
  }

  async ask(path: string, as: Role = 'nobody'): Promise<Response> {
    const headers = as === 'nobody' ? {} : { Authorization: basic(ACCOUNTS[as]) };
    return await fetch(`${await this.url()}${path}`, { headers, redirect: 'manual' });
  }

  /** Ends it by a signal; gives its exit code. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    this.child.kill(signal);
    return await this.ended;
  }
}

/** Gives a machine the index that the roles are in. */
export function withWebIndex(machine: Machine): Machine {
  writeFileSync(machine.path('index.sqlite3'), webIndex().image);
  return machine;
}
