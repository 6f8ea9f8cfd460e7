import { wholeSeconds } from '../bucket/object-names.ts';
import { waitForLock } from '../database/lock.ts';
import { Failure } from '../failure.ts';
import { readMove } from '../journal/event-moves.ts';
import { type Ownership, ownershipFor } from '../rights/files.ts';
import type { Answers, Stored } from './ask-new.ts';
import { forgetMove, type Held, oldPath, readHeld, renameMoved, writeMove } from './copy-moved.ts';
import { placeDatabase } from './install-database.ts';
import { readLocal } from './local-copy.ts';
import { type Making, makeNew, migrated } from './make-new.ts';
import type { SeenDatabases } from './seen.ts';
import type { Arrived, EventFacts, TenantDatabase } from './tenant-model.ts';
import { NEW_DATABASE_MODE } from './tenants-settings.ts';
import { tenantLockPath } from './under-lock.ts';

export interface Arrival {
  /** Null where the application has no migrations: then none is made. */
  readonly making: Making | null;
  readonly seen: SeenDatabases;
  /** What a file is made like. */
  readonly like: Ownership;
  readonly dbDir: string;
  readonly stateDir: string;
  /** A larger one is not brought along. */
  readonly maxDatabaseBytes: number;
  readonly answers: Answers;
  /** The name that the event's database had before, if its path has changed. */
  readonly before: string | null;
  /** Milliseconds to wait for a process that works on the old one. */
  readonly patienceMs: () => number;
}

/**
 * Puts the database of an event in place that has none here: the newest of what it had under its old name, here or in the
 * store, and of what the store has under the present one; where there is nothing, one that is made, if the application has migrations. To be called with the
 * tenant's lock held.
 *
 * @throws {Failure} `store-unreachable`: it is not known whether the store has one, and none was made; as `makeNew`
 */
export async function arrive(arrival: Arrival, tenant: TenantDatabase, facts: EventFacts): Promise<Arrived> {
  const { before, answers, stateDir } = arrival;
  const local = readLocal(tenant.path);
  const left = before === null ? null : readMove(stateDir, before);
  const isBack = left?.from === tenant.name;
  if (local?.linked || (local?.empty === false && !isBack)) return 'there already';
  const old = before === null ? null : oldHere(arrival, before);
  const newest = Math.max(...[old?.modified, timeOf(answers.now), timeOf(answers.before)].map(secondsOf));
  if (old && secondsOf(old.modified) === newest) {
    return await bringAlong(arrival, tenant, old, isBack ? left.digest : null);
  }
  if (local?.empty === false && old === null) return 'there already';
  // An unknown object might be newer than the known one: an earlier event of that name may have left it.
  for (const stored of [answers.now, answers.before]) {
    if (stored.kind === 'unknown' && old === null) throw notKnown(stored.problem);
  }
  for (const stored of [answers.now, answers.before]) {
    if (stored.kind === 'found' && secondsOf(stored.learnt.time) === newest) {
      return await placeStored(arrival, tenant, stored, stored === answers.before);
    }
  }
  return arrival.making ? await makeNew(arrival.making, tenant, facts) : 'nowhere';
}

function timeOf(stored: Stored): Date | undefined {
  return stored.kind === 'found' ? stored.learnt.time : undefined;
}

function secondsOf(time: Date | undefined): number {
  return time ? wholeSeconds(time) : Number.NEGATIVE_INFINITY;
}

function notKnown(problem: string): Failure {
  return new Failure(
    'store-unreachable',
    `none is put in place before the store can say whether it has a newer one (${problem})`,
    {
      hint: 'Nothing need be done: the ready hook asks again.',
    },
  );
}

interface Old {
  readonly name: string;
  readonly path: string;
  readonly modified: Date;
}

/** The database under its old name; null if there is none. A link is a deliberate choice of the operator. */
function oldHere({ dbDir }: Arrival, name: string): Old | null {
  const path = oldPath(dbDir, name);
  const local = readLocal(path);
  if (local === null || local.empty || local.linked) return null;
  return { name, path, modified: local.modified };
}

/**
 * Copies it. A process that has the old one open goes on with it until Navigator has reloaded, and the ready hook finds
 * what is written to it until then. A rename would separate it from its log, or from the journal that undoes a
 * half-done change.
 *
 * @param left digest of what the event had under this name when it left it, if it comes back; the file there is that,
 *   unless it was written to since
 */
async function bringAlong(
  arrival: Arrival,
  tenant: TenantDatabase,
  old: Old,
  left: string | null,
): Promise<Arrived> {
  const { stateDir, maxDatabaseBytes, seen, answers } = arrival;
  const lock = await waitForLock(tenantLockPath(stateDir, old.name), { timeoutMs: arrival.patienceMs() });
  try {
    const held: Held = await readHeld(old, maxDatabaseBytes);
    const { stamp, digest } = held;
    writeMove(stateDir, tenant.name, { from: old.name, stamp, digest });
    if (left !== null) {
      forgetMove(stateDir, old.name);
      // It was not written to while it was away.
      if (left === digest && readLocal(tenant.path)?.empty === false) return 'brought along';
      if (readLocal(tenant.path) !== null) renameMoved(tenant.path);
    }
    // What the store has under this name is older: the next upload replaces it.
    const there = answers.now.kind === 'found' ? answers.now.learnt : null;
    const placed = await placeDatabase({
      tenant,
      image: held,
      learnt: { etag: there?.etag ?? '', stored: there?.stored ?? 0, time: old.modified },
      like: ownershipFor(old.path, NEW_DATABASE_MODE),
      seen,
      base: there && { etag: there.etag, time: there.time, digest: null },
    });
    return placed.kind === 'placed' ? 'brought along' : 'there already';
  } finally {
    lock.release();
  }
}

/** A migrated database is changed here, and was made from the store's version. */
async function placeStored(
  { seen, like, making }: Arrival,
  tenant: TenantDatabase,
  { image, learnt }: Stored & { kind: 'found' },
  isBefore: boolean,
): Promise<Arrived> {
  const changed = making && (await migrated(making, tenant, image));
  const grewFrom = { etag: learnt.etag, time: learnt.time, digest: image.digest };
  const placed = await placeDatabase({
    tenant,
    image: changed ?? image,
    learnt: changed ? { ...learnt, time: new Date() } : learnt,
    like,
    seen,
    // Under its new name the store does not have it yet.
    ...(isBefore ? { base: null } : changed ? { base: grewFrom } : {}),
  });
  return placed.kind === 'placed' ? 'downloaded' : 'there already';
}
