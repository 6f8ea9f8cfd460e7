import { setTimeout as wait } from 'node:timers/promises';
import { backoff } from '../backoff.ts';
import { databaseKey, statedTime, unreadableTime } from '../bucket/object-names.ts';
import { Failure } from '../failure.ts';
import type { Ownership } from '../rights/files.ts';
import type { GetOutcome, ObjectReader } from '../store/object-store.ts';
import { isProven } from '../store/proof.ts';
import { printable } from '../text.ts';
import { adoptCopy } from './adopt.ts';
import { placeDatabase } from './install-database.ts';
import { isOlder, readLocal } from './local-copy.ts';
import type { Inventoried } from './remote.ts';
import { learntOf } from './remote.ts';
import type { LearntTime, SeenDatabases } from './seen.ts';
import { type ProvedImage, proveImage } from './tenant-image.ts';
import type { TenantDatabase } from './tenant-model.ts';

export interface DownloadTools {
  readonly store: ObjectReader;
  readonly seen: SeenDatabases;
  /** Asked for the time of an object that does not say itself when it was last changed. */
  readonly inventoried: Inventoried;
  /** Bytes; a larger database is refused before it is read. */
  readonly maxBytes: number;
  /** What a file is made like where there is none; one that is there keeps its owner and mode. */
  readonly like: Ownership;
}

export type DownloadOutcome =
  | {
      readonly kind: 'downloaded';
      readonly size: number;
      readonly time: Date;
      /** Path of the copy of the replaced content, if that had been changed here and never uploaded, or may be the newer one. */
      readonly kept: string | null;
    }
  /** The local one is as new, or newer. */
  | { readonly kind: 'kept' }
  /** The store has none, or an empty one. */
  | { readonly kind: 'missing' };

/** Bytes that nothing proves may have been spoiled on their way. */
const ATTEMPTS = 3;
const PAUSES = { firstPauseMs: 500, longestPauseMs: 2000 };

/**
 * Fetches a tenant's database from the store, proves it, and puts it in its place with the time at which it was last
 * changed, unless the local one is as new by then. To be called with the tenant's lock held, after `resumeInstall`.
 *
 * @throws {Failure} `store-*`; `tenant-invalid`: too large, or no sound database; `disk`, `lock-timeout`,
 * `command-failed`. The local one is as it was.
 */
export async function downloadTenant(tools: DownloadTools, tenant: TenantDatabase): Promise<DownloadOutcome> {
  const { seen, like } = tools;
  const { name, path } = tenant;
  const found = await fetchProved(tools, tenant, (time) => {
    const local = readLocal(path);
    return local === null || (!local.linked && isOlder(local, time));
  });
  if (found.kind === 'missing') return found;
  const { learnt } = found;
  if (found.kind === 'found') {
    if (found.unreadable && seen.get(name) === null) refuseUnlessAbsent(tenant, found.unreadable);
    const doubtful = found.unreadable !== null;
    const placed = await placeDatabase({ tenant, image: found.image, learnt, like, seen, doubtful });
    if (placed.kind === 'placed') {
      return { kind: 'downloaded', size: found.image.bytes.length, time: learnt.time, kept: placed.kept };
    }
  }
  seen.recordTimes([[name, learnt]]);
  adoptCopy(seen, tenant, learnt);
  return { kind: 'kept' };
}

export type Fetched =
  | { readonly kind: 'missing' }
  | { readonly kind: 'unwanted'; readonly learnt: LearntTime }
  | ({ readonly kind: 'found'; readonly learnt: LearntTime; readonly image: ProvedImage } & {
      /** Replaces the time of the last change, if nothing says what it was. */
      readonly unreadable: string | null;
    });

/**
 * Fetches a database, and proves it. Nothing is written.
 *
 * @param isWanted whether one that was last changed then is wanted at all
 * @throws {Failure} `store-*`; `tenant-invalid`, `command-failed`
 */
export async function fetchProved(
  tools: Pick<DownloadTools, 'store' | 'inventoried' | 'maxBytes'>,
  tenant: Pick<TenantDatabase, 'name' | 'region'>,
  isWanted: (time: Date) => boolean,
): Promise<Fetched> {
  const { name } = tenant;
  for (let attempt = 1; ; attempt++) {
    const got = await tools.store.get(databaseKey(name), { maxBytes: tools.maxBytes });
    if (got.kind === 'missing' || got.kind === 'unchanged') return { kind: 'missing' };
    if (got.kind === 'too-large') throw tooLarge(name, got.size, tools.maxBytes);
    const { object, bytes } = got;
    if (bytes.length === 0) return { kind: 'missing' };
    const stated = statedTime(object) ?? (await tools.inventoried(tenant, object.etag));
    const learnt = learntOf(object, stated ?? object.modified);
    const unreadable = stated ? null : unreadableTime(object);
    if (!isWanted(learnt.time)) return { kind: 'unwanted', learnt };
    const image = await proveUnless(name, got, attempt < ATTEMPTS && !isProven(object));
    if (image) return { kind: 'found', learnt, image, unreadable };
    await wait(backoff(PAUSES, attempt));
  }
}

/**
 * Nothing is known of what the local database grew from, and the time of the upload says nothing of what was uploaded.
 *
 * @throws {Failure} `tenant-invalid`
 */
function refuseUnlessAbsent({ name, path }: TenantDatabase, unreadable: string): void {
  const local = readLocal(path);
  if (local === null || local.empty) return;
  const said = JSON.stringify(printable(unreadable.slice(0, 100)));
  const problem = `the store's database of ${name} has ${said} for last-modified, which is not a time; the one here is kept`;
  throw new Failure('tenant-invalid', problem, {
    hint: "Find out which one is newer. For the store's, move the local one aside, or upload it anew with a last-modified such as 2025-11-19 12:00:00 UTC. For the local one, touch it and run sync-databases.",
  });
}

/** Null for a bad one that may be good the next time. */
async function proveUnless(
  name: string,
  { bytes }: Extract<GetOutcome, { kind: 'found' }>,
  mayBeSpoiled: boolean,
): Promise<ProvedImage | null> {
  try {
    return await proveImage(name, bytes);
  } catch (error) {
    if (mayBeSpoiled && error instanceof Failure && error.code === 'tenant-invalid') return null;
    throw error;
  }
}

function tooLarge(name: string, size: number, most: number): Failure {
  return new Failure(
    'tenant-invalid',
    `the store's database of ${name} has ${size} bytes, more than the ${most} allowed`,
    {
      hint: 'Check what was uploaded; raise READY_MAX_DATABASE_MIB if it is right and the machine has the memory.',
    },
  );
}
