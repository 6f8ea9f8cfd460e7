import type { Lock } from '../database/lock.ts';
import { madeBefore } from '../database/made-before.ts';
import { asFailure, Failure } from '../failure.ts';
import { readLiveIndex } from '../install/live-index.ts';
import { recover } from '../install/recover.ts';
import { moment } from '../journal/arrival.ts';
import { unlessDamaged } from '../journal/history.ts';
import { acquireJournal, type Journal } from '../journal/journal.ts';
import type { Arrival } from '../journal/journal-model.ts';
import { readShareable } from '../journal/remembered.ts';
import type { Outcome, RunResult } from '../report/results.ts';
import { Steps } from '../report/steps.ts';
import { giveAwayLeftovers } from '../rights/leftovers.ts';
import { newRunId } from '../run-id.ts';
import { maintenancePath, targetDirectories } from '../site/paths.ts';
import { takeLane } from './lane.ts';
import type { LockRequest, Operation, Planned, Work } from './locked-work.ts';
import { endResult, type Findings, failureResult, newFindings } from './result.ts';
import type { UpdateContext } from './update-context.ts';
import { LOCK } from './update-steps.ts';

/** Files that an update writes to, and that earlier releases may have left as root's. Other files are replaced. */
const INDEX_FILES = ['', '-wal', '-shm', '-journal'].map((suffix) => `index.sqlite3${suffix}`);

/** The part of the waiting time for the lock that a run waits for a lane to the store. */
const LANE_SHARE = 0.1;
/** How often the preparation is repeated because another run came in between. */
const MOST_ROUNDS = 4;

/**
 * Runs one operation under the lock of this machine, after clearing away what a killed run left, and records it. Never
 * throws: an error becomes the result.
 */
export async function underLock(
  context: UpdateContext,
  request: LockRequest,
  perform: (operation: Operation) => Promise<Outcome>,
): Promise<RunResult> {
  const plan = async (operation: Operation) => ({ isOver: false, perform: () => perform(operation) });
  return await prepareAndLock(context, request, { prepare: async () => undefined, plan });
}

/** The same for an operation with a preparation; the lock is not held during that. */
export async function prepareAndLock<T>(
  context: UpdateContext,
  request: LockRequest,
  work: Work<T>,
): Promise<RunResult> {
  const { site } = context;
  const steps = new Steps(context.report);
  const findings = newFindings(newRunId());
  const { operation, trigger } = request;
  const target = site.machineId;
  steps.begin({
    kind: 'update',
    run: findings.run,
    operation,
    trigger,
    by: null,
    target,
    steps: request.steps,
  });
  const run = new LockedRun(context, request, steps, findings);
  let result: RunResult;
  try {
    result = await run.whole(work);
  } catch (error) {
    if (asFailure(error) !== error) context.unexpected(error);
    result = failureResult(site, steps, findings, error);
    run.recordFailure(result);
  } finally {
    run.close();
  }
  steps.say({ type: 'run-ended', kind: 'update', result });
  return result;
}

class LockedRun {
  readonly #context: UpdateContext;
  readonly #request: LockRequest;
  readonly #steps: Steps;
  readonly #findings: Findings;
  #journal: Journal | null = null;
  #lane: Lock | null = null;
  /** The result of another run that counts for this one, too. */
  #other: RunResult | null = null;

  constructor(context: UpdateContext, request: LockRequest, steps: Steps, findings: Findings) {
    this.#context = context;
    this.#request = request;
    this.#lane = request.lane ?? null;
    this.#steps = steps;
    this.#findings = findings;
  }

  async whole<T>(work: Work<T>): Promise<RunResult> {
    const before = await this.#readBefore();
    if (before?.result) return this.#shared(before.result);
    for (let round = 1; ; round++) {
      // Before it looks at anything outside: a request that arrives later must not take its result.
      const began = { ...moment(), at: Date.now() };
      const prepared = await attempt(() =>
        work.prepare(this.#steps, round === 1 && before ? before.remembered : null),
      );
      const { journal, planned } = await this.#acquire(prepared, (held) =>
        this.#plan(work, prepared, held, { began, mayRepeat: round < MOST_ROUNDS }),
      );
      if (this.#other) return this.#shared(this.#other);
      if (!planned.ok) throw planned.error;
      if (planned.value === null) {
        this.#steps.note('another run came in between; the store is asked once more');
        this.#unlock();
        continue;
      }
      const outcome = await planned.value.perform();
      const result = endResult(this.#context.site, this.#steps, this.#findings, outcome);
      this.#recorded(() => journal.finish(this.#findings.run, result));
      return result;
    }
  }

  /** @returns null if the preparation is to be made again */
  async #plan<T>(
    { live: liveOf, fits, plan }: Work<T>,
    prepared: Attempted<T>,
    journal: Journal,
    { began, mayRepeat }: { readonly began: Arrival & { readonly at: number }; readonly mayRepeat: boolean },
  ): Promise<Planned | null> {
    const { site, settings } = this.#context;
    const known = prepared.ok ? liveOf?.(prepared.value) : null;
    const live = await readLiveIndex(site, settings.maxIndexBytes, known);
    if (mayRepeat && prepared.ok && fits && !fits(prepared.value, journal, live)) {
      this.#steps.goOnWith(this.#request.steps);
      return null;
    }
    this.#begin(journal, began);
    journal.adoptIntended(live.digest);
    if (!prepared.ok) throw prepared.error;
    const operation = { journal, steps: this.#steps, findings: this.#findings, live };
    const planned = await plan(operation, prepared.value);
    if (planned.isOver) this.#steps.endHere();
    return planned;
  }

  close(): void {
    this.#unlock();
    this.#lane?.release();
    this.#lane = null;
  }

  #unlock(): void {
    this.#journal?.close();
    this.#journal = null;
  }

  /** Of many runs that start together, most wait for a lane, and then find that another run has done the work. */
  async #readBefore() {
    if (!this.#request.mayShare) return null;
    const { dbDir } = this.#context.site;
    const timeoutMs = this.#request.lockTimeoutMs ?? this.#context.settings.lockTimeoutMs;
    this.#lane ??= await takeLane(dbDir, timeoutMs * LANE_SHARE);
    const wanted = { since: this.#request.arrival, caller: this.#caller() };
    return await unlessDamaged(readShareable(dbDir, timeoutMs, wanted), null);
  }

  #shared(other: RunResult): RunResult {
    this.#steps.note(`run ${other.run} began after this request arrived, so its result is this one's too`);
    return { ...other, shared: true };
  }

  /** A failure that cannot be recorded (a full disk, most likely) is still answered. */
  recordFailure(result: RunResult): void {
    try {
      this.#journal?.finish(result.run, result);
    } catch (error) {
      this.#steps.warn(`this failure could not be recorded in the journal: ${asFailure(error).message}`);
    }
  }

  #caller() {
    const { kind, sha256 } = this.#request;
    return { kind, appRoot: this.#context.site.appRoot, ...(sha256 === undefined ? {} : { sha256 }) };
  }

  #begin(journal: Journal, began: Arrival & { readonly at: number }): void {
    const { trigger } = this.#request;
    // Becomes durable with the first change on disk; until then there is nothing to report.
    journal.begin({ run: this.#findings.run, trigger, ...this.#caller(), began }, 'with-next');
  }

  /** Records something: always if it is required, else if it can. */
  #recorded(write: () => void): void {
    try {
      write();
    } catch (error) {
      if (!this.#request.unrecorded || !(error instanceof Failure) || error.code !== 'disk') throw error;
      this.#steps.warn(`this run could not be recorded: ${error.message}`);
    }
  }

  /**
   * Takes the lock, and plans what is done under it, so that the step knows whether it is the last one. If the preparation
   * failed already, report that, not that the lock was not free either.
   */
  async #acquire(prepared: Attempted<unknown>, plan: (journal: Journal) => Promise<Planned | null>) {
    try {
      return await this.#steps.run(LOCK, async () => {
        const timeoutMs = this.#request.lockTimeoutMs ?? this.#context.settings.lockTimeoutMs;
        const journal = await acquireJournal({ dbDir: this.#context.site.dbDir, timeoutMs });
        this.#clearUp(journal);
        this.#other = journal.resultSince(this.#request.arrival, this.#caller());
        this.#journal = journal;
        if (this.#other) this.#steps.endHere();
        const planned = await attempt(async () => (this.#other ? null : await plan(journal)));
        return { value: { journal, planned }, detail: 'held' };
      });
    } catch (error) {
      throw prepared.ok ? error : prepared.error;
    }
  }

  #clearUp(journal: Journal): void {
    const { site } = this.#context;
    for (const note of journal.notes) this.#steps.warn(note);
    giveAwayLeftovers(site.dbDir, INDEX_FILES, madeBefore);
    const removed = recover({
      stateDir: journal.stateDir,
      directories: targetDirectories(site),
      spared: [maintenancePath(site)],
      run: this.#findings.run,
    });
    for (const path of removed) this.#steps.note(`removed ${path}, left by a run that was cut short`);
  }
}

type Attempted<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: unknown };

async function attempt<T>(work: () => Promise<T>): Promise<Attempted<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    return { ok: false, error };
  }
}
