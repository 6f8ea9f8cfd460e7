import { existsSync } from 'node:fs';
import { generate } from '../generate/generate.ts';
import type { PlannedFile } from '../generate/planned-file.ts';
import type { Index } from '../index/index-model.ts';
import { type Comparison, compareFiles } from '../install/compare.ts';
import type { Arrival } from '../journal/journal-model.ts';
import type { Outcome, RunResult } from '../report/results.ts';
import { navigatorPath } from '../site/paths.ts';
import { type Change, installChange, stageChange } from './apply.ts';
import { bringAbout } from './bring-about.ts';
import { type Candidate, localCandidate } from './candidate.ts';
import { describeChanges, fileFacts } from './changes.ts';
import { underLock } from './locked.ts';
import type { Operation } from './locked-work.ts';
import { proveFiles, readStep } from './pipeline.ts';
import type { UpdateContext } from './update-context.ts';
import { CANDIDATE_STEPS, INSTALL, LOCK, READ } from './update-steps.ts';

/** A waiting start hook blocks Navigator, and the process that holds the lock is finishing an update anyway. */
const LOCK_TIMEOUT_MS = 5_000;

const CHECK = { name: 'check', title: 'Stage htpasswd and check it' };
const STEPS = [LOCK, READ, CHECK, INSTALL];

/**
 * The work of the start hook before Navigator serves: it finishes an interrupted update, or else updates htpasswd
 * alone. It uses the local index, never the network.
 */
export async function runStart(context: UpdateContext, arrival: Arrival): Promise<RunResult> {
  const how = { operation: 'start', trigger: 'start', kind: 'start' } as const;
  const request = { ...how, steps: STEPS, arrival, lockTimeoutMs: LOCK_TIMEOUT_MS };
  return await underLock(context, request, async (operation) => {
    operation.journal.lowerClockMark(Date.now());
    const interrupted = operation.journal.pendingReload();
    const candidate = localCandidate(operation.live, operation.journal.installed());
    if (!interrupted) return await writeHtpasswd(context, operation, candidate);
    operation.steps.note('an update was cut short; it is finished now, from the local index');
    operation.steps.goOnWith(CANDIDATE_STEPS);
    return await bringAbout(context, operation, candidate, { force: false, databases: 'left' });
  });
}

async function writeHtpasswd(
  context: UpdateContext,
  operation: Operation,
  candidate: Candidate,
): Promise<Outcome> {
  const { journal, steps, findings, live } = operation;
  const { site } = context;
  let plan: PlannedFile[] = [];
  let files: Comparison[] = [];
  const onRead = (read: Index): void => {
    plan = generate(read, site);
    const comparisons = compareFiles(plan.filter((file) => file.kind === 'htpasswd'));
    const facts = { path: live.path, changed: false, size: candidate.image.length };
    findings.files = fileFacts(comparisons, facts);
    files = comparisons.filter((comparison) => comparison.changed);
    if (files.length === 0) steps.endHere();
  };
  const { index } = await readStep({ site, steps, findings }, candidate, { onRead });
  if (files.length === 0) return 'unchanged';

  // Navigator has read the old htpasswd already, so its next look at navigator.yml must make it reload.
  const reloadFile = existsSync(navigatorPath(site)) ? navigatorPath(site) : null;
  const change: Change = {
    run: findings.run,
    live,
    index: null,
    files,
    reloadFile,
    generations: context.settings.generations,
    beside: null,
    remember: null,
  };
  const staged = await steps.run(CHECK, async () => {
    const value = await stageChange(change, (reread) =>
      proveFiles([...reread, ...plan.filter((file) => file.kind !== 'htpasswd')], index, site),
    );
    return { value, detail: 'every rule holds' };
  });
  await steps.run(INSTALL, async () => {
    await installChange(journal, change, staged);
    return { value: undefined, detail: describeChanges(findings.files) };
  });
  findings.reload = reloadFile !== null;
  return 'updated';
}
