import { join } from 'node:path';
import { swapDatabase } from '../database/swap.ts';
import { Failure } from '../failure.ts';
import { stagedPath } from '../files/staged-names.ts';
import type { PlannedFile } from '../generate/planned-file.ts';
import { commitFiles } from '../install/commit.ts';
import type { Comparison } from '../install/compare.ts';
import { generationsDir, keepGeneration, removeGeneration } from '../install/generations.ts';
import type { LiveIndex } from '../install/live-index.ts';
import { discardStaged, type Staged, stageFiles } from '../install/stage.ts';
import type { Journal } from '../journal/journal.ts';
import type { InstalledState } from '../journal/journal-model.ts';
import { localFacts } from './candidate.ts';

/** What is to be put in place. */
export interface Change {
  readonly run: string;
  /** The index as it is now. */
  readonly live: LiveIndex;
  /** The new index; null when the installed one stays. */
  readonly index: { readonly image: Buffer; readonly modified: Date } | null;
  /** The files that are to be replaced, and what stands there. */
  readonly files: readonly Comparison[];
  /** Navigator's configuration, whose fresh mtime makes it reload; null where nothing of Navigator's changes. */
  readonly reloadFile: string | null;
  /** How many generations are kept. */
  readonly generations: number;
  /** As `InstallOptions.spare`. */
  readonly spare?: boolean;
  /** What is put in place beside, between the files and Navigator's configuration; null for nothing. */
  readonly beside: Beside | null;
  /** What the journal remembers of the index, given the digest of what then stands there; null: nothing new. */
  readonly remember: ((digest: string) => InstalledState) | null;
}

export interface Beside {
  /** Records what is about to be done, before the first change; must not throw. */
  readonly announce: () => void;
  /** Deletes that record if nothing was changed after all; must not throw. */
  readonly withdraw: () => void;
  /** Must not throw. */
  readonly place: () => Promise<void>;
}

/**
 * Stages the files of a change beside their targets, and has `prove` look at them as the disk holds them.
 *
 * @throws {Failure} `disk`, or what `prove` throws; then nothing is left behind.
 */
export async function stageChange(
  change: Change,
  prove: (files: readonly PlannedFile[]) => Promise<void>,
): Promise<Staged[]> {
  return await stageFiles(
    change.files.map(({ file }) => file),
    change.run,
    prove,
  );
}

/**
 * Puts a staged change in place, in the one order in which a kill at any moment leaves every file old or new and the
 * next run able to finish: first a copy of everything that will be replaced; then the index, the files, the databases
 * of new events, and navigator.yml last. The intent to reload is durable from before the first change until
 * navigator.yml has its new mtime, so the run after a killed one reloads even if it finds nothing to do.
 *
 * @throws {Failure} `disk`. Its message says so if something had been changed already.
 */
export async function installChange(
  journal: Journal,
  change: Change,
  staged: readonly Staged[],
): Promise<void> {
  const { run, live, index, files } = change;
  const replaces = index !== null || files.length > 0;
  let digest = live.digest;
  try {
    if (replaces) orSpare(change, () => keep(journal, change));
    change.beside?.announce();
    if (index) {
      const { image, modified: mtime } = index;
      const announce = (next: string) => journal.setPendingReload(run, change.remember?.(next) ?? null);
      const swapped = await swapDatabase({
        path: live.path,
        image,
        staged: stagedPath(live.path, run),
        mtime,
        announce,
      });
      digest = swapped.digest;
    } else {
      orSpare(change, () => journal.setPendingReload(run));
    }
  } catch (error) {
    discardStaged(staged);
    // After `internal` the new index is in place but damaged: the old one is what a rollback needs.
    const inPlace = error instanceof Failure && error.code === 'internal';
    if (!inPlace) change.beside?.withdraw();
    if (replaces && !inPlace) removeGeneration(join(generationsDir(journal.stateDir), run));
    throw error;
  }
  try {
    await commit(journal, change, staged);
    const learnt = change.remember && digest ? change.remember(digest) : null;
    journal.clearPendingReload(learnt, 'with-next'); // with how the run ended, which is all that is left
  } catch (error) {
    throw halfWay(error);
  }
}

async function commit(
  journal: Journal,
  { reloadFile, beside }: Change,
  staged: readonly Staged[],
): Promise<void> {
  const reload = () => (reloadFile === null ? null : { path: reloadFile, clockMark: journal.clockMark() });
  if (beside === null) {
    commitFiles(staged, reload());
    return;
  }
  const [last, others] = [true, false].map((isLast) =>
    staged.filter(({ file }) => (file.path === reloadFile) === isLast),
  ) as [Staged[], Staged[]];
  try {
    commitFiles(others, null);
    await beside.place();
  } catch (error) {
    discardStaged(last);
    throw error;
  }
  commitFiles(last, reload());
}

/** Does optional work. With `spare`, a failure of the disk does not matter. */
function orSpare({ spare }: Change, work: () => unknown): void {
  try {
    work();
  } catch (error) {
    if (!spare || !(error instanceof Failure) || error.code !== 'disk') throw error;
  }
}

/** The disk failed between two renames: this is the only failure that leaves a change behind. */
function halfWay(error: unknown): Failure {
  const reason = error instanceof Error ? error.message : String(error);
  const hint =
    error instanceof Failure
      ? error.hint
      : 'Look at the log: in RAILS_LOG_VOLUME, or on standard error of the CGI.';
  return new Failure('disk', `the update is only partly installed: ${reason}`, {
    hint: `${hint} The next run completes it, and reloads.`,
    cause: error,
  });
}

function keep(journal: Journal, { run, live, index, files, generations }: Change): void {
  const replaced = {
    index: index ? live.image : null,
    files: files.map(({ file, previous }) => ({ kind: file.kind, previous })),
  };
  const facts = live.image ? localFacts(live, journal.installed()) : null;
  const completes = journal.pendingRun()?.run ?? null;
  keepGeneration(journal.stateDir, run, replaced, facts, { keep: generations, completes });
}
