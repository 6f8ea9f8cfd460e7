import { hash } from 'node:crypto';
import {
  isFarAhead,
  mistakenTime,
  objectTime,
  unreadableTime,
  wholeSeconds,
} from '../bucket/object-names.ts';
import { imageDigest } from '../database/image.ts';
import { Failure } from '../failure.ts';
import type { LiveIndex } from '../install/live-index.ts';
import type { InstalledState } from '../journal/journal-model.ts';
import type { IndexFacts } from '../report/results.ts';
import { printable } from '../text.ts';
import type { Fetched } from './fetch.ts';

/** An index that an update may work with. */
export interface Candidate {
  readonly image: Buffer;
  readonly digest: string;
  readonly facts: IndexFacts;
  /** What the journal remembers once it is installed; null for nothing new. */
  readonly remember: InstalledState | null;
  /** A note for the operator about how it was chosen; null for none. */
  readonly note: string | null;
}

/**
 * The local index as it is: for a deployment without a store, and for the start hook.
 *
 * @throws {Failure} `index-missing`, or `index-invalid` for a file that is not a readable database.
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
  return { image: live.image, digest: live.digest, facts, remember: null, note: null };
}

/** If the local index is still the fetched one, it keeps the facts of the fetched one. */
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
  const { etag, sha256, digest, size, time, source } = installed;
  return { etag, sha256, ...(source === 'push' ? { digest } : {}), size, time: time.toISOString(), source };
}

/** What the choice of an index depends on. */
export interface Choice {
  readonly live: LiveIndex;
  readonly installed: InstalledState | null;
  /** Whether an administrator wants the store's index in any case. */
  readonly force: boolean;
  /** Whether the index is written on this host (the admin host), and only copied to machines. */
  readonly isSource: boolean;
  /** `imageDigest`s of what this host has published. */
  readonly published: ReadonlySet<string>;
  readonly now: Date;
}

/** Edits on this host that were not published, and that the store's index would overwrite. */
export interface Unpublished {
  readonly kind: 'unpublished';
  /** Image of the store's index. */
  readonly theirs: Buffer;
  readonly facts: IndexFacts;
  readonly whose: Whose;
}

/**
 * Decides which index an update works with. On a machine, the store's index replaces local edits; on the host where the
 * index is written, unpublished edits stay. An index that was rolled back, or is older than the installed one, replaces
 * the local one only if forced, or if the local one cannot be used. A time far ahead of the clock blocks nothing: for a
 * fetched index, the store's own time counts instead; for the local index, no time counts.
 *
 * @throws {Failure} `index-missing`, `index-invalid` (of the local one, if it is needed), `index-older`
 */
export async function chooseCandidate(fetched: Fetched, choice: Choice): Promise<Candidate | Unpublished> {
  const { live, installed, force, now } = choice;
  if (fetched.kind === 'no-store') return localCandidate(live, installed);
  if (fetched.kind === 'unchanged') {
    return { ...localCandidate(live, installed), note: installed?.held ? heldNote(installed) : null };
  }
  const { object, from } = fetched;
  const whose = from === 'push' ? PUSHED : OF_STORE;
  const time = objectTime(object, now);
  const digest = imageDigest(fetched.bytes);
  const theirs = candidateOf(fetched, { digest, time, mistaken: mistakenTime(object, now) });
  if (force || digest === live.digest) return theirs;
  const isIntact = installed !== null && installed.digest === live.digest;
  const isHeld = installed !== null && installed.etag === object.etag && installed.held;
  const claimed = mistakenTime(object, now) ?? time;
  const isOlder = (than: Date | null): boolean =>
    than !== null && !isFarAhead(than, now, object.modified) && wholeSeconds(claimed) < wholeSeconds(than);
  // If the journal does not know an index, only its own time says how old it is.
  const isEdited = installed ? !isIntact : isOlder(live.modified);
  const isUnpublished = isEdited && choice.isSource && !choice.published.has(live.digest ?? '');
  const reference = installed ? installed.time : live.modified;
  const isTakenAsItIs = !isHeld && !isEdited && !isOlder(reference);
  // Proving the local one takes as long as proving the store's, and most updates do not need it.
  if (isTakenAsItIs || !(await isUsable(live))) return theirs;
  if (isHeld) return { ...localCandidate(live, installed), note: heldNote(installed) };
  if (isUnpublished) return { kind: 'unpublished', theirs: fetched.bytes, facts: theirs.facts, whose };
  if (isOlder(reference)) throw olderThan(time, reference ?? time, whose);
  return installed ? { ...theirs, note: replacedByHand(whose) } : theirs;
}

/** The name of an index in messages, and what to do if an older one is not wanted. */
const OF_STORE = {
  name: "the store's",
  index: "the store's index",
  instead: 'Publish the newer one',
} as const;
const PUSHED = { name: 'the pushed one', index: 'the pushed index', instead: 'Push the newer one' } as const;

type Whose = typeof OF_STORE | typeof PUSHED;

/** @param differences from the other index, a line each */
export function describeHeld(differences: readonly string[], { name }: Whose): string {
  const count = differences.length === 1 ? 'a difference' : `${differences.length} differences`;
  return `the index of this host has edits that were not published (${count} from ${name}), and is held: nothing is replaced. Publish them (config-update), or take ${name} (force=1, --force)`;
}

function replacedByHand({ name }: Whose): string {
  return `the index of this machine had been changed by hand; ${name} takes its place, and what it replaces is kept (--generations)`;
}

function olderThan(time: Date, local: Date, { index, instead }: Whose): Failure {
  return new Failure(
    'index-older',
    `${index} (${time.toISOString()}) is older than the local one (${local.toISOString()})`,
    {
      hint: `${instead}; or ask with force=1 (--force) to install the older one all the same.`,
    },
  );
}

interface Learnt {
  readonly digest: string;
  readonly time: Date;
  /** The time in its metadata, if that time is ignored; else null. */
  readonly mistaken: Date | null;
}

function candidateOf(
  { object, from, bytes, sha256 }: Extract<Fetched, { kind: 'found' }>,
  { digest, time, mistaken }: Learnt,
): Candidate {
  const facts: IndexFacts = {
    etag: object.etag,
    sha256,
    ...(from === 'push' ? { digest } : {}),
    size: bytes.length,
    time: time.toISOString(),
    source: from,
  };
  return {
    image: bytes,
    digest,
    facts,
    remember: { ...facts, time, digest, held: false },
    note: mistaken ? mistakenNote(mistaken) : unreadableNote(unreadableTime(object)),
  };
}

function unreadableNote(said: string | null): string | null {
  if (said === null) return null;
  const quoted = JSON.stringify(printable(said.slice(0, 100)));
  return `the last-modified of the store's index, ${quoted}, is not a time, so nothing says whether it is the newer one; what it replaces is kept (--generations)`;
}

function mistakenNote(time: Date): string {
  return `the last-modified of the store's index, ${time.toISOString()}, is more than a day ahead of the clock, so the store's own time counts`;
}

/** If the local index is damaged, or no user in it can log in, any index of the store replaces it. */
async function isUsable({ image }: LiveIndex): Promise<boolean> {
  if (!image) return false;
  const { validateImage } = await import('../index/validate.ts');
  try {
    validateImage(image);
    return true;
  } catch (error) {
    if (error instanceof Failure && error.code === 'index-invalid') return false;
    throw error;
  }
}

function heldNote(installed: InstalledState): string {
  return `${installed.etag} was rolled back here and is not installed again; publish another index, or use force`;
}
