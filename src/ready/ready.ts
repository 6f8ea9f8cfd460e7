import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { tryLock } from '../database/lock.ts';
import type { Summary } from '../report/results.ts';
import { Steps } from '../report/steps.ts';
import { newRunId } from '../run-id.ts';
import { ensureReadyDir } from './ready-place.ts';
import { dropTaken, hasNotes, leaveNotes, takeNew, takeNotes } from './request-notes.ts';
import { beginning, OPERATION, runRound } from './round.ts';
import type { ReadyContext, Scope, StageName } from './stages.ts';

/** How a ready hook ended. */
export interface ReadyResult {
  /** A summary for each round; that of the handing over where another hook was at work. */
  readonly summaries: readonly Summary[];
  /** Whether anything is left undone: what a later round has mended is not. */
  readonly failed: boolean;
}

const LOCK = 'lock';

/**
 * The ready hook: one at a time for an application, and nothing is lost. If another one is running, it leaves a note
 * and ends; the running one does another round, with the newest index, until there are no more notes.
 *
 * There is no gap: a note is left before the lock is tried, and the holder looks for notes once more after releasing
 * it.
 *
 * @throws {Failure} `config-invalid`, `disk`
 */
export async function runReady(context: ReadyContext, scope: Scope): Promise<ReadyResult> {
  const dir = ensureReadyDir(context.site.appRoot);
  const path = join(dir, LOCK);
  const summaries: Summary[] = [];
  const undone = new Set<string>();
  const work: Work = { context, dir, summaries, undone, begun: 0, latest: new Map() };
  leaveNotes(dir, scope);
  do {
    const lock = tryLock(path);
    if (!lock) break;
    try {
      for (let asked = takeNotes(dir); asked; asked = takeNotes(dir)) {
        await goRound(work, asked, (stage) => (stage === 'pages' ? lookAfterTenants(work) : idle));
      }
    } finally {
      lock.release();
    }
  } while (hasNotes(dir));
  // Either it is at work now, or it took our note and was done before we had the lock.
  if (summaries.length === 0) summaries.push(handOver(context));
  return { summaries, failed: undone.size > 0 };
}

interface Work {
  readonly context: ReadyContext;
  readonly dir: string;
  readonly summaries: Summary[];
  readonly undone: Set<string>;
  /** Rounds that were begun. */
  begun: number;
  /** By stage: the latest round that has ended with it, which is not the last to end where one ran beside another. */
  readonly latest: Map<StageName, number>;
}

async function goRound(
  work: Work,
  asked: Scope,
  beside: (stage: StageName) => () => Promise<void> = () => idle,
): Promise<void> {
  const { context, dir, summaries, undone, latest } = work;
  work.begun += 1;
  const number = work.begun;
  const summary = await runRound(context, { scope: asked, dryRun: false, number, beside });
  summaries.push(summary);
  for (const stage of asked) {
    if (number < (latest.get(stage) ?? 0)) continue;
    latest.set(stage, number);
    const failed = summary.error || summary.failures.some(({ step }) => step === stage);
    if (failed) undone.add(stage);
    else undone.delete(stage);
  }
  dropTaken(dir, asked);
}

const idle = async (): Promise<void> => {};

/** Milliseconds between two looks for a note. */
const LOOK_MS = 200;

/**
 * While pages are rendered, which may take minutes, the tenants of an index that was installed since are looked after as
 * soon as a hook asks for them: a new event without a database fails its visitors, an old page does not.
 *
 * @returns a function that ends it; resolves when its current work is done
 */
function lookAfterTenants(work: Work): () => Promise<void> {
  const ended = new AbortController();
  const looking = (async () => {
    do {
      if (hasNotes(work.dir, ['tenants']) && takeNew(work.dir, 'tenants')) await goRound(work, ['tenants']);
      await wait(LOOK_MS, undefined, { signal: ended.signal }).catch(idle);
    } while (!ended.signal.aborted);
  })();
  looking.catch(() => {}); // reported where it is awaited
  return async () => {
    ended.abort();
    await looking;
  };
}

/** A dry run of one round: it takes no lock and leaves no note. */
export async function previewReady(context: ReadyContext, scope: Scope): Promise<ReadyResult> {
  const summary = await runRound(context, { scope, dryRun: true, number: 1 });
  return { summaries: [summary], failed: summary.outcome === 'failed' };
}

function handOver({ site, report }: ReadyContext): Summary {
  const steps = new Steps(report);
  const run = newRunId();
  const { machineId: machine, region } = site;
  steps.begin(beginning(run, machine, []));
  steps.note('another ready hook is running on this machine; it does this work too');
  const facts = { run, operation: OPERATION, machine, region, counts: {}, failures: [], steps: [] };
  const summary: Summary = { ...facts, outcome: 'handed-over' };
  steps.say({ type: 'run-ended', kind: 'operation', result: summary });
  return summary;
}
