import { generate } from '../generate/generate.ts';
import type { PlannedFile } from '../generate/planned-file.ts';
import { type Comparison, compareFiles } from '../install/compare.ts';
import { clearOwedEvents, readOwedEvents } from '../journal/owed-events.ts';
import type { Outcome } from '../report/events.ts';
import { navigatorPath } from '../site/paths.ts';
import type { Ahead } from './ahead.ts';
import type { Change } from './apply.ts';
import type { Candidate } from './candidate.ts';
import type { Operation } from './locked.ts';
import {
  announceDatabases,
  forgetDatabases,
  newEventsOf,
  placeDatabases,
  withdrawDatabases,
} from './new-events.ts';
import { describeChanges, fileFacts, proveFiles, readStep } from './prove-plan.ts';
import type { Parts } from './update-context.ts';
import { limitYoungGeneration } from './young.ts';

export interface InstallOptions {
  /** Install every file anew, whatever stands there. */
  readonly force: boolean;
  /** Make Navigator reload in any case; as `force`, where absent. */
  readonly reload?: boolean;
  /** Do without what can be missed where the disk has no room: the generation, the note of a reload that is owed. */
  readonly spare?: boolean;
  /** What was read and asked before the lock was taken; null for nothing. */
  readonly ahead?: Ahead | null;
  /** Whether no object store is configured. */
  readonly storeless?: boolean;
  /** `left`: the databases of new events are left to the ready hook, since nobody may wait. */
  readonly databases?: 'left';
}

/**
 * From a candidate to an installed configuration: read, generate, check, install. Installs what differs, and makes
 * Navigator reload when anything did, when it is forced, or when a killed run left a reload owing.
 */
export async function installCandidate(
  parts: Parts,
  { journal, steps, findings, live }: Operation,
  candidate: Candidate,
  options: InstallOptions,
): Promise<Outcome> {
  const { site } = parts;
  const { force, reload = force, spare = false, ahead = null } = options;
  clearOwedEvents(site.dbDir, findings.run);
  const known = ahead !== null && ahead.image === candidate.image ? ahead.read : null;
  const index = await readStep(site, { steps, findings }, candidate, known);
  await limitYoungGeneration(candidate.image.length);

  const indexChanged = candidate.digest !== live.digest;
  const comparisons = await steps.run('generate', 'Generate the files and compare them', () => {
    const value = compareFiles(generate(index, site));
    findings.files = fileFacts(value, {
      path: live.path,
      changed: indexChanged,
      size: candidate.image.length,
    });
    return { value, detail: describeChanges(findings.files) };
  });

  const changed = indexChanged || comparisons.some((comparison) => comparison.changed);
  if (!changed && !reload && !journal.pendingReload()) {
    if (candidate.remember) journal.setInstalled(candidate.remember);
    return 'unchanged';
  }
  const { remember } = candidate;
  const owed = readOwedEvents(site.dbDir);
  const isLeft = options.databases === 'left';
  // An index that somebody has put in the place of the one before; a new machine's databases are not made here.
  const every = options.storeless === true && !indexChanged && isOther(comparisons);
  const compared = { site, index, before: live.image, owed, every };
  const events = isLeft ? [] : newEventsOf(compared);
  const databases = events.length > 0 ? (ahead?.databases ?? (await parts.openNewDatabases())) : null;
  const work = databases && { site, databases, events, owed, findings, steps };
  const change: Change = {
    run: findings.run,
    live,
    index: indexChanged ? { image: candidate.image, modified: new Date(candidate.facts.time) } : null,
    files: comparisons.filter((comparison) => comparison.changed || force),
    reloadFile: navigatorPath(site),
    generations: parts.settings.generations,
    spare,
    beside: work && {
      announce: () => announceDatabases(work),
      withdraw: () => withdrawDatabases(work),
      place: () => placeDatabases(work),
    },
    remember: remember && ((digest) => ({ ...remember, digest })),
  };
  // Only here: most runs find nothing to install.
  const { installChange, stageChange } = await import('./apply.ts');
  const staged = await steps.run('check', 'Stage the new files and check every rule', async () => {
    const value = await stageChange(change, (reread) =>
      proveFiles(withReread(comparisons, reread), index, site),
    );
    return { value, detail: `${value.length} files staged, every rule holds` };
  });
  await steps.run('install', 'Install', async () => {
    await installChange(journal, change, staged);
    if (!work && owed.size > 0 && !isLeft) forgetDatabases(site, findings);
    return { value: undefined, detail: changed ? describeChanges(findings.files) : 'a reload, nothing else' };
  });
  findings.reload = true;
  return 'updated';
}

/** Whether Navigator serves by a configuration that is not the planned one. */
function isOther(comparisons: readonly Comparison[]): boolean {
  const navigator = comparisons.find(({ file }) => file.kind === 'navigator');
  return navigator?.changed === true && navigator.previous !== null;
}

/** The whole plan, with what was staged as the disk holds it. */
function withReread(comparisons: readonly Comparison[], reread: readonly PlannedFile[]): PlannedFile[] {
  const byPath = new Map(reread.map((file) => [file.path, file]));
  return comparisons.map(({ file }) => byPath.get(file.path) ?? file);
}
