import { refuseCostlySchema } from '../database/image.ts';
import { waitForLock } from '../database/lock.ts';
import { openDatabase } from '../database/sqlite.ts';
import { swapDatabase } from '../database/swap.ts';
import { Failure } from '../failure.ts';
import { codeOf } from '../files/disk.ts';
import { type Move, readMoves } from '../journal/event-moves.ts';
import { readRemembered } from '../journal/remembered.ts';
import { forgetMove, oldPath, readHeld, renameMoved } from './copy-moved.ts';
import { fetchedPath } from './kept-copies.ts';
import { factsOf } from './list.ts';
import { readLocal, stampOf } from './local-copy.ts';
import type { Tally } from './tally.ts';
import { databaseError, localSubject } from './tenant-failure.ts';
import type { TenantDatabase } from './tenant-model.ts';
import type { Work } from './tenants-context.ts';
import { tenantLockPath, underTenantLock } from './under-lock.ts';

/** Milliseconds to wait for another process that works on one of the two; else the next round finishes it. */
const PATIENCE_MS = 10_000;
/** Milliseconds to wait for an update. */
const UPDATE_MS = 1000;

type Finished = 'as copied' | 'written to';

/**
 * Brings to an end what updates have begun: a database that an event left behind under its old name is moved aside, once
 * Navigator knows the new one. What was written to it since it was copied, by a process that had it open, is brought along
 * first, unless the new one has been written to as well: then both are kept, and it is a failure. Never throws.
 */
export async function finishMoves(work: Work, tally: Tally): Promise<void> {
  try {
    await finishAll(work, tally);
  } catch (error) {
    tally.failedBeside('moves', error);
  }
}

async function finishAll(work: Work, tally: Tally): Promise<void> {
  const { context, stateDir } = work;
  const { dbDir } = context.site;
  const moves = readMoves(stateDir);
  if (moves.size === 0) return;
  // An update may have come since this round has read the index, to which the old name was still the event's.
  const facts = factsOf(await context.readIndex());
  if (await isUnderWay(dbDir)) return;
  for (const [to, move] of moves) {
    try {
      // Its old name is another event's by now, and so is what stands there.
      if (facts.has(move.from)) {
        // Unless that is this event's again, and could not be brought back yet.
        if (work.before.get(move.from) !== to) forgetMove(stateDir, to);
        continue;
      }
      const tenant = { name: to, path: oldPath(dbDir, to), region: null };
      const lock = { stateDir, seen: work.seen, timeoutMs: PATIENCE_MS };
      const finished = await underTenantLock(lock, tenant, () => finishMove(work, tenant, move));
      if (finished === 'written to')
        tally.say(`${to}: what was written under its old name, ${move.from}, came along`);
    } catch (error) {
      tally.failedBeside(to, error);
    }
  }
}

/** Until an update is through, Navigator serves the event under its old name. */
async function isUnderWay(dbDir: string): Promise<boolean> {
  try {
    return (await readRemembered(dbDir, UPDATE_MS)).pendingReload;
  } catch (error) {
    if (codeOf(error) === 'lock-timeout') return true;
    throw error;
  }
}

async function finishMove(work: Work, tenant: TenantDatabase, move: Move): Promise<Finished | null> {
  const { stateDir, context } = work;
  const path = oldPath(context.site.dbDir, move.from);
  const lock = await waitForLock(tenantLockPath(stateDir, move.from), { timeoutMs: PATIENCE_MS });
  try {
    if (readLocal(path) === null) {
      renameMoved(path); // what a kill in the middle of that has left
      forgetMove(stateDir, tenant.name);
      return null;
    }
    const { finished, refused } = await bringRest(work, tenant, move, path);
    const renamed = renameMoved(path);
    forgetMove(stateDir, tenant.name);
    if (!refused) return finished;
    throw new Failure(
      'changed-elsewhere',
      `${tenant.name} was brought along from ${move.from}, which was written to afterwards; what it held last is kept as ${renamed}`,
      { hint: 'Check whether the new one lacks anything. If not, remove the old one.' },
    );
  } finally {
    lock.release();
  }
}

/** Whether anything had been written to the old one since; `refused`: and could not be brought along. */
async function bringRest(
  { context }: Work,
  tenant: TenantDatabase,
  { from, ...copied }: Move,
  path: string,
): Promise<{ readonly finished: Finished; readonly refused: boolean }> {
  const same = { finished: 'as copied', refused: false } as const;
  if (readLocal(path)?.empty !== false || stampOf(path) === copied.stamp) return same;
  const { maxDatabaseBytes } = context.settings;
  const { modified } = readLocal(path) ?? { modified: new Date() };
  const rest = await readHeld({ name: from, path }, maxDatabaseBytes);
  if (rest.digest === copied.digest) return same;
  const refused = { finished: 'written to', refused: true } as const;
  if (readLocal(tenant.path)?.empty !== false) return refused;
  refuseCostlySchema(tenant.path, localSubject(tenant.name));
  // Open until the end: the first to open a database with a log, and the last to close it, change its files.
  const watch = openDatabase(tenant.path, { fileMustExist: true });
  try {
    watch.pragma('schema_version');
    const stamp = stampOf(tenant.path);
    if ((await readHeld(tenant, maxDatabaseBytes)).digest !== copied.digest) return refused;
    await swapDatabase({
      path: tenant.path,
      image: rest.bytes,
      staged: fetchedPath(tenant.path),
      mtime: modified,
      invalid: 'tenant-invalid',
      locked: () => {
        if (stampOf(tenant.path) !== stamp) throw new WrittenTo();
      },
    });
    return { finished: 'written to', refused: false };
  } catch (error) {
    if (error instanceof WrittenTo) return refused;
    throw databaseError(tenant.name, tenant.path, error);
  } finally {
    watch.close();
  }
}

class WrittenTo extends Error {}
