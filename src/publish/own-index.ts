import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { databaseFile, INDEX_NAME, isFarAhead } from '../bucket/object-names.ts';
import { backedUpImage } from '../database/backup.ts';
import { patience, untilFree } from '../database/busy.ts';
import { imageDigest, openInstalled } from '../database/image.ts';
import { Failure } from '../failure.ts';
import { onDisk } from '../files/disk.ts';
import { stagedBy, stagedPath } from '../files/staged-names.ts';
import { makeTemporaryDirectory } from '../files/temporary.ts';
import { lastWritten } from '../install/live-index.ts';
import type { PublishedIndex } from '../report/fleet-results.ts';
import { removeTree } from '../rights/files.ts';
import type { Site } from '../site/site.ts';
import { md5, sha256 } from '../store/proof.ts';
import type { OwnIndex } from './publish-context.ts';

/** Milliseconds to wait until no other process is writing to the index. */
const PATIENCE_MS = 5000;

const REPLACE_IT = 'Nothing was published. Put the right index.sqlite3 there, then run it again.';

/**
 * The index of this host, also while the application writes to it.
 *
 * @param stateDir for a temporary copy; null to leave no trace (a dry run)
 * @throws {Failure} `index-missing`, `index-invalid`, `index-too-large`, `lock-timeout`, `disk`
 */
export async function readOwnIndex(
  site: Site,
  run: string,
  options: { stateDir: string | null; maxBytes: number },
): Promise<OwnIndex> {
  const path = join(site.dbDir, databaseFile(INDEX_NAME));
  const modified = onDisk('cannot look at', path, () => lastWritten(path));
  if (!modified) throw missing(path);
  const scratch = options.stateDir ?? makeTemporaryDirectory('config-update-');
  try {
    const through = stagedPath(join(scratch, databaseFile(INDEX_NAME)), run);
    const image = await copy(path, through, options.maxBytes);
    if (image.length > options.maxBytes) throw tooLarge(path, image.length, options.maxBytes);
    return { image, digest: imageDigest(image), modified };
  } catch (error) {
    throw forPublisher(error);
  } finally {
    if (options.stateDir === null) removeTree(scratch);
  }
}

/**
 * Our index; if its time is far ahead of the clock, with the time of now. Machines would not believe the other time
 * either, and every later index would count as older.
 */
export function withLikelyTime(own: OwnIndex, now: Date, note: (message: string) => void): OwnIndex {
  if (!isFarAhead(own.modified, now)) return own;
  note(
    `warning: the index of this host says that it was last changed at ${own.modified.toISOString()}, more than a day ahead of the clock: it counts as changed now. Look at the clock of this host`,
  );
  return { ...own, modified: now };
}

/** Our index as it is, or would be, in the store. */
export function asPublished(
  { image, digest }: OwnIndex,
  { by, modified, etag }: { by: string; modified: Date; etag: string },
): PublishedIndex {
  const publishedAt = new Date().toISOString();
  const time = modified.toISOString();
  return { etag, sha256: sha256(image), digest, size: image.length, time, publishedAt, by };
}

/** The ETag that stores give to an object that is sent as a whole. */
export function likelyEtag({ image }: OwnIndex): string {
  return `"${md5(image)}"`;
}

/** Removes copies that killed runs have left. Call it while nobody else publishes from here. */
export function removeLeftCopies(stateDir: string): void {
  onDisk('cannot tidy up', stateDir, () => {
    for (const name of readdirSync(stateDir)) {
      if (stagedBy(name) !== null && name.startsWith(`.${databaseFile(INDEX_NAME)}.`))
        rmSync(join(stateDir, name), { force: true });
    }
  });
}

async function copy(path: string, through: string, maxBytes: number): Promise<Buffer> {
  const patient = patience(path, PATIENCE_MS);
  const db = await untilFree(patient, () => openInstalled(path, { busyTimeoutMs: 0 }));
  if (!db) throw missing(path);
  try {
    const pages = Number(await untilFree(patient, () => db.pragma('page_count', { simple: true })));
    if (pages === 0) throw empty(path);
    // A file with a hole takes no room on the disk, but would where it is copied to.
    const bytes = pages * Number(db.pragma('page_size', { simple: true }));
    if (bytes > maxBytes) throw tooLarge(path, bytes, maxBytes);
    return await backedUpImage(db, { through, timeoutMs: PATIENCE_MS });
  } finally {
    db.close();
  }
}

/** The hint for a damaged index on the host that publishes; a machine would get another one from the store. */
function forPublisher(error: unknown): unknown {
  if (!(error instanceof Failure) || error.code !== 'index-invalid') return error;
  return new Failure(error.code, error.message, { hint: REPLACE_IT, cause: error });
}

function empty(path: string): Failure {
  return new Failure('index-invalid', `the index ${path} is empty`, {
    hint: REPLACE_IT,
  });
}

function missing(path: string): Failure {
  return new Failure('index-missing', `there is no index at ${path}`, {
    hint: 'Run it on the host that holds the index; or set RAILS_DB_VOLUME to the directory of index.sqlite3.',
  });
}

function tooLarge(path: string, size: number, most: number): Failure {
  return new Failure(
    'index-too-large',
    `${path} has ${size} bytes, more than the ${most} that machines take`,
    {
      hint: 'Nothing was published. If it is right, raise UPDATE_CONFIG_MAX_INDEX_MIB on every machine and here.',
    },
  );
}
