import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, cpSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { createRuns } from '../../../src/runs/create-runs.ts';
import type { Change, Run } from '../../../src/runs/run-model.ts';
import { oneFileOf } from '../suite/one-file.ts';
import { stopAfter } from '../system/stops.ts';
import type { Call } from '../system/strace.ts';
import { playedParts, quiet } from './parts.ts';
import { PlayedUpdate } from './played-update.ts';

const PROCESS = join(import.meta.dirname, 'room-process.ts');

interface Settled {
  readonly changes: readonly Change[];
  readonly runs: readonly Run[];
}

interface Held {
  readonly signal: NodeJS.Signals | null;
  /** The commands that were done. */
  readonly said: readonly string[];
}

/** A directory whose room is held by one process after another. */
export class Room {
  readonly home = mkdtempSync(join(tmpdir(), 'room-'));
  readonly played: PlayedUpdate;
  /** The address that changes must answer at. */
  readonly url: string;

  /** @param before a room that it is a copy of */
  constructor(url: string, before: Room | null = null) {
    this.url = url;
    if (before) cpSync(before.home, this.home, { recursive: true });
    else mkdirSync(join(this.home, 'db'));
    this.played = new PlayedUpdate(join(this.home, 'played'));
  }

  remove(): void {
    this.played.close();
    rmSync(this.home, { recursive: true });
  }

  /**
   * Has a process hold the room, do these commands and end, unless it is killed before.
   *
   * @param through a command that runs it, such as `['strace', ...]`
   */
  async hold(commands: readonly string[], through: readonly string[] = []): Promise<Held> {
    const holder = await oneFileOf(PROCESS);
    const { signal, exitCode } = await this.#start(holder, commands, through).answered;
    if (signal === null) expect(exitCode, this.said.join('\n')).toBe(0);
    return { signal, said: this.said };
  }

  /** The same for a process that is stopped right after each of these calls, and then goes on. */
  async holdAndStop(
    commands: readonly string[],
    calls: readonly Pick<Call, 'name' | 'nth'>[],
    stopped: (at: number) => void,
  ): Promise<void> {
    const holder = await oneFileOf(PROCESS);
    const start = (through: readonly string[]) => this.#start(holder, commands, through);
    const { exitCode } = await stopAfter(calls, start, stopped);
    expect(exitCode, this.said.join('\n')).toBe(0);
  }

  /** The commands that were done by who holds the room, or held it last. */
  get said(): string[] {
    return readFileSync(join(this.home, 'said'), 'utf8').split('\n').filter(Boolean);
  }

  #start(holder: string, commands: readonly string[], through: readonly string[]) {
    const [program = '', ...args] = [...through, process.execPath, holder, this.home, this.url];
    // A file, so that all is there that was said, even while it is stopped.
    const output = openSync(join(this.home, 'said'), 'w');
    const child = spawn(program, args, { stdio: ['pipe', output, 'inherit'] });
    closeSync(output);
    child.stdin?.on('error', () => {}); // it may be killed before it reads
    child.stdin?.end(commands.join('\n'));
    const answered = once(child, 'close').then(([exitCode, signal]) => ({
      exitCode: exitCode as number | null,
      signal: signal as NodeJS.Signals | null,
      stderr: '',
    }));
    return { pid: child.pid ?? 0, answered };
  }

  /**
   * Opens the room here, and resolves with all that it holds once nothing waits for anything any more.
   *
   * @param makeUp whether what has failed or is pending is published then
   */
  async settle(makeUp = false): Promise<Settled> {
    const problems: string[] = [];
    const report = (problem: string) => void problems.push(problem);
    const runs = createRuns({ ...playedParts(this.home, this.played), report });
    runs.start();
    await quiet(runs);
    const all = { limit: 10_000 };
    if (makeUp) {
      for (const { id } of runs.changes({ ...all, states: ['failed'] }).rows) runs.retry(id, 'bob');
      runs.publish('bob', 'administrator');
      await quiet(runs);
    }
    const found = { changes: runs.changes(all).rows.toReversed(), runs: runs.runs(all).rows.toReversed() };
    await runs.close();
    expect(problems).toEqual([]);
    return found;
  }

  /**
   * What ought not to be once everything is settled, if every run may end well in the end: none, for a program that is
   * right. A change that the index has is live, or pending if nobody asked for more, and one that it does not have is
   * dropped.
   */
  problemsOf(changes: readonly Change[]): string[] {
    const { published } = this.played;
    return changes.flatMap(({ subject, kind, state }) => {
      const isThere = this.played.has(subject);
      const said = `${subject} (${kind}) is ${state}`;
      if (kind === 'update') return ['live', 'dropped', 'failed'].includes(state) ? [] : [said];
      if (!isThere) return state === 'dropped' ? [] : [`${said}, and not in the index`];
      if (state === 'live') return published.has(subject) ? [] : [`${said}, and was not published`];
      return ['pending', 'failed'].includes(state) ? [] : [`${said}, and in the index`];
    });
  }
}
