import { rmSync } from 'node:fs';
import { imageDigest, openInstalled, readImage } from '../database/image.ts';
import type { Database } from '../database/sqlite.ts';
import { wholePages } from '../database/swap.ts';
import { onDisk } from '../files/disk.ts';
import { ownershipOfApplication, writeNewFile } from '../rights/files.ts';
import { countRows } from './column.ts';
import { fetchedPath } from './kept-copies.ts';
import {
  appliedIn,
  type CommandContext,
  commandFailed,
  countPending,
  type Limit,
  runCommand,
  usualLimit,
} from './migrations.ts';
import { databaseError, localSubject } from './tenant-failure.ts';
import type { ProvedImage } from './tenant-image.ts';
import type { TenantDatabase } from './tenant-model.ts';
import { NEW_DATABASE_MODE } from './tenants-settings.ts';
import { readProved } from './version-order.ts';

/** Where a header says whether there is a write-ahead log. */
const VERSIONS_AT = 18;
const NO_LOG = 0x0101;

export interface MakingContext extends CommandContext {
  /** Versions of the application's migrations. */
  readonly migrations: readonly string[];
}

/**
 * Makes the application make a database under an unpredictable name, and proves the result: sound, all migrations
 * applied, and with a row in `events`, if it has such a table. Nothing is left of the file when this returns. Call it
 * with the tenant's lock held, so that the next holder of that lock removes what a kill leaves.
 *
 * @param limitOf how long the next command may take
 * @param start the database to begin with, to be migrated; absent for none
 * @throws {Failure} `command-failed`, `tenant-invalid`, `disk`, `lock-timeout`
 */
export async function makeImage(
  context: MakingContext,
  { name, path }: Pick<TenantDatabase, 'name' | 'path'>,
  limitOf: () => Limit = () => usualLimit(context.settings),
  start: ProvedImage | null = null,
): Promise<ProvedImage> {
  const making = { name, path: fetchedPath(path) };
  try {
    if (start) {
      const like = ownershipOfApplication(NEW_DATABASE_MODE);
      onDisk('cannot write', making.path, () => writeNewFile(making.path, [start.bytes], like));
    }
    await runCommand(context, 'prepare', making, limitOf());
    await seedIfEmpty(context, making, limitOf());
    return await proveMade(context, making, limitOf().ms);
  } finally {
    for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(making.path + suffix, { force: true });
  }
}

/**
 * Has the application fill a prepared database, where its `events` is there and empty.
 *
 * @throws {Failure} as `runCommand`, and if it is empty still
 */
export async function seedIfEmpty(
  context: CommandContext,
  tenant: Pick<TenantDatabase, 'name' | 'path'>,
  limit: Limit = usualLimit(context.settings),
): Promise<void> {
  if (context.settings.seedCommand === null || !isUnseeded(context, tenant)) return;
  await runCommand(context, 'seed', tenant, limit);
  if (isUnseeded(context, tenant))
    throw commandFailed(context, 'ended well, but events is still empty', 'seed');
}

function isUnseeded(context: CommandContext, tenant: Pick<TenantDatabase, 'name' | 'path'>): boolean {
  return withDatabase(context, tenant, (db) => countRows(db, 'events')) === 0;
}

async function proveMade(
  context: MakingContext,
  making: Pick<TenantDatabase, 'name' | 'path'>,
  limitMs: number,
): Promise<ProvedImage> {
  const subject = localSubject(making.name);
  const image = withDatabase(context, making, (db) =>
    readImage(db, subject, context.settings.maxDatabaseBytes),
  );
  const { bytes, left } = await readProved(
    image,
    subject,
    (db) => ({
      bytes: withoutLog(wholePages(image, db)),
      left: countPending(context.migrations, appliedIn(db)),
    }),
    limitMs,
  );
  if (left > 0) throw commandFailed(context, `ended well, but left ${left} of the migrations pending`);
  return { bytes, digest: imageDigest(bytes) };
}

/** The same pages, of a database that has no write-ahead log, as the platform's have none. */
export function withoutLog(image: Buffer): Buffer {
  image.writeUInt16BE(NO_LOG, VERSIONS_AT);
  return image;
}

function withDatabase<T>(
  context: CommandContext,
  { name, path }: Pick<TenantDatabase, 'name' | 'path'>,
  work: (db: Database) => T,
): T {
  try {
    const db = openInstalled(path, { subject: localSubject(name) });
    if (!db) throw commandFailed(context, 'ended well, but there is no database');
    try {
      return work(db);
    } finally {
      db.close();
    }
  } catch (error) {
    throw databaseError(name, path, error);
  }
}
