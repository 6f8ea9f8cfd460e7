import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { stateDirOf } from '../../../src/database/state-dir.ts';
import { listGenerations } from '../../../src/install/generations.ts';
import { readHistory } from '../../../src/journal/history.ts';
import type { HistoryRow } from '../../../src/report/results.ts';
import { diskDirectory } from '../suite/scratch.ts';
import { copyTree } from '../system/copy-tree.ts';
import { stopAfter } from '../system/stops.ts';
import { type Call, recordCalls } from '../system/strace.ts';
import { Machine } from './machine.ts';
import { type ProcessOptions, RunProcess } from './run-process.ts';
import { INSTALLED, pathsOf, type Stand, standOf } from './stand.ts';

/** A run that is to be killed, again and again, each time on a machine that stands as it did the first time. */
export interface Scenario {
  /** Variables of the machine. */
  readonly env: Record<string, string>;
  /** Brings the machine to where the run begins. */
  readonly prepare: (machine: Machine) => Promise<void>;
  /** The run; a plain POST, unless told. */
  readonly command?: ProcessOptions;
  /** Whether the run after the kill may also go back to how everything stood before. */
  readonly mayReturn?: boolean;
  /** Whether each run after a kill is of what was built; else the first is, and every fourth after it. */
  readonly isBuilt?: boolean;
}

/** What became of one kill. */
export interface Aftermath {
  /** What ought not to be; none, for a program that is right. */
  readonly problems: readonly string[];
  /** The history's word for the killed run; null when it had not begun. */
  readonly recorded: HistoryRow['outcome'] | null;
  /** How far it had come: how many of the files that change were new. */
  readonly installed: number;
}

/** Milliseconds that navigator.yml's mtime is ahead of the clock. */
const AHEAD = 1000;

/** A machine on a disk, that is put back to where it began before each kill. */
export class KillRig {
  /** The calls of one whole run. */
  calls: readonly Call[] = [];
  readonly #machine: Machine;
  readonly #scenario: Scenario;
  readonly #kept = mkdtempSync(join(diskDirectory(), 'kept-'));
  readonly #template = join(this.#kept, 'template');
  #before: Stand | null = null;
  #after: Stand | null = null;
  #paths: string[] = [];
  #runs = 0;
  #looked = 0;

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
    this.#machine = new Machine(scenario.env, diskDirectory());
  }

  get home(): string {
    return this.#machine.home;
  }

  /** Prepares the machine, and has one run go through; `between` is done before that run. */
  async begin(between: () => Promise<unknown>): Promise<void> {
    const { prepare, command = {} } = this.#scenario;
    await prepare(this.#machine);
    copyTree(this.#machine.home, this.#template);
    this.#before = standOf(this.#machine);
    this.#runs = (await readHistory(this.#machine.dbDir, 100)).length;
    await between();
    this.calls = await recordCalls(this.#machine, command);
    this.#after = standOf(this.#machine);
    this.#paths = pathsOf(this.#machine);
  }

  remove(): void {
    this.#machine.remove();
    rmSync(this.#kept, { recursive: true });
  }

  /**
   * Puts the machine back, has the run killed, and looks: at what the kill left, and at what a plain POST after it
   * makes of that.
   *
   * @param kill runs the command and kills it; returns whether it did
   * @returns null when the run ended before the kill
   */
  async kill(
    kill: (machine: Machine, command: ProcessOptions) => Promise<boolean>,
  ): Promise<Aftermath | null> {
    this.#putBack(this.#template);
    const began = Date.now();
    if (!(await kill(this.#machine, this.#scenario.command ?? {}))) return null;
    return await this.#lookAt(began);
  }

  /**
   * The same for a kill right after each of these calls, of one run: it is stopped there, and the machine is copied as
   * a kill would leave it.
   */
  async killAfter(calls: readonly Call[]): Promise<Aftermath[]> {
    const machine = this.#machine;
    this.#putBack(this.#template);
    const began = Date.now();
    const copies: (readonly [call: Call | undefined, copy: string])[] = [];
    const start = (through: readonly string[]) =>
      new RunProcess(machine, { ...this.#scenario.command, through });
    const { exitCode, stderr } = await stopAfter(calls, start, (at) => {
      const copy = mkdtempSync(join(this.#kept, 'copy-'));
      copyTree(machine.home, copy);
      copies.push([calls[at], copy]);
    });
    if (exitCode !== 0) throw new Error(`strace: ${stderr}`);
    const aftermaths: Aftermath[] = [];
    for (const [call, copy] of copies) {
      this.#putBack(copy);
      rmSync(copy, { recursive: true });
      const { problems, ...rest } = await this.#lookAt(began);
      aftermaths.push({
        ...rest,
        problems: problems.map((problem) => `${problem} (killed after ${call?.text})`),
      });
    }
    return aftermaths;
  }

  #putBack(copy: string): void {
    rmSync(this.#machine.home, { recursive: true });
    copyTree(copy, this.#machine.home);
  }

  /** @param began when the killed run began, in milliseconds since 1970 */
  async #lookAt(began: number): Promise<Aftermath> {
    const machine = this.#machine;
    const left = standOf(machine);
    const successorBegan = Date.now();
    machine.isFromSource = !this.#scenario.isBuilt && this.#looked % 4 !== 0;
    this.#looked += 1;
    const answer = await machine.post();
    machine.isFromSource = false;
    const problems = this.#judgeLeft(left);
    if (answer.status !== 200)
      problems.push(`the next POST: ${answer.status}: ${answer.result?.error?.message}`);
    const updated = answer.result?.outcome === 'updated';
    problems.push(...this.#judgeConverged(standOf(machine)));
    if (updated || !same(left, this.#before)) {
      const mtime = statSync(machine.path('navigator.yml')).mtimeMs;
      const since = updated ? successorBegan : began;
      if (mtime < since + AHEAD) problems.push('Navigator would not reload');
    }
    const rows = await readHistory(machine.dbDir, 100);
    const [successor, killed] = rows.length > this.#runs + 1 ? rows : [rows[0], null];
    if (successor?.run !== answer.result?.run) problems.push('the next POST is not in the history');
    if (killed === null && !same(left, this.#before)) problems.push('the killed run is not in the history');
    return { problems, recorded: killed?.outcome ?? null, installed: this.#newIn(left) };
  }

  #judgeLeft(left: Stand): string[] {
    const { before, after } = this.#ends();
    const changing = INSTALLED.filter((name) => before[name] !== after[name]);
    const problems = INSTALLED.filter(
      (name) => left[name] !== before[name] && left[name] !== after[name],
    ).map((name) => `${name} is neither old nor new: ${left[name]}`);
    const firstOld = changing.findIndex((name) => left[name] === before[name]);
    const early = firstOld < 0 ? [] : changing.slice(firstOld).filter((name) => left[name] === after[name]);
    return [...problems, ...early.map((name) => `${name} is new while ${changing[firstOld]} is old`)];
  }

  #judgeConverged(stand: Stand): string[] {
    const { before, after } = this.#ends();
    const problems: string[] = [];
    if (!same(stand, after) && !(this.#scenario.mayReturn && same(stand, before))) {
      const names = INSTALLED.filter((name) => stand[name] !== after[name]);
      problems.push(`the next POST did not converge: ${names.join(', ')}`);
    }
    const paths = pathsOf(this.#machine);
    const left = paths.filter((path) => !this.#paths.includes(path) && !isVoidJournal(path));
    const gone = this.#paths.filter((path) => !paths.includes(path));
    if (left.length > 0) problems.push(`left over: ${left.join(', ')}`);
    if (gone.length > 0 && !this.#scenario.mayReturn) problems.push(`gone: ${gone.join(', ')}`);
    const stateDir = stateDirOf(this.#machine.dbDir);
    const kept = readdirSync(join(stateDir, 'generations'));
    if (listGenerations(stateDir).length !== kept.length) problems.push('a generation is not whole');
    return problems;
  }

  #newIn(stand: Stand): number {
    const { before, after } = this.#ends();
    return INSTALLED.filter((name) => before[name] !== after[name] && stand[name] === after[name]).length;
  }

  #ends(): { before: Stand; after: Stand } {
    if (!this.#before || !this.#after) throw new Error('not begun');
    return { before: this.#before, after: this.#after };
  }
}

function same(a: Stand, b: Stand | null): boolean {
  return INSTALLED.every((name) => a[name] === b?.[name]);
}

/** A rollback journal that begins with zeroes was never part of a transaction; SQLite writes over it some day. */
function isVoidJournal(path: string): boolean {
  return path.endsWith('-journal') && readFileSync(path)[0] === 0;
}
