import { createHash } from 'node:crypto';
import { readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { databaseFile } from '../bucket/object-names.ts';
import { findProgram } from '../child/find.ts';
import { imageDigest } from '../database/image.ts';
import { waitForLock } from '../database/lock.ts';
import type { Database } from '../database/sqlite.ts';
import { wholePages } from '../database/swap.ts';
import { codeOf, notAsWritten, onDisk } from '../files/disk.ts';
import { readRegularFile } from '../files/regular-file.ts';
import { syncDirectory } from '../files/sync-directory.ts';
import { childUser } from '../rights/child.ts';
import { ownershipOfApplication, writeNewFile } from '../rights/files.ts';
import { countRows } from './column.ts';
import { fetchedPath, findLeftovers, removeLeftovers } from './kept-copies.ts';
import { type MakingContext, makeImage, withoutLog } from './made.ts';
import { appliedIn, countPending, type Limit, usualLimit } from './migrations.ts';
import { localSubject } from './tenant-failure.ts';
import type { ProvedImage } from './tenant-image.ts';
import { tenantLockPath } from './under-lock.ts';
import { readProved } from './version-order.ts';

/*
 * The prepared, empty database that new events get a copy of. It is data for the application's databases and nothing else,
 * made by the application's commands and kept in the application's state directory: an application that changes it
 * changes its own new databases, and no more. Its name says which migrations and seed it was made by.
 */

/** The name that commands are told, in the place of a tenant's. Names of tenants begin with a year. */
const TEMPLATE = 'template';
const KEPT = /^template-[0-9a-f]{16}\.sqlite3$/;

/** Bytes; one that is larger holds more than a seed. */
const MOST_BYTES = 32 * 2 ** 20;
/** Bytes of a file of the application's seed that count. */
const MOST_SEED_BYTES = 2 ** 20;
const MODE = 0o600;

/** Milliseconds for another process, beyond its commands, to be done with the template. */
const LOCK_MS = 10_000;

/**
 * Where the template for the application's present migrations, seed and commands is kept, be it there or not.
 *
 * @throws {Failure} `disk`
 */
function templatePath(stateDir: string, { site, settings, migrations }: MakingContext): string {
  const { appRoot } = site;
  const { prepareCommand, seedCommand } = settings;
  const made = [[...migrations].sort(), prepareCommand, seedCommand];
  const sum = createHash('sha256').update(JSON.stringify(made));
  onDisk('cannot read', join(appRoot, 'db'), () => {
    for (const file of seedFiles(appRoot)) {
      const found = readRegularFile(join(appRoot, 'db', file), MOST_SEED_BYTES);
      sum.update(`\0${file}\0`).update(found.kind === 'file' ? found.bytes : found.kind);
    }
  });
  return join(stateDir, `template-${sum.digest('hex').slice(0, 16)}.sqlite3`);
}

/** What the platform's seed consists of, below `db`. */
function seedFiles(appRoot: string): string[] {
  return ['seeds.rb', ...seedsOf(appRoot).map((name) => join('seeds', name))];
}

function seedsOf(appRoot: string): string[] {
  try {
    return readdirSync(join(appRoot, 'db/seeds')).sort().slice(0, 100);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return [];
    throw error;
  }
}

/**
 * The template, proved once more; null where there is none, or none that fits.
 *
 * @throws {Failure} `disk`
 */
export async function readTemplate(
  context: MakingContext,
  stateDir: string,
  limitMs?: number,
): Promise<ProvedImage | null> {
  const path = templatePath(stateDir, context);
  const found = onDisk('cannot read', path, () => readRegularFile(path, MOST_BYTES));
  if (found.kind !== 'file' || found.bytes.length === 0) return null;
  const image = found.bytes;
  try {
    const subject = localSubject(TEMPLATE);
    const read = await readProved(
      image,
      subject,
      (db) => ({
        bytes: wholePages(image, db),
        fits: countPending(context.migrations, appliedIn(db)) === 0 && isSeeded(context, db),
      }),
      limitMs,
    );
    return read.fits ? { bytes: withoutLog(read.bytes), digest: imageDigest(read.bytes) } : null;
  } catch (error) {
    // A damaged one is made anew.
    if (codeOf(error) === 'tenant-invalid') return null;
    throw error;
  }
}

function isSeeded({ settings }: MakingContext, db: Database): boolean {
  return settings.seedCommand === null || countRows(db, 'events') !== 0;
}

/** Whether the application has the command, and an account to run it as. */
export function canMake({ site, settings, env }: MakingContext): boolean {
  const [program = ''] = settings.prepareCommand;
  return childUser().kind !== 'none' && findProgram(program, site.appRoot, env['PATH']) !== null;
}

interface TemplateLimits {
  /** How long the next command may take. */
  readonly limitOf: () => Limit;
  /** Milliseconds to wait for another process that is making it. */
  readonly patienceMs: () => number;
}

function usualLimits({ settings }: MakingContext): TemplateLimits {
  const limit = usualLimit(settings);
  return { limitOf: () => limit, patienceMs: () => 2 * limit.ms + LOCK_MS };
}

/**
 * The template, made by the application's commands where there is none that fits; the others are removed then.
 *
 * @throws {Failure} as `makeImage`, and `lock-timeout` where another process is making it
 */
export async function ensureTemplate(
  context: MakingContext,
  stateDir: string,
  { limitOf, patienceMs }: TemplateLimits = usualLimits(context),
): Promise<ProvedImage> {
  const { dbDir } = context.site;
  const there = await readTemplate(context, stateDir, limitOf().ms);
  if (there) return there;
  const lock = await waitForLock(tenantLockPath(stateDir, TEMPLATE), { timeoutMs: patienceMs() });
  try {
    const byOther = await readTemplate(context, stateDir, limitOf().ms);
    if (byOther) return byOther;
    removeLeftovers(findLeftovers(dbDir).get(TEMPLATE) ?? []);
    const image = await makeImage(
      context,
      { name: TEMPLATE, path: join(dbDir, databaseFile(TEMPLATE)) },
      limitOf,
    );
    keep(templatePath(stateDir, context), stateDir, image);
    return image;
  } finally {
    lock.release();
  }
}

function keep(path: string, stateDir: string, { bytes }: ProvedImage): void {
  const staged = fetchedPath(path);
  onDisk('cannot keep', path, () => {
    for (const name of readdirSync(stateDir)) {
      if (KEPT.test(name) || name.startsWith('.template-')) rmSync(join(stateDir, name), { force: true });
    }
    try {
      writeNewFile(staged, [bytes], ownershipOfApplication(MODE));
      const found = readRegularFile(staged, bytes.length);
      if (found.kind !== 'file' || !found.bytes.equals(bytes)) throw notAsWritten(staged);
      renameSync(staged, path);
    } finally {
      rmSync(staged, { force: true });
    }
    syncDirectory(stateDir);
  });
}
