import { join } from 'node:path';
import { ensureStateDir, stateDirOf } from '../database/state-dir.ts';
import { asFailure, Failure, problemOf } from '../failure.ts';
import { makeTemporaryDirectory } from '../files/temporary.ts';
import type { Summary } from '../report/results.ts';
import { Steps } from '../report/steps.ts';
import { removeTree } from '../rights/files.ts';
import { newRunId } from '../run-id.ts';
import { openSeen } from '../tenants/seen.ts';
import { counted } from '../text.ts';
import { Deadline, outOfTime } from './deadline.ts';
import { downloadAll } from './downloads.ts';
import { payInventories } from './inventories.ts';
import { Ledger } from './ledger.ts';
import { tellOfMoved } from './moved.ts';
import { learnRemotes } from './remotes.ts';
import { mayUpload, type Surveyed, survey } from './survey.ts';
import type { Run, SyncContext, SyncRequest } from './sync-context.ts';
import { Tally } from './sync-tally.ts';
import type { SyncResult } from './upload-model.ts';
import { uploadAll } from './uploads.ts';

const SURVEY = { name: 'look', title: 'Look at the databases' };
const UPLOAD = { name: 'upload', title: 'Upload what was changed' };
const DOWNLOAD = { name: 'download', title: 'Download what is newer in the store' };
const INVENTORY = { name: 'inventory', title: 'Bring the inventories up to date' };

/** Of the time, how much is kept back for the inventories. */
const RESERVE = 0.1;
const LONGEST_RESERVE_MS = 20_000;

/**
 * Synchronises the databases of tenants with the store: uploads those that were changed here and belong to this machine's
 * region, newest first; downloads those that are newer in the store, if asked; and updates the inventories. Never throws:
 * each problem is part of the result, and the rest is done.
 */
export async function syncDatabases(context: SyncContext, request: SyncRequest): Promise<SyncResult> {
  const steps = new Steps(context.report);
  const tally = new Tally(steps, context.unexpected);
  const deadline = new Deadline(request.limitMs);
  const run = newRunId();
  const { operation, dryRun } = request;
  const { machineId: machine, region } = context.site;
  const facts = { operation, trigger: null, by: null, target: machine };
  const wanted = [
    SURVEY,
    UPLOAD,
    ...(request.downloads === 'none' ? [] : [DOWNLOAD]),
    ...(dryRun ? [] : [INVENTORY]),
  ];
  steps.begin({ kind: 'operation', run, ...facts, steps: wanted });
  let failure: Failure | null = null;
  try {
    const done = await deadline.race(withMemory({ context, request, deadline, tally, steps }));
    if (done === null || tally.pending.size > 0) failure = leftBehind(tally, request);
  } catch (error) {
    failure = asFailure(error);
    if (failure !== error) context.unexpected(error);
    for (const name of tally.pending) tally.mark(name, 'left');
    if (tally.pending.size > 0) steps.note(`not uploaded: ${[...tally.pending].join(', ')}`);
  }
  await tellOfUploads(context, tally, steps);
  const failed = failure !== null || tally.failures.length > 0;
  const summary: Summary = {
    run,
    operation,
    machine,
    region,
    outcome: failed ? 'failed' : dryRun ? 'dry-run' : 'done',
    counts: tally.counts(),
    failures: tally.failures,
    steps: steps.facts,
    ...(failure ? { error: problemOf(failure) } : {}),
  };
  steps.say({ type: 'run-ended', kind: 'operation', result: summary });
  return { ...summary, items: tally.items };
}

/** An upload is in the store, even if the webhook cannot be called. */
async function tellOfUploads({ webhook }: SyncContext, tally: Tally, steps: Steps): Promise<void> {
  if (webhook === null || !tally.counts()['uploaded']) return;
  const { callWebhook } = await import('./webhook.ts');
  const problem = await callWebhook(webhook);
  if (problem === null) steps.note(`told ${webhook.origin} of the uploads (SYNC_WEBHOOK)`);
  else steps.warn(`${problem}: the uploads were not announced`);
}

/** The failure for databases that were neither uploaded nor failed on their own. */
function leftBehind(tally: Tally, { limitMs, limitSetting }: SyncRequest): Failure {
  const names = [...tally.pending];
  for (const name of names) {
    tally.mark(name, 'left');
    tally.item('upload', name, 'left-alone', 'not tried any more');
  }
  const what = `${names.length} not uploaded: ${names.join(', ')}`;
  if (tally.gaveUp) return givenUp(what);
  return outOfTime(names.length === 0 ? 'the inventories are not written' : what, limitMs, limitSetting);
}

function givenUp(what: string): Failure {
  return new Failure(
    'store-unreachable',
    `the store failed several times in a row, so it was not asked any more; ${what}`,
    {
      hint: 'Run it again when the store answers; the first failures say what is wrong with it.',
    },
  );
}

/** Opens the stores in the state directory; a dry run makes nothing there. */
async function withMemory(
  base: Pick<Run, 'context' | 'request' | 'deadline' | 'tally' | 'steps'>,
): Promise<true> {
  const { dbDir } = base.context.site;
  const { dryRun } = base.request;
  const stateDir = dryRun ? stateDirOf(dbDir) : ensureStateDir(dbDir);
  const seen = openSeen(stateDir, { dryRun });
  try {
    const ledger = Ledger.open(stateDir, { dryRun });
    try {
      const run = { ...base, seen, ledger, stateDir };
      if (dryRun) await inTemporaryDirectory((workDir) => work({ ...run, workDir }));
      else await work({ ...run, workDir: join(stateDir, 'copies') });
      return true;
    } finally {
      ledger.close();
    }
  } finally {
    seen.close();
  }
}

async function inTemporaryDirectory(work: (directory: string) => Promise<void>): Promise<void> {
  const directory = makeTemporaryDirectory('sync-databases-');
  try {
    await work(directory);
  } finally {
    removeTree(directory);
  }
}

async function work(run: Run): Promise<void> {
  const { request, tally, steps, ledger, deadline } = run;
  const { surveyed, remotes } = await steps.run(SURVEY, async () => {
    const found = surveyAll(run);
    const remotes = await learnRemotes(run, found);
    const pending = tally.pending.size;
    const detail = `${counted(found.length, 'database')}; ${pending === 0 ? 'none has changed' : `${pending} may have changed`}`;
    return { value: { surveyed: found, remotes }, detail };
  });
  const reserve = Math.min(LONGEST_RESERVE_MS, (request.limitMs ?? 0) * RESERVE);
  const finished = await steps.run(UPLOAD, async () => {
    return await uploadAll({ ...run, deadline: deadline.before(reserve) }, surveyed, remotes);
  });
  if (request.elsewhere) await tellOfMoved(run, request.elsewhere, deadline.before(reserve));
  if (request.downloads !== 'none') {
    await steps.run(DOWNLOAD, async () => {
      return { value: undefined, detail: await downloadAll(run, surveyed, remotes, finished) };
    });
  }
  if (request.dryRun) return;
  await steps.run(INVENTORY, async () => {
    return { value: undefined, detail: await payInventories(run, ledger.owed()) };
  });
}

function surveyAll({ context, request, tally, seen, ledger }: Run): Surveyed[] {
  const knowledge = { seen: seen.all(), copy: (name: string) => ledger.copy(name) };
  const surveyed = survey(request.tenants, knowledge, Date.now());
  for (const { tenant, local, suspect, failure } of surveyed) {
    tally.mark(tenant.name, local === null ? 'missing' : 'unchanged');
    if (failure) tally.failed('upload', tenant.name, failure);
    else if (suspect && mayUpload(tenant, context.site)) tally.pending.add(tenant.name);
  }
  return surveyed;
}
