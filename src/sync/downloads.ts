import pLimit from 'p-limit';
import { type DownloadTools, downloadTenant } from '../tenants/download.ts';
import { eachWithSecondChance, largeOneByOne, withBreaker } from '../tenants/load.ts';
import { isOlder } from '../tenants/local-copy.ts';
import { inventoried } from '../tenants/remote.ts';
import type { RemoteCopy } from '../tenants/tenant-model.ts';
import { underTenantLock } from '../tenants/under-lock.ts';
import type { Remotes } from './remotes.ts';
import type { Surveyed } from './survey.ts';
import { mayUpload } from './survey.ts';
import type { Run } from './sync-context.ts';

/** Downloads at once. */
const CONCURRENCY = 4;
const LOCK_MS = 60_000;

/**
 * Downloads the databases that are newer in the store, or missing here, if no earlier step has decided about them.
 *
 * @param finished names of databases whose upload was tried: those that failed, and those that were changed elsewhere too
 * @returns what was done, in words
 */
export async function downloadAll(
  run: Run,
  surveyed: readonly Surveyed[],
  remotes: Remotes,
  finished: ReadonlySet<string>,
): Promise<string> {
  const { context, deadline, seen, steps, tally, request } = run;
  const wanted = surveyed.flatMap((each) => {
    const remote = remotes?.get(each.tenant.name);
    if (!remote || each.failure || finished.has(each.tenant.name) || !isWanted(run, each, remote)) return [];
    return [{ tenant: each.tenant, remote }];
  });
  if (wanted.length === 0) return 'nothing newer';
  const store = withBreaker(await context.openStore(deadline.within(context.storeTimeoutMs)));
  const { maxDatabaseBytes, like } = context.downloads();
  const tools: DownloadTools = {
    store,
    inventoried: inventoried(store),
    seen,
    maxBytes: maxDatabaseBytes,
    like,
  };
  let done = 0;
  const count = (): void => {
    done += 1;
    steps.say({ type: 'progress', step: 'download', done, total: wanted.length });
  };
  const bySize = largeOneByOne();
  await eachWithSecondChance(wanted, pLimit(CONCURRENCY), {
    work: async ({ tenant, remote }) => {
      if (request.dryRun) {
        tally.mark(tenant.name, 'to download');
        tally.item('download', tenant.name, 'would-change', `would be downloaded, ${facts(remote)}`);
      } else {
        await bySize(remote.size, () => downloadOne(run, tools, tenant));
      }
      count();
    },
    failed: ({ tenant }, error) => {
      tally.failed('download', tenant.name, error);
      count();
    },
  });
  return `${wanted.length}`;
}

function isWanted({ context, request }: Run, each: Surveyed, remote: RemoteCopy): boolean {
  const { tenant, local, seen, suspect } = each;
  if (remote.size === 0 || local?.linked) return false;
  if (!local) return true;
  if (request.downloads === 'safe' && mayUpload(tenant, context.site)) return false;
  const isSeen = seen?.etag === remote.etag;
  return (suspect || !isSeen) && isOlder(local, isSeen ? seen.time : remote.time);
}

async function downloadOne(run: Run, tools: DownloadTools, tenant: Surveyed['tenant']): Promise<void> {
  const { tally, stateDir, seen } = run;
  const outcome = await underTenantLock({ stateDir, seen, timeoutMs: LOCK_MS }, tenant, () =>
    downloadTenant(tools, tenant),
  );
  if (outcome.kind !== 'downloaded') return;
  tally.mark(tenant.name, 'downloaded');
  const kept = outcome.kept === null ? '' : `; what was here is kept as ${outcome.kept}`;
  tally.item('download', tenant.name, 'changed', `downloaded, ${facts(outcome)}${kept}`);
}

function facts({ size, time }: { size: number; time: Date }): string {
  return `${size} bytes, changed ${time.toISOString()}`;
}
