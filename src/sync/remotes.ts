import { wholeSeconds } from '../bucket/object-names.ts';
import type { ObjectInfo, ObjectStore } from '../store/object-store.ts';
import { askRemote, readRemotes } from '../tenants/remote.ts';
import type { RemoteCopy, Seen } from '../tenants/tenant-model.ts';
import type { Surveyed } from './survey.ts';
import type { Run } from './sync-context.ts';

/** The result of a listing of the store, by name; null if none was made. */
export type Remotes = ReadonlyMap<string, RemoteCopy> | null;

/** Most requests at once. */
const CONCURRENCY = 8;
/** Up to this many databases are requested one by one; for more, a listing is faster. */
const FEW = 8;

/**
 * Lists what the store has, where that is needed. An upload in the place of the version last seen needs no listing: the
 * store itself says whether it still has that version.
 *
 * @throws {Failure} `store-*`, `disk`
 */
export async function learnRemotes(run: Run, surveyed: readonly Surveyed[]): Promise<Remotes> {
  const { context, request, deadline, seen, tally } = run;
  const suspects = surveyed.filter(({ tenant }) => tally.pending.has(tenant.name));
  const strangers = suspects.filter((each) => each.seen === null).length;
  if (request.downloads === 'none' && !request.dryRun && strangers <= FEW) return null;
  if (request.downloads === 'none' && suspects.length === 0) return null;
  const asked = request.downloads === 'none' ? suspects : surveyed;
  const byName = new Map(surveyed.map((each) => [each.tenant.name, each]));
  const store = await context.openStore(deadline.within(context.storeTimeoutMs));
  return await readRemotes(
    store,
    asked.map(({ tenant }) => tenant),
    seen,
    { concurrency: CONCURRENCY, roughly: (name, listed) => isTimeEnough(run, byName.get(name), listed) },
  );
}

/**
 * Whether the store's own time of an object is enough. If the upload replaces the version last seen, no time matters. A version
 * that was stored after the local one was changed is fetched anyway, and its metadata then has the time.
 */
function isTimeEnough({ request }: Run, each: Surveyed | undefined, listed: ObjectInfo): boolean {
  if (!each?.seen) return false;
  if (request.downloads === 'none' || listed.etag === each.seen.etag) return true;
  const { local } = each;
  return !local || (!request.dryRun && wholeSeconds(listed.modified) > wholeSeconds(local.modified));
}

/**
 * The store's version of one database; call it with the database's lock held. It is the listed one, unless another
 * process of this machine has changed it since. Without a listing it is the version last seen, which the condition of
 * the upload verifies. If a listing lacks the database, the object itself is asked: some stores ignore the condition
 * that nothing may be there.
 *
 * @throws {Failure} `store-*`
 */
export async function remoteOf(
  store: ObjectStore,
  { tenant, seen: before }: Surveyed,
  seen: Seen | null,
  remotes: Remotes,
): Promise<RemoteCopy | null> {
  if (remotes && seen?.etag === before?.etag) {
    const listed = remotes.get(tenant.name);
    if (listed && (listed.exact || seen)) return listed;
  } else if (!remotes && seen) {
    return { etag: seen.etag, size: 0, time: seen.time, exact: true };
  }
  return await askRemote(store, tenant);
}
