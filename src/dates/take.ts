import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { databaseFile, INDEX_NAME } from '../bucket/object-names.ts';
import { isSqliteError } from '../database/sqlite.ts';
import { asFailure, Failure } from '../failure.ts';
import type { Index } from '../index/index-model.ts';
import { entriesOf } from '../index/index-model.ts';
import { databaseOf } from '../index/tenant-names.ts';
import { readInstalledIndex } from '../install/installed-index.ts';
import { inFleetJournal } from '../journal/fleet.ts';
import { readDateMemory } from '../journal/fleet-history.ts';
import type { DateMemory } from '../journal/journal-model.ts';
import type { Tell } from '../report/events.ts';
import type { Site } from '../site/site.ts';
import type { DatedEvent } from './dated-event.ts';
import type { DateSettings } from './dates-settings.ts';
import { type Survey, surveyDatabases } from './survey-databases.ts';
import { writeDates } from './write-dates.ts';

export interface DatesContext {
  readonly site: Site;
  readonly settings: DateSettings;
  /** Milliseconds to wait for the journal. */
  readonly lockTimeoutMs: number;
  readonly signal: AbortSignal;
  readonly report: Tell;
  /** Told of every error that was not foreseen. */
  readonly unexpected: (error: unknown) => void;
}

/**
 * Takes the date of every event whose own database changed since the last look into the index of this host, and says so.
 * A dry run says what it would take. Never throws: whatever cannot be read or written is a note, since the index can be
 * published as it is.
 */
export async function takeDates(context: DatesContext, options: { dryRun: boolean }): Promise<void> {
  try {
    await take(context, options.dryRun);
  } catch (error) {
    if (isNoIndex(error)) return; // publishing says so
    if (!(error instanceof Failure) && !isSqliteError(error)) return context.unexpected(error);
    note(context, `event dates are not taken: ${reasonOf(error)}`);
  }
}

async function take(context: DatesContext, dryRun: boolean): Promise<void> {
  const { site, settings, lockTimeoutMs, signal, report } = context;
  const { index } = await readInstalledIndex(site);
  const events = datedEvents(index, site);
  const { memory, foreign } = await readDateMemory(site.dbDir, lockTimeoutMs);
  // Another host's index has not got what was taken into ours.
  const known = foreign === null || foreign === memory.basis ? memory.stamps : {};
  const survey = await surveyDatabases(events, known, settings.maxDatabaseBytes, signal, nextTurn);
  if (!survey) return; // told to end
  for (const message of survey.notes) note(context, message);
  const taken = dryRun ? wouldTake(context, survey) : await write(context, survey);
  const { looked, unread, missing } = survey;
  // A host without any of them is not one that keeps them.
  if (missing < events.length && (looked > 0 || unread > 0)) {
    const changed = `${looked} of ${events.length} event databases changed since the last look`;
    const rest = unread === 0 ? '' : `, ${unread} could not be used`;
    const message = `Event dates: ${taken} ${dryRun ? 'would be taken' : 'taken'}; ${changed}${rest}`;
    report({ type: 'note', level: 'info', message });
  }
  if (!dryRun) await remember(context, memory, { basis: foreign ?? memory.basis, stamps: survey.seen });
}

function wouldTake(context: DatesContext, { wanted }: Survey): number {
  for (const { event, date } of wanted)
    tellDate(context, 'would-change', event, { from: event.date, to: date });
  return wanted.length;
}

/** @returns how many were taken; those that were not are looked at again by the next run */
async function write(context: DatesContext, { wanted, seen }: Survey): Promise<number> {
  if (wanted.length === 0) return 0;
  let taken = 0;
  try {
    const path = join(context.site.dbDir, databaseFile(INDEX_NAME));
    for (const written of await writeDates(path, wanted)) {
      const { event, date, stamp } = written.wanted;
      if (written.kind === 'gone') continue;
      seen[event.database] = stamp;
      if (written.kind === 'there') continue;
      taken += 1;
      tellDate(context, 'changed', event, { from: written.from, to: date });
    }
  } catch (error) {
    if (!(error instanceof Failure) && !isSqliteError(error)) throw error;
    const dates = wanted.length === 1 ? '1 event date is' : `${wanted.length} event dates are`;
    note(context, `${dates} not taken: ${reasonOf(error)}; the next run tries again`);
  }
  return taken;
}

async function remember(context: DatesContext, before: DateMemory, after: DateMemory): Promise<void> {
  if (JSON.stringify(before) === JSON.stringify(after)) return;
  const { site, lockTimeoutMs: timeoutMs } = context;
  try {
    await inFleetJournal({ dbDir: site.dbDir, timeoutMs }, (journal) => journal.rememberDates(after));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    note(context, `the next run looks at all event databases again: ${error.message}`);
  }
}

function isNoIndex(error: unknown): boolean {
  const code = error instanceof Failure ? error.code : null;
  return code === 'index-missing' || code === 'index-invalid';
}

function reasonOf(error: unknown): string {
  return error instanceof Error && isSqliteError(error)
    ? `${error.message} (${error.code})`
    : asFailure(error).message;
}

function tellDate(
  { report }: DatesContext,
  outcome: 'changed' | 'would-change',
  { database: name }: { readonly database: string },
  { from, to }: { readonly from: string | null; readonly to: string },
): void {
  const detail = `from ${from === null ? 'none' : JSON.stringify(from)} to ${JSON.stringify(to)}`;
  const fate = { phase: 'done', outcome, detail, attempt: 1 } as const;
  report({ type: 'item', kind: 'tenant', step: 'publish', name, ...fate });
}

function note({ report }: DatesContext, message: string): void {
  report({ type: 'note', message });
}

/** Every event of the index: years descending, studios by key, events in list order. */
function datedEvents(index: Index, { dbDir }: Site): DatedEvent[] {
  return [...entriesOf(index)].flatMap((entry) =>
    entry.events.map((event) => {
      const database = databaseOf(entry, event);
      return {
        id: event.id,
        key: event.key,
        year: entry.year,
        studioId: entry.studio.id,
        database,
        path: join(dbDir, databaseFile(database)),
        date: event.date,
      };
    }),
  );
}
