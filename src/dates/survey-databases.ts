import { codeOf } from '../files/disk.ts';
import { stampOf } from '../tenants/local-copy.ts';
import { foldSpace } from './date-cell.ts';
import type { DatedEvent, WantedDate } from './dated-event.ts';
import { readEventDate } from './read-date.ts';

/** The result of a look at all event databases. */
export interface Survey {
  readonly wanted: readonly WantedDate[];
  /** `stampOf` every database that need not be looked at again until it changes, by its name. */
  readonly seen: Record<string, string>;
  /** How many databases had changed since the last look. */
  readonly looked: number;
  /** How many of those could not be read, or have no date that can be used. */
  readonly unread: number;
  /** How many are not on this host. */
  readonly missing: number;
  /** Notes for the operator, a line each. */
  readonly notes: readonly string[];
}

/** Databases that are named in notes; of more, only how many. */
const MOST_NOTES = 20;
/** Databases that are named where they are missing. */
const MOST_NAMES = 3;

/**
 * Looks at the databases that changed since the last look.
 *
 * @param known `stampOf` each database at the last look
 * @param pause between two databases, so that this process can do other things
 * @returns null when the signal ended it
 */
export async function surveyDatabases(
  events: readonly DatedEvent[],
  known: Readonly<Record<string, string>>,
  maxBytes: number,
  signal: AbortSignal,
  pause: () => Promise<unknown>,
): Promise<Survey | null> {
  const wanted: WantedDate[] = [];
  const seen: Record<string, string> = {};
  const problems: string[] = [];
  const missing: string[] = [];
  let looked = 0;
  for (const event of events) {
    const { database } = event;
    // Taken before the look: what is written meanwhile is found by the next run.
    const stamp = stampOrReason(event.path);
    if (stamp.kind === 'missing') missing.push(database);
    else if (stamp.kind === 'unread')
      problems.push(`the database of ${database} cannot be looked at: ${stamp.reason}`);
    else if (Object.hasOwn(known, database) && known[database] === stamp.text) seen[database] = stamp.text;
    else {
      await pause();
      if (signal.aborted) return null;
      looked += 1;
      const found = readEventDate(event, maxBytes);
      if (found.kind === 'unread') problems.push(found.reason);
      if (found.kind === 'date' && found.date !== foldSpace(event.date ?? ''))
        wanted.push({ event, date: found.date, stamp: stamp.text });
      else if (found.kind !== 'unread' || found.lasting) seen[database] = stamp.text;
    }
  }
  const notes = [...problemNotes(problems), ...missingNotes(missing, events.length)];
  return { wanted, seen, looked, unread: problems.length, missing: missing.length, notes };
}

type Stamp =
  | { readonly kind: 'stamp'; readonly text: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unread'; readonly reason: string };

function stampOrReason(path: string): Stamp {
  try {
    const text = stampOf(path);
    return text.startsWith('- ') ? { kind: 'missing' } : { kind: 'stamp', text };
  } catch (error) {
    if (codeOf(error) === '') throw error;
    return { kind: 'unread', reason: (error as Error).message };
  }
}

function problemNotes(problems: readonly string[]): string[] {
  const shown = problems.slice(0, MOST_NOTES).map((problem) => `no event date: ${problem}`);
  const more = problems.length - shown.length;
  return more > 0 ? [...shown, `no event date: ${more} more databases are not shown`] : shown;
}

/** A host without any is not one that keeps them. */
function missingNotes(missing: readonly string[], events: number): string[] {
  if (missing.length === 0 || missing.length === events) return [];
  const names = missing.slice(0, MOST_NAMES).join(', ');
  const more = missing.length > MOST_NAMES ? `${names}, ...` : names;
  return [`no event date: ${missing.length} of ${events} event databases are not on this host (${more})`];
}
