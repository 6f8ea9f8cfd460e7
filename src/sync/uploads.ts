import pLimit from 'p-limit';
import { Failure } from '../failure.ts';
import type { StepResult } from '../report/steps.ts';
import { eachWithSecondChance, isStoreDown, largeOneByOne, MOST_FAILURES } from '../tenants/load.ts';
import { underTenantLock } from '../tenants/under-lock.ts';
import { type Remotes, remoteOf } from './remotes.ts';
import type { Surveyed } from './survey.ts';
import type { Run } from './sync-context.ts';
import { uploadTenant } from './upload.ts';
import type { UploadOutcome } from './upload-model.ts';

/** Uploads at once: each holds two images of a database in memory. */
const CONCURRENCY = 4;
/** Milliseconds to wait for another process that is at work on the same database. */
const LOCK_MS = 60_000;
/** Milliseconds to wait for a gap that writers leave. */
const PATIENCE_MS = 10_000;

/**
 * Uploads the pending databases, the one last written first. If the deadline is over, or the store is down, the others
 * stay pending.
 *
 * @returns the names of those that are done
 */
export async function uploadAll(
  run: Run,
  surveyed: readonly Surveyed[],
  remotes: Remotes,
): Promise<StepResult<ReadonlySet<string>>> {
  const { tally, deadline, steps } = run;
  const candidates = surveyed
    .filter(({ tenant }) => tally.pending.has(tenant.name))
    .sort((a, b) => (b.local?.modified.getTime() ?? 0) - (a.local?.modified.getTime() ?? 0));
  const finished = new Set(tally.pending);
  const total = candidates.length;
  let [done, uploaded, down] = [0, 0, 0];
  const isOver = () => deadline.left() === 0 || tally.gaveUp;
  const finish = (name: string): void => {
    tally.pending.delete(name);
    done += 1;
    steps.say({ type: 'progress', step: 'upload', done, total });
  };
  const bySize = largeOneByOne();
  const work = async (candidate: Surveyed): Promise<void> => {
    if (isOver()) return;
    const { name } = candidate.tenant;
    let outcome: UploadOutcome;
    try {
      outcome = await bySize(candidate.local?.size ?? 0, () => uploadOne(run, candidate, remotes));
    } catch (error) {
      // Cut short by the deadline, which is reported for all of them together.
      if (deadline.left() === 0 && error instanceof Failure && /-timeout$/.test(error.code)) return;
      down = isStoreDown(error) ? down + 1 : 0;
      if (down >= MOST_FAILURES) tally.gaveUp = true;
      throw error;
    }
    down = 0;
    if (outcome.kind === 'uploaded' || outcome.kind === 'would-upload') uploaded += 1;
    if (isForDownload(run, outcome)) finished.delete(name);
    tell(run, name, outcome);
    finish(name);
  };
  const failed = ({ tenant: { name } }: Surveyed, error: unknown): void => {
    tally.failed('upload', name, error);
    finish(name);
  };
  await eachWithSecondChance(candidates, pLimit(CONCURRENCY), { work, failed, isOver });
  return { value: finished, detail: total === 0 ? 'nothing was changed' : `${uploaded} of ${total}` };
}

/** Newer versions in the store are reported by the downloads, if there are any. */
function isForDownload({ request }: Run, { kind }: UploadOutcome): boolean {
  return (
    request.downloads === 'all' && (kind === 'behind' || kind === 'newer-in-store' || kind === 'no-copy')
  );
}

async function uploadOne(run: Run, candidate: Surveyed, remotes: Remotes): Promise<UploadOutcome> {
  const { context, request, deadline, seen, ledger, workDir } = run;
  const { tenant } = candidate;
  const work = async () => {
    const store = await context.openStore(deadline.within(context.storeTimeoutMs));
    const remote = await remoteOf(store, candidate, seen.get(tenant.name), remotes);
    const patienceMs = deadline.within(PATIENCE_MS);
    const upload = { store, seen, ledger, workDir, dryRun: request.dryRun, patienceMs };
    return await uploadTenant(upload, tenant, remote);
  };
  if (request.dryRun) return await work();
  const { stateDir } = run;
  return await underTenantLock({ stateDir, seen, timeoutMs: deadline.within(LOCK_MS) }, tenant, work);
}

function tell(run: Run, name: string, outcome: UploadOutcome): void {
  const { tally } = run;
  const { kind } = outcome;
  if (isForDownload(run, outcome)) {
    if (kind === 'newer-in-store') tally.mark(name, 'left alone');
    return;
  }
  if (kind === 'uploaded') {
    tally.mark(name, 'uploaded');
    tally.item('upload', name, 'changed', `uploaded, ${outcome.bytes} bytes${newly(outcome)}`);
  } else if (kind === 'would-upload') {
    tally.mark(name, 'to upload');
    tally.item('upload', name, 'would-change', `would be uploaded${newly(outcome)}`);
  } else if (kind === 'newer-in-store') {
    tally.mark(name, 'left alone');
    const since = outcome.time.toISOString();
    tally.item('upload', name, 'left-alone', `the store's is newer, of ${since}`);
  } else if (kind === 'changed-elsewhere') {
    tally.failed('upload', name, outcome.failure);
  } else {
    tally.mark(name, kind === 'no-copy' ? 'missing' : 'unchanged');
  }
}

function newly({ isNew }: { isNew: boolean }): string {
  return isNew ? ', new in the store' : '';
}
