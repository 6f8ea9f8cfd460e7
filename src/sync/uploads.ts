import pLimit from 'p-limit';
import { Failure } from '../failure.ts';
import { waitForLock } from '../lock/lock.ts';
import { tenantLock } from '../tenants/lock.ts';
import { type Remotes, remoteOf } from './remotes.ts';
import type { Run } from './run.ts';
import type { Surveyed } from './survey.ts';
import type { UploadOutcome } from './types.ts';
import { uploadTenant } from './upload.ts';

/** Uploads at once: each holds two images of a database in memory. */
const CONCURRENCY = 4;
/** Milliseconds to wait for another process that is at work on the same database. */
const LOCK_MS = 60_000;
/** Milliseconds to wait for a gap that writers leave. */
const PATIENCE_MS = 10_000;

/**
 * Uploads the databases that are pending, the one last written first. What the deadline does not leave time for stays
 * pending.
 *
 * @returns what was done, in words
 */
export async function uploadAll(run: Run, surveyed: readonly Surveyed[], remotes: Remotes): Promise<string> {
  const { tally, deadline, steps } = run;
  const candidates = surveyed
    .filter(({ tenant }) => tally.pending.has(tenant.name))
    .sort((a, b) => (b.local?.modified.getTime() ?? 0) - (a.local?.modified.getTime() ?? 0));
  const total = candidates.length;
  let done = 0;
  let uploaded = 0;
  const limit = pLimit(CONCURRENCY);
  await limit.map(candidates, async (candidate) => {
    if (deadline.left() === 0) return;
    const { name } = candidate.tenant;
    try {
      const outcome = await uploadOne(run, candidate, remotes);
      if (outcome.kind === 'uploaded' || outcome.kind === 'would-upload') uploaded += 1;
      tally.pending.delete(name);
      tell(run, name, outcome);
    } catch (error) {
      // Cut short by the deadline: that is told of all of them together.
      if (deadline.left() === 0 && error instanceof Failure && /-timeout$/.test(error.code)) return;
      tally.pending.delete(name);
      tally.failed('upload', name, error);
    }
    done += 1;
    steps.say({ type: 'progress', step: 'upload', done, total });
  });
  return total === 0 ? 'nothing was changed' : `${uploaded} of ${total}`;
}

async function uploadOne(run: Run, candidate: Surveyed, remotes: Remotes): Promise<UploadOutcome> {
  const { parts, request, deadline, seen, ledger, workDir } = run;
  const { tenant } = candidate;
  const lock = request.dryRun
    ? null
    : await waitForLock(tenantLock(run.stateDir, tenant.name), { timeoutMs: deadline.within(LOCK_MS) });
  try {
    const store = await parts.openStore(deadline.within(parts.storeTimeoutMs));
    const remote = await remoteOf(store, candidate, seen.get(tenant.name), remotes);
    const patienceMs = deadline.within(PATIENCE_MS);
    const upload = { store, seen, ledger, workDir, dryRun: request.dryRun, patienceMs };
    return await uploadTenant(upload, tenant, remote);
  } finally {
    lock?.release();
  }
}

function tell({ tally }: Run, name: string, outcome: UploadOutcome): void {
  const { kind } = outcome;
  if (kind === 'uploaded') {
    tally.count('uploaded');
    tally.item('upload', name, 'changed', `uploaded, ${outcome.bytes} bytes${newly(outcome)}`);
  } else if (kind === 'would-upload') {
    tally.count('to upload');
    tally.item('upload', name, 'would-change', `would be uploaded${newly(outcome)}`);
  } else if (kind === 'newer-in-store') {
    tally.count('left alone');
    const since = outcome.time.toISOString();
    tally.item('upload', name, 'left-alone', `the store's is newer, of ${since}`);
  } else if (kind === 'changed-elsewhere') {
    tally.failed('upload', name, outcome.failure);
  } else {
    tally.count(kind === 'no-copy' ? 'missing' : 'unchanged');
  }
}

function newly({ isNew }: { isNew: boolean }): string {
  return isNew ? ', new in the store' : '';
}
