import { hash } from 'node:crypto';
import {
  databaseKey,
  INDEX_NAME,
  isFarAhead,
  mistakenTime,
  objectTime,
  wholeSeconds,
} from '../bucket/layout.ts';
import { Failure } from '../failure.ts';
import { imageDigest } from '../index/open.ts';
import { validateImage } from '../index/validate.ts';
import type { LiveIndex } from '../install/live-index.ts';
import type { InstalledState } from '../journal/types.ts';
import type { IndexFacts } from '../report/types.ts';
import type { ObjectReader, StoredObject } from '../store/types.ts';

const INDEX_KEY = databaseKey(INDEX_NAME);

/** An index that an update may work with. */
export interface Candidate {
  readonly image: Buffer;
  readonly digest: string;
  readonly facts: IndexFacts;
  /** What the journal shall remember once it is installed; null when nothing new is learnt. */
  readonly remember: InstalledState | null;
  /** How it was found, in words. */
  readonly detail: string;
}

/**
 * The local index as it is: the deployment without a store, and the start hook.
 *
 * @throws {Failure} `index-missing`, or `index-invalid` for a file that is no readable database.
 */
export function localCandidate(live: LiveIndex, installed: InstalledState | null): Candidate {
  const facts = localFacts(live, installed);
  if (!live.image || !live.digest || !facts) {
    throw new Failure(
      live.problem ? 'index-invalid' : 'index-missing',
      live.problem ? `${live.path} cannot be read: ${live.problem}` : `there is no index at ${live.path}`,
      {
        hint: 'Put index.sqlite3 into the db dir (RAILS_DB_VOLUME); or set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_ENDPOINT_URL_S3, so that it can be fetched.',
      },
    );
  }
  const detail = `local index, ${live.image.length} bytes`;
  return { image: live.image, digest: live.digest, facts, remember: null, detail };
}

/** A local index that is still what was once fetched keeps the facts of what was fetched. */
export function localFacts(live: LiveIndex, installed: InstalledState | null): IndexFacts | null {
  const { image, digest, modified } = live;
  if (!image || !digest || !modified) return null;
  if (installed && installed.digest === digest && !installed.held) return fetchedFacts(installed);
  const size = image.length;
  return {
    etag: null,
    sha256: hash('sha256', image),
    digest,
    size,
    time: modified.toISOString(),
    source: 'local',
  };
}

function fetchedFacts(installed: InstalledState): IndexFacts {
  const { etag, sha256, size, time, source } = installed;
  return { etag, sha256, size, time, source };
}

export interface FetchOptions {
  readonly maxBytes: number;
  readonly force: boolean;
  /** The clock of this machine; read where absent. */
  readonly now?: Date;
}

/**
 * Asks the store for the index: conditionally where what is installed is still what was fetched. An index that the
 * store has not changed since, one that was rolled back, and one older than the local one do not replace the local
 * one unless forced, or unless that one cannot be used. A time that is far ahead keeps nothing out: of what is fetched
 * the store's own time counts in its place, of the local index nothing does.
 *
 * @throws {Failure} `store-*`, `index-too-large`, `index-older`.
 */
export async function fetchCandidate(
  store: ObjectReader,
  live: LiveIndex,
  installed: InstalledState | null,
  options: FetchOptions,
): Promise<Candidate> {
  const intact = installed !== null && live.digest !== null && installed.digest === live.digest;
  const etag = intact && !options.force ? installed.etag : null;
  const got = await store.get(INDEX_KEY, {
    maxBytes: options.maxBytes,
    ...(etag ? { ifNoneMatch: etag } : {}),
  });
  switch (got.kind) {
    case 'missing':
      throw new Failure('store-no-index', `the store has no ${INDEX_KEY}`, {
        hint: 'Publish the index first, or check BUCKET_NAME.',
      });
    case 'too-large':
      throw new Failure(
        'index-too-large',
        `${INDEX_KEY} has ${got.size} bytes, more than the ${options.maxBytes} allowed`,
        {
          hint: 'Check what was published; raise UPDATE_CONFIG_MAX_INDEX_MIB if it is right.',
        },
      );
    case 'unchanged': {
      const kept = localCandidate(live, installed);
      return {
        ...kept,
        detail: installed?.held ? heldDetail(installed) : 'not modified since it was fetched',
      };
    }
    case 'found': {
      const { object, bytes, sha256 } = got;
      const { now = new Date() } = options;
      const time = objectTime(object, now);
      const digest = imageDigest(bytes);
      if (!options.force && digest !== live.digest) {
        const reason = keepReason({ object, time, now }, live, installed);
        if (reason) return { ...localCandidate(live, installed), detail: reason };
      }
      return fetched(object, bytes, { sha256, digest, time, mistaken: mistakenTime(object, now) });
    }
  }
}

interface Learnt {
  readonly sha256: string;
  readonly digest: string;
  readonly time: Date;
  /** What its metadata says of its time where that counts for nothing; else null. */
  readonly mistaken: Date | null;
}

function fetched(object: StoredObject, bytes: Buffer, { sha256, digest, time, mistaken }: Learnt): Candidate {
  const facts: IndexFacts = {
    etag: object.etag,
    sha256,
    size: bytes.length,
    time: time.toISOString(),
    source: 'store',
  };
  const detail = `${bytes.length} bytes, ETag ${object.etag}, changed ${facts.time}`;
  return {
    image: bytes,
    digest,
    facts,
    remember: { ...facts, digest, held: false },
    detail: mistaken ? `${detail} (${mistakenNote(mistaken)})` : detail,
  };
}

function mistakenNote(time: Date): string {
  return `its last-modified, ${time.toISOString()}, is more than a day ahead of the clock, so the store's own time counts`;
}

/** A local index that is damaged, or with which nobody could log in, gives way to any that the store has. */
function isUsable({ image }: LiveIndex): boolean {
  if (!image) return false;
  try {
    validateImage(image);
    return true;
  } catch (error) {
    if (error instanceof Failure && error.code === 'index-invalid') return false;
    throw error;
  }
}

/** Why the local index stays although the store has another one; null when the fetched one is to be used. */
function keepReason(
  { object, time, now }: { object: StoredObject; time: Date; now: Date },
  live: LiveIndex,
  installed: InstalledState | null,
): string | null {
  if (installed?.etag === object.etag && isUsable(live)) {
    return installed.held
      ? heldDetail(installed)
      : 'the store has nothing newer than what the local index grew from';
  }
  const intact = installed !== null && installed.digest === live.digest;
  const localTime = intact ? new Date(installed.time) : live.modified;
  // An earlier release may have installed an index that said it was changed in 9999.
  if (!localTime || isFarAhead(localTime, now, object.modified)) return null;
  // What it claims is no time of a change, but it claims to be the later one.
  const claimed = mistakenTime(object, now) ?? time;
  if (wholeSeconds(claimed) < wholeSeconds(localTime) && isUsable(live)) {
    throw new Failure(
      'index-older',
      `the store's index (${time.toISOString()}) is older than the local one (${localTime.toISOString()})`,
      {
        hint: 'Publish the newer index; or ask with force=1 (--force) to install the older one all the same.',
      },
    );
  }
  return null;
}

function heldDetail(installed: InstalledState): string {
  return `${installed.etag} was rolled back here and is not installed again; publish another index, or use force`;
}
