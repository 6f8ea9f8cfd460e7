/*
 * The main path. An update is a pipeline of plain values, in five steps:
 *
 *   fetch     the store, or a request -> the bytes of an index; or the word that the installed one is still right
 *   read      bytes -> Index: validated, its rows read, with warnings for those that are left out
 *   generate  (Index, Site) -> files, compared with those that stand on the disk
 *   prove     the files are staged, read back, and held to every rule
 *   install   the index is swapped, the files are renamed, navigator.yml last: its new time makes Navigator reload
 *
 * The four operations on a machine are lists of these steps:
 *
 *   update    fetch; then under the lock: read, generate, prove, install        update.ts
 *   dry run   fetch, read, generate, prove                                      dry-run.ts
 *   start     read, generate, prove, install, for htpasswd alone                start-update.ts
 *   rollback  the index of a generation: read, generate, prove, install         rollback.ts
 *
 * Nothing on the disk changes before `install`. An update whose inputs and outputs are those of the last run, byte for
 * byte, ends before `read` (unless-proved.ts): then this file is not even loaded.
 */

import { Failure } from '../failure.ts';
import { generate } from '../generate/generate.ts';
import type { PlannedFile } from '../generate/planned-file.ts';
import type { Index, ReadIndex } from '../index/index-model.ts';
import { countEvents, entriesOf } from '../index/index-model.ts';
import { readValidIndex } from '../index/read-index.ts';
import { firstOfEachKind } from '../index/warnings.ts';
import { type Comparison, compareFiles } from '../install/compare.ts';
import type { Staged } from '../install/stage.ts';
import type { Outcome } from '../report/results.ts';
import { navigatorPath } from '../site/paths.ts';
import type { Site } from '../site/site.ts';
import { counted } from '../text.ts';
import { type Change, installChange, stageChange } from './apply.ts';
import type { Candidate } from './candidate.ts';
import { describeChanges, fileFacts } from './changes.ts';
import type { InstallOptions } from './install-options.ts';
import type { Operation } from './locked-work.ts';
import { planDatabases } from './new-events.ts';
import { type Reading, tellReading } from './reading.ts';
import type { Running } from './result.ts';
import { rememberProof } from './unless-proved.ts';
import type { UpdateContext } from './update-context.ts';
import { CHECK, GENERATE, INSTALL, READ } from './update-steps.ts';

/**
 * Read, generate, prove, install: from a candidate to an installed configuration. Installs what differs, and makes
 * Navigator reload if anything did, if it is forced, or if a killed run left a reload owing.
 */
export async function installCandidate(
  context: UpdateContext,
  operation: Operation,
  candidate: Candidate,
  options: InstallOptions,
): Promise<Outcome> {
  const { site } = context;
  const { journal, steps, findings, live } = operation;
  const { force, reload = force, spare = false, ahead = null } = options;
  const running = { site, steps, findings };
  const known = ahead !== null && ahead.image === candidate.image ? ahead.read : null;
  const { index, reading } = await readStep(running, candidate, { before: known });
  await limitYoungGeneration(candidate.image.length);
  const indexChanged = candidate.digest !== live.digest;
  const isChanged = (files: readonly Comparison[]) => indexChanged || files.some((file) => file.changed);
  const isDone = (files: readonly Comparison[]) => !isChanged(files) && !reload && !journal.pendingReload();
  const comparisons = await generateStep(running, { index, candidate, live, isDone });
  const proof = { candidate, reading, comparisons };
  const changed = isChanged(comparisons);
  if (isDone(comparisons)) {
    if (candidate.remember) journal.setInstalled(candidate.remember);
    rememberProof(context, journal, proof);
    return 'unchanged';
  }
  // An index that replaced the one before; the databases of a new machine are not made here.
  const every = options.storeless === true && !indexChanged && isOther(comparisons);
  const asked = ahead?.databases ?? null;
  const isLeft = options.databases === 'left';
  const databases = await planDatabases(context, operation, { index, every, asked, isLeft });
  const { remember } = candidate;
  const change: Change = {
    run: findings.run,
    live,
    index: indexChanged ? { image: candidate.image, modified: new Date(candidate.facts.time) } : null,
    files: comparisons.filter((comparison) => comparison.changed || force),
    reloadFile: navigatorPath(site),
    generations: context.settings.generations,
    spare,
    beside: databases.beside,
    remember: remember && ((digest) => ({ ...remember, digest })),
  };
  const staged = await proveStep(running, change, { index, comparisons });
  await steps.run(INSTALL, async () => {
    await installChange(journal, change, staged);
    databases.finish();
    return { value: undefined, detail: changed ? describeChanges(findings.files) : 'a reload, nothing else' };
  });
  rememberProof(context, journal, proof);
  findings.reload = true;
  return 'updated';
}

interface ReadOptions {
  /** What was read of it before the lock was taken; null for nothing. */
  readonly before?: ReadIndex | null;
  /** Looks at the index while the step is under way. */
  readonly onRead?: (index: Index) => void;
}

/**
 * Validates an index and reads its rows; reports the rows that were left out, and what is odd about this machine.
 *
 * @throws {Failure} `index-invalid`, listing everything that is wrong
 */
export async function readStep(
  { site, steps, findings }: Running,
  candidate: Candidate,
  { before = null, onRead = () => {} }: ReadOptions = {},
): Promise<{ readonly index: Index; readonly reading: Reading }> {
  findings.index = candidate.facts;
  const { index, warnings } = await steps.run(READ, () => {
    const value = before ?? readValidIndex(candidate.image);
    onRead(value.index);
    return { value, detail: describeIndex(value) };
  });
  const reading: Reading = {
    detail: describeIndex({ index, warnings }),
    warnings: firstOfEachKind(warnings),
    knowsRegion: site.region === null || index.regions.some(({ code }) => code === site.region),
  };
  tellReading({ site, steps, findings }, reading);
  return { index, reading };
}

interface Generating extends Pick<Operation, 'live'> {
  readonly index: Index;
  readonly candidate: Candidate;
  /** Whether these comparisons leave nothing to do. */
  readonly isDone: (files: readonly Comparison[]) => boolean;
}

/** Generates every file, and compares it with what stands on the disk. */
async function generateStep(
  { site, steps, findings }: Running,
  { index, candidate, live, isDone }: Generating,
): Promise<Comparison[]> {
  return await steps.run(GENERATE, () => {
    const value = compareFiles(generate(index, site));
    const changed = candidate.digest !== live.digest;
    findings.files = fileFacts(value, { path: live.path, changed, size: candidate.image.length });
    if (isDone(value)) steps.endHere();
    return { value, detail: describeChanges(findings.files) };
  });
}

/** Whether Navigator serves by a configuration that is not the planned one. */
function isOther(comparisons: readonly Comparison[]): boolean {
  const navigator = comparisons.find(({ file }) => file.kind === 'navigator');
  return navigator?.changed === true && navigator.previous !== null;
}

/** Stages the changed files, then checks the whole plan, with the bytes on the disk, against every rule. */
async function proveStep(
  { site, steps }: Running,
  change: Change,
  { index, comparisons }: { index: Index; comparisons: readonly Comparison[] },
): Promise<Staged[]> {
  return await steps.run(CHECK, async () => {
    const value = await stageChange(change, (reread) =>
      proveFiles(withReread(comparisons, reread), index, site),
    );
    return { value, detail: `${value.length} files staged, every rule holds` };
  });
}

/**
 * Every rule over every planned file.
 *
 * @throws {Failure} `check-failed`, listing all violations.
 */
export async function proveFiles(files: readonly PlannedFile[], index: Index, site: Site): Promise<void> {
  // Only here: a run that finds nothing to change proves nothing.
  const [{ checkFiles }, { describeViolations }] = await Promise.all([
    import('../check/rules.ts'),
    import('../check/rule.ts'),
  ]);
  const violations = await checkFiles(files, { index, site });
  if (violations.length === 0) return;
  const rules = violations.length === 1 ? 'a rule' : `${violations.length} rules`;
  throw new Failure('check-failed', `the generated files break ${rules}: ${describeViolations(violations)}`, {
    hint: 'Nothing was installed. Look at what the message names, and report it if the index is right.',
  });
}

/** The whole plan, with what was staged as the disk holds it. */
function withReread(comparisons: readonly Comparison[], reread: readonly PlannedFile[]): PlannedFile[] {
  const byPath = new Map(reread.map((file) => [file.path, file]));
  return comparisons.map(({ file }) => byPath.get(file.path) ?? file);
}

/** `420 users, 92 studios, 369 events, 8 regions, no warnings` */
function describeIndex({ index, warnings }: ReadIndex): string {
  const { users, studios, regions } = index;
  const facts = [
    counted(users.length, 'user'),
    counted(studios.length, 'studio'),
    counted(countEvents(entriesOf(index)), 'event'),
    counted(regions.length, 'region'),
    warnings.length === 0 ? 'no warnings' : counted(warnings.length, 'warning'),
  ];
  return facts.join(', ');
}

/** Bytes. From this size on, saving memory is worth the milliseconds of loading `node:v8`: 20,000 events. */
const LARGE = 3 * 1024 * 1024;

/**
 * Keeps V8's young generation as large as it is by now. With a large index it would double until it is half of the
 * process's memory, full of lines that are long written. V8 reads this setting each time it is about to grow; the limit
 * itself can only be set from the command line, which `#!/usr/bin/env node` has no portable way to give.
 */
async function limitYoungGeneration(indexBytes: number): Promise<void> {
  if (indexBytes < LARGE) return;
  const { setFlagsFromString } = await import('node:v8');
  setFlagsFromString('--semi-space-growth-factor=1');
}
