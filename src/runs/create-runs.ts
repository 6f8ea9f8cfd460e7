import { pause } from '../backoff.ts';
import { isDamage } from '../database/repair.ts';
import { Failure, problemOf } from '../failure.ts';
import { onDisk } from '../files/disk.ts';
import { createScrubber, secretsOf } from '../report/redact.ts';
import { createDeploys } from './deploys/create-deploys.ts';
import { removeOldDeploys } from './deploys/deploy-retention.ts';
import { holdRuns } from './hold-runs.ts';
import { afterEnd, HookDesk } from './hooks/hook-desk.ts';
import { KeptReceipts } from './hooks/kept-receipts.ts';
import type { EndpointOf } from './hooks/webhook-model.ts';
import { WebhookOutbox } from './hooks/webhook-outbox.ts';
import { LiveChecks } from './live-checks.ts';
import { Queue } from './queue.ts';
import { recoverIntended, recoverRuns } from './recover-runs.ts';
import { ResetTokens } from './reset-tokens.ts';
import { removeOld } from './retention.ts';
import { RunBook } from './run-book.ts';
import type { ChildContext } from './run-config-update.ts';
import type { DeploymentContext } from './run-deployment.ts';
import { type Limits, USUAL_LIMITS } from './run-limits.ts';
import type { Change } from './run-model.ts';
import type { Runs } from './runs.ts';
import { proveWritable, suspect } from './runs-file.ts';
import { RunsCounter } from './runs-tally.ts';
import { Watchers } from './watchers.ts';

/** `command`, `cwd` and `env` are those of config-update: leave out of `env` what only this server needs. */
export interface RunsContext extends ChildContext {
  /** For `runs.sqlite3`; made if need be. */
  readonly stateDir: string;
  /** Whose journal knows the runs over the fleet. */
  readonly dbDir: string;
  /** The usual target. */
  readonly target: string;
  /** Whether the index has a change that was `intended` when a server ended. */
  readonly isInIndex: (change: Change) => boolean | Promise<boolean>;
  /** The value of an `Authorization` header for the address of a live check; null for none. */
  readonly authorization: (url: URL) => string | null;
  /** Told, for the log, what went wrong beside the runs. */
  readonly report: (problem: string) => void;
  /** Told the runs and changes that are no longer as they were, after that is durable. Must not throw. */
  readonly heard?: (ids: ReadonlySet<string>) => void;
  /** Where programs are told of runs; nowhere where absent. */
  readonly endpoints?: readonly EndpointOf[];
  /** Where a run is to be seen; absent where nobody has said it. */
  readonly runUrl?: (id: string) => string | null;
  /** Absent where nothing is deployed from here. */
  readonly deployment?: DeploymentContext;
  readonly limits?: Partial<Limits>;
}

/** Milliseconds between two removals of old runs. */
const REMOVE_MS = 3_600_000;

/**
 * Opens the runs of a state directory. Call `start` when the server listens, and `close` in the end.
 *
 * @throws {Failure} `busy`: another process has them; `disk`, `config-invalid`
 */
export function createRuns(context: RunsContext): Runs {
  const { stateDir, report, target } = context;
  const limits = { ...USUAL_LIMITS, ...context.limits };
  const { db, lock } = holdRuns(stateDir, report);
  const stop = new AbortController();
  const { signal } = stop;
  const watchers = new Watchers();
  let isOpen = false;
  const damaged = (): void => suspect(db);
  const failed = (error: unknown): void => {
    if (isDamage(error)) damaged();
    report(problemOf(error).message);
  };
  let isQueued = false;
  // Once for all that changes in one go, and never in the middle of a step.
  const advance = (): void => {
    if (isQueued || !isOpen) return;
    isQueued = true;
    setImmediate(() => {
      isQueued = false;
      queue.advance();
      checks.advance();
    });
  };
  const changed = (ids: ReadonlySet<string>): void => {
    watchers.wake(ids);
    context.heard?.(ids);
    advance();
  };
  const keep = async (work: () => void): Promise<void> => {
    for (;;) {
      try {
        return work();
      } catch (error) {
        failed(error);
        if (signal.aborted) return;
        await pause(limits.diskPauseMs, signal);
      }
    }
  };
  const tokens = new ResetTokens(db);
  const counter = new RunsCounter(db);
  const deploys = createDeploys({ db, watchers, now: Date.now, damaged });
  const receipts = new KeptReceipts(db);
  const outbox = new WebhookOutbox(db, context.endpoints ?? []);
  const news = { scrubber: createScrubber(secretsOf(context.env)), runUrl: context.runUrl ?? (() => null) };
  const book: RunBook = new RunBook({
    ...{ db, limits, target, changed },
    ended: (run, publish) => afterEnd({ book, receipts, outbox, news }, run, publish),
  });
  const shared = { book, limits, keep, signal, failed };
  const queue = new Queue({
    ...shared,
    child: context,
    deployment: context.deployment ?? null,
    news: (run) => watchers.wake([run]),
  });
  const checks = new LiveChecks({ ...shared, authorization: context.authorization });
  const intended = book.changes.inState('intended').map(({ id }) => id);
  const recovering = { ...context, book, failed };

  const lookUp = async (ids: readonly string[]): Promise<readonly string[]> => {
    let left = ids;
    await untilKept(async () => {
      left = await recoverIntended(recovering, left);
    });
    return left;
  };
  const lookUpUntilFound = async (ids: readonly string[]): Promise<void> => {
    for (let left = ids; left.length > 0 && !signal.aborted; ) {
      await pause(limits.diskPauseMs, signal);
      if (!signal.aborted) left = await lookUp(left);
    }
  };
  /** What is known now about changes of passwords tells which tokens were used for nothing. */
  const revive = (): Promise<void> => untilKept(async () => tokens.revive());
  const recover = async (): Promise<void> => {
    await untilKept(async () => outbox.recover());
    await untilKept(() => recoverRuns(recovering));
    const left = await lookUp(intended);
    await revive();
    isOpen = !signal.aborted;
    advance();
    if (left.length === 0) return;
    await lookUpUntilFound(left);
    await revive();
  };
  const untilKept = async (work: () => Promise<void>): Promise<void> => {
    while (!signal.aborted) {
      try {
        return await work();
      } catch (error) {
        failed(error);
        await pause(limits.diskPauseMs, signal);
      }
    }
  };
  const tidy = async (): Promise<void> => {
    while (!signal.aborted) {
      await removeOld(db, Date.now(), signal).catch(failed);
      await removeOldDeploys(db, Date.now(), signal).catch(failed);
      await untilKept(async () => {
        outbox.removeOld(Date.now());
        receipts.removeOld(Date.now());
      });
      await pause(REMOVE_MS, signal);
    }
  };
  /** What goes on beside the runs. */
  const under = new Set<Promise<unknown>>();
  const beside = (work: Promise<unknown>): void => {
    const done: Promise<unknown> = work.finally(() => under.delete(done));
    under.add(done);
  };
  /** What became of the index is so: a disk that does not take that now is asked again. Until then it is as after a kill. */
  const surely = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'disk') throw error;
      beside(keep(work).then(revive));
    }
  };

  return {
    intend: (change) => book.intend(change),
    saved: (id, done) => surely(() => book.saved(id, done)),
    drop: (id) => surely(() => book.drop(id)),
    doubt: (id) => beside(lookUp([id]).then(lookUpUntilFound).then(revive)),
    publish: (by, trigger, of) => book.publish(by, trigger, of),
    retry: (id, by) => book.retry(id, by),
    cancel: (run, by) => book.cancel(run, by),
    run: (id) => book.runs.get(id),
    change: (id) => book.changes.get(id),
    runs: (filter = {}) => book.runs.list(filter),
    changes: (filter = {}) => book.changes.list(filter),
    changesOf: (run) => book.changes.ofRun(run),
    events: (run, after, limit) => {
      try {
        return book.events.after(run, after, limit);
      } catch (error) {
        failed(error);
        throw error;
      }
    },
    waitFor: async (id, after, ms, until) => {
      const last = book.runs.lastSeq(id);
      if (last !== null && last <= after) await watchers.wait([id], ms, until);
    },
    waitForChange: async (id, ms, until) => {
      const change = book.changes.get(id);
      const ids = [id, change?.run].filter((each) => each != null);
      if (change) await watchers.wait(ids, ms, until);
    },
    tally: () => onDisk('cannot read', db.name, () => counter.tally()),
    ended: (id) => counter.ended(id),
    proveWritable: () => proveWritable(db),
    tokens,
    deploys,
    hooks: new HookDesk({ book, receipts }),
    outbox,
    start: () => {
      beside(recover());
      beside(tidy());
    },
    close: async () => {
      stop.abort();
      watchers.wakeAll();
      await Promise.all([...under, queue.ended(), checks.ended()]);
      db.close();
      lock.release();
    },
  };
}
