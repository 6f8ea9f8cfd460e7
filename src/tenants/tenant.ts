import { dirname, resolve } from 'node:path';
import { wholeSeconds } from '../bucket/object-names.ts';
import { Failure } from '../failure.ts';
import { readMove } from '../journal/event-moves.ts';
import { counted } from '../text.ts';
import { adoptCopy } from './adopt.ts';
import { arrive } from './arrive.ts';
import { Asking, NO_STORE } from './ask-new.ts';
import { type DownloadOutcome, downloadTenant } from './download.ts';
import { removeLeftovers } from './kept-copies.ts';
import { isOlder, readLocal } from './local-copy.ts';
import { seedIfEmpty } from './made.ts';
import { makeNew } from './make-new.ts';
import { commandFailed, countPending, readApplied, runCommand } from './migrations.ts';
import { askRemote } from './remote.ts';
import type { Arrived, EventFacts, LocalCopy, RemoteCopy, TenantDatabase } from './tenant-model.ts';
import type { Work } from './tenants-context.ts';
import { underTenantLock } from './under-lock.ts';

/** What was done, or for a dry run would be. */
export interface TenantDone {
  /** Null where nothing was to be downloaded. */
  readonly download: { readonly size: number; readonly time: Date; readonly kept?: string | null } | null;
  /** Migrations that were applied; null where the command was not run. */
  readonly applied: number | null;
  /** Whether there is no database: neither here nor in the store, and nothing that would make one. */
  readonly absent: boolean;
  /** How it came by its database where it had none here, and whence where that was brought along. */
  readonly arrived?: { readonly how: Arrived; readonly from: string | null };
  /** Whether there is none here, and none may be made before the store can say whether it has one. */
  readonly unknown?: boolean;
}

const NOTHING: TenantDone = { download: null, applied: null, absent: false };

/** Time for another process, beyond that of the prepare command, to be done with a tenant. */
const LOCK_MS = 60_000;

/**
 * Downloads and prepares one tenant's database, as far as that is needed. The usual case, that it is not, takes no lock
 * and writes nothing.
 *
 * @throws {Failure} the database is as it was, unless the prepare command has come to something.
 */
export async function handleTenant(work: Work, tenant: TenantDatabase): Promise<TenantDone> {
  const { name, path } = tenant;
  if (resolve(path) !== path || dirname(path) !== resolve(work.context.site.dbDir)) {
    throw new Failure(
      'tenant-invalid',
      `the database of ${JSON.stringify(name)} would not be in the db dir`,
      {
        hint: 'Rename that event, or its studio, in the index.',
      },
    );
  }
  const local = readLocal(path);
  const from = work.before.get(name);
  if (from !== undefined && (isAbsent(local) || readMove(work.stateDir, from)?.from === name)) {
    return await bringFromOldName(work, tenant, from);
  }
  const remote = await remoteOf(work, tenant, local);
  const isFetched = wantsDownload(local, remote);
  if (!isFetched && !work.interrupted.has(name) && !work.leftovers.has(name)) {
    adoptSame(work, tenant, remote);
    if (isUnknown(work, local)) return { ...NOTHING, unknown: true };
    const pending = pendingOf(work, tenant, local);
    if (pending === null) return { ...NOTHING, absent: isAbsent(local) };
    if (work.request.dryRun) return { ...NOTHING, applied: pending };
  } else if (work.request.dryRun) {
    return isFetched && remote ? { ...NOTHING, download: remote } : NOTHING;
  }
  return await locked(work, tenant, () => bring(work, tenant, remote));
}

async function locked<T>(work: Work, tenant: TenantDatabase, what: () => Promise<T>): Promise<T> {
  const { stateDir, seen, context } = work;
  // Preparing, then seeding.
  const timeoutMs = 2 * context.settings.prepareTimeoutMs + LOCK_MS;
  return await underTenantLock({ stateDir, seen, timeoutMs }, tenant, what);
}

/** One that an update was to bring along from the name that it had before, and did not. */
async function bringFromOldName(work: Work, tenant: TenantDatabase, from: string): Promise<TenantDone> {
  const { store, context, request, stateDir } = work;
  if (request.dryRun) return { ...NOTHING, arrived: { how: 'brought along', from } };
  return await locked(work, tenant, async () => {
    removeLeftovers(work.leftovers.get(tenant.name) ?? []);
    const { unexpected } = context;
    const { maxDatabaseBytes } = context.settings;
    const limits = { maxBytes: maxDatabaseBytes, endsAt: Number.POSITIVE_INFINITY };
    const asking = store && new Asking({ store, ...limits, unexpected });
    const answers = asking ? await asking.ask(tenant, work.facts.has(from) ? null : from) : NO_STORE;
    const { making, like, seen } = work;
    const places = { dbDir: context.site.dbDir, stateDir, maxDatabaseBytes };
    const arrival = { ...places, making, seen, like, answers, before: from, patienceMs: () => LOCK_MS };
    const how = await arrive(arrival, tenant, factsOf(work, tenant));
    return { ...NOTHING, arrived: { how, from }, absent: how === 'nowhere' };
  });
}

function factsOf({ facts }: Work, { name }: TenantDatabase): EventFacts {
  const found = facts.get(name);
  if (!found) throw new Error(`${name} is not an event of the index`);
  return found;
}

/**
 * The store's version of the local database. If a listing lacks a database that would be made, the object itself is
 * asked: an empty database in the place of an event's own would count as newer.
 *
 * @throws {Failure} `store-*`
 */
async function remoteOf(
  { store, remotes }: Work,
  tenant: TenantDatabase,
  local: LocalCopy | null,
): Promise<RemoteCopy | null> {
  const listed = remotes?.get(tenant.name) ?? null;
  return !listed && store && remotes && isAbsent(local) ? await askRemote(store, tenant) : listed;
}

/** With the lock held: everything is looked at again. */
async function bring(work: Work, tenant: TenantDatabase, listed: RemoteCopy | null): Promise<TenantDone> {
  const remote = listed && exactly(work, tenant.name, listed);
  removeLeftovers(work.leftovers.get(tenant.name) ?? []);
  const before = readLocal(tenant.path);
  const fetched = wantsDownload(before, remote) ? await fetch(work, tenant, remote) : null;
  const download = fetched?.kind === 'downloaded' ? fetched : null;
  const local = readLocal(tenant.path);
  if (!fetched) adoptSame(work, tenant, remote);
  if (isUnknown(work, local)) return { ...NOTHING, unknown: true };
  const pending = pendingOf(work, tenant, local);
  const { making, context } = work;
  if (pending === null || !making) return { download, applied: null, absent: isAbsent(local) };
  if (isAbsent(local)) {
    const how = await makeNew(making, tenant, factsOf(work, tenant));
    return { download, applied: pending, absent: false, arrived: { how, from: null } };
  }
  await making.commands(async () => {
    await runCommand(context, 'prepare', tenant);
    await seedIfEmpty(context, tenant);
  });
  proveApplied(work, tenant);
  return { download, applied: pending, absent: false };
}

/** Another process may have learnt meanwhile when what was listed was last changed. */
function exactly({ seen }: Work, name: string, listed: RemoteCopy): RemoteCopy {
  const learnt = listed.exact ? null : seen.time(name);
  const isSame = learnt?.etag === listed.etag && learnt.stored === wholeSeconds(listed.time);
  return isSame ? { ...listed, time: learnt.time, exact: true } : listed;
}

async function fetch(
  work: Work,
  tenant: TenantDatabase,
  remote: RemoteCopy | null,
): Promise<DownloadOutcome> {
  const { store, inventoried, seen, like, context } = work;
  if (!store || !inventoried) return { kind: 'missing' };
  const tools = { store, inventoried, seen, maxBytes: context.settings.maxDatabaseBytes, like };
  const download = () => downloadTenant(tools, tenant);
  return await work.bySize(remote?.size ?? 0, download);
}

/** Whether the store has, or may have, a database that belongs in the place of the local one. */
function wantsDownload(local: LocalCopy | null, remote: RemoteCopy | null): boolean {
  if (!remote || remote.size === 0 || local?.linked) return false;
  return local === null || isOlder(local, remote.time);
}

/** Whether the store may have a database that is not here: one that is made here would count as the newer one. */
function isUnknown({ store, remotes }: Work, local: LocalCopy | null): boolean {
  return isAbsent(local) && store !== null && remotes === null;
}

/** How many migrations the prepare command has to apply; null when it need not run. */
function pendingOf(work: Work, tenant: TenantDatabase, local: LocalCopy | null): number | null {
  const { migrations, request } = work;
  if (migrations === null || migrations.length === 0) return null;
  const applied = isAbsent(local) ? new Set<string>() : readApplied(tenant, request);
  return countPending(migrations, applied) || null;
}

function isAbsent(local: LocalCopy | null): boolean {
  return local === null || local.empty;
}

/** @throws {Failure} `command-failed` */
function proveApplied(work: Work, tenant: TenantDatabase): void {
  const local = readLocal(tenant.path);
  if (isAbsent(local)) throw commandFailed(work.context, 'ended well, but there is no database');
  const left = countPending(work.migrations ?? [], readApplied(tenant, work.request));
  if (left > 0)
    throw commandFailed(work.context, `ended well, but left ${counted(left, 'migration')} pending`);
}

/** If the store's version is not the one that was known when the work began. */
function adoptSame({ known, seen }: Work, tenant: TenantDatabase, remote: RemoteCopy | null): void {
  if (remote?.exact && known.get(tenant.name)?.etag !== remote.etag) adoptCopy(seen, tenant, remote);
}
