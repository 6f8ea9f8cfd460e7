import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { databaseFile } from '../bucket/object-names.ts';
import { asFailure } from '../failure.ts';
import type { Index, StudioYear } from '../index/index-model.ts';
import { entriesOf } from '../index/index-model.ts';
import { readValidIndex } from '../index/read-index.ts';
import { nameEvent, nameRow } from '../index/row-names.ts';
import { databaseOf, servesHere } from '../index/tenant-names.ts';
import { leftBehind } from '../journal/event-moves.ts';
import { type OwedEvents, readOwedEvents, writeOwedEvents } from '../journal/owed-events.ts';
import type { Steps } from '../report/steps.ts';
import type { Site } from '../site/site.ts';
import type { Arrived, NewDatabase, NewDatabases, NewEvent } from '../tenants/tenant-model.ts';
import type { Warning } from '../warning.ts';
import type { Beside } from './apply.ts';
import type { Operation } from './locked-work.ts';
import type { Findings } from './result.ts';
import type { UpdateContext } from './update-context.ts';

/** Bytes of one page, at most: a database of that size may be one that has never had a table. */
const LARGEST_PAGE = 65_536;

/** What is compared to find the events that are new on this machine. */
export interface Comparing {
  readonly site: Site;
  readonly index: Index;
  /** Image of the index before; null where there was none, or none that could be read. */
  readonly before: Buffer | null;
  /** What an earlier run should have put in place, and did not. */
  readonly owed: OwedEvents;
  /** Whether every event without a database is new: where no store could have it, and the index before is not known. */
  readonly every: boolean;
}

/**
 * The new events: those that this machine serves, did not serve before, and has no database of; with the names that
 * they had before. A machine without an earlier index must fetch all of its databases, which the ready hook does. The
 * usual index has no new event, and then this costs one look at each database's file.
 *
 * @returns none, mostly
 */
export function newEventsOf({ site, index, before, owed, every }: Comparing): NewEvent[] {
  if (site.deployment === 'local' || (before === null && owed.size === 0 && !every)) return [];
  // If an event has its earlier name again, a file that it left under that name does not count.
  const left = leftBehind(site.dbDir);
  const missing = [...servedIn(index, site)].filter(
    ({ name }) => left.has(name) || isMissing(pathOf(site, name)),
  );
  if (missing.length === 0) return [];
  const old = before === null ? null : readOrNull(before);
  // If the index cannot be used, nothing in it counts as new.
  const servedBefore = old && new Set([...servedIn(old, site)].map(({ name }) => name));
  const isNew = ({ name }: Named) => every || owed.has(name) || servedBefore?.has(name) === false;
  const found = missing.filter(isNew);
  if (found.length === 0) return [];
  const namesBefore = new Map(old && [...namedIn(old)].map(({ event, name }) => [event.id, name]));
  const taken = new Set([...namedIn(index)].map(({ name }) => name));
  return found.flatMap((one): NewEvent[] => {
    const other = (name: string | null | undefined) => (name === one.name ? null : (name ?? null));
    const was = other(namesBefore.get(one.event.id)) ?? other(owed.get(one.name));
    // Its path had changed before, and its database has not been brought along yet.
    const earlier = was !== null && isMissing(pathOf(site, was)) ? other(owed.get(was)) : null;
    const from = earlier ?? was;
    const isBack = from !== null && left.get(one.name)?.includes(from) === true;
    if (!isBack && !isMissing(pathOf(site, one.name))) return [];
    return [{ ...eventOf(site, one), before: from, shared: from !== null && taken.has(from) }];
  });
}

interface Named {
  readonly entry: StudioYear;
  readonly event: StudioYear['events'][number];
  /** Of its database. */
  readonly name: string;
}

function* namedIn(index: Index, region: string | null = null): Generator<Named> {
  for (const entry of entriesOf(index)) {
    if (!servesHere(entry, region)) continue;
    for (const event of entry.events) yield { entry, event, name: databaseOf(entry, event) };
  }
}

function servedIn(index: Index, { region }: Site): Generator<Named> {
  return namedIn(index, region);
}

/** Null for an index that cannot be used. */
function readOrNull(image: Buffer): Index | null {
  try {
    return readValidIndex(image).index;
  } catch {
    return null;
  }
}

function pathOf({ dbDir }: Site, name: string): string {
  return join(dbDir, databaseFile(name));
}

/**
 * Something that is not a file counts as missing: it is in the way, and is reported. A path that cannot be read does
 * not count: the ready hook reports that.
 */
function isMissing(path: string): boolean {
  try {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    return !stats?.isFile() || stats.size <= LARGEST_PAGE;
  } catch {
    return false;
  }
}

function eventOf(site: Site, { entry, event, name }: Named): Omit<NewEvent, 'before' | 'shared'> {
  const { year, studio, single } = entry;
  return {
    id: event.id,
    name,
    path: pathOf(site, name),
    region: studio.region,
    row: nameRow('showcases', nameEvent(String(year), studio.key, event.key), event.id),
    facts: { year, single, name: event.name, date: event.date, locale: studio.locale },
  };
}

const COUNTED: readonly Arrived[] = ['copied', 'made', 'downloaded', 'brought along'];

/** What one run does for its new events. */
interface NewEventsWork {
  readonly site: Site;
  readonly databases: NewDatabases;
  readonly events: readonly NewEvent[];
  /** As it was before this run. */
  readonly owed: OwedEvents;
  readonly findings: Findings;
  readonly steps: Steps;
}

/** What is planned about databases. */
export interface DatabasesPlan {
  readonly index: Index;
  /** As `Comparing.every`. */
  readonly every: boolean;
  /** The store's answers from before the lock; null for none. */
  readonly asked: NewDatabases | null;
  /** Whether they are left to the ready hook, since this run must not wait. */
  readonly isLeft: boolean;
}

/**
 * What an installation does for the databases of new events.
 *
 * @returns the work before navigator.yml, null for none; and the work after everything is in place
 */
export async function planDatabases(
  context: UpdateContext,
  { live, findings, steps }: Operation,
  { index, every, asked, isLeft }: DatabasesPlan,
): Promise<{ readonly beside: Beside | null; finish(): void }> {
  const { site } = context;
  const owed = readOwedEvents(site.dbDir);
  const events = isLeft ? [] : newEventsOf({ site, index, before: live.image, owed, every });
  if (events.length === 0) {
    const finish = () => (owed.size > 0 && !isLeft ? forgetDatabases(site, findings) : undefined);
    return { beside: null, finish };
  }
  const databases = asked ?? (await context.openNewDatabases());
  const work = { site, databases, events, owed, findings, steps };
  return {
    beside: {
      announce: () => announceDatabases(work),
      withdraw: () => withdrawDatabases(work),
      place: () => placeDatabases(work),
    },
    finish: () => {},
  };
}

/**
 * Records what is about to be done: only the index that is being replaced says which events are new. If the application
 * makes that impossible, the update goes on. Never throws.
 */
function announceDatabases({ site, events, findings, steps }: NewEventsWork): void {
  const owed = events.map(({ name, before }): [string, string | null] => [name, before]);
  try {
    writeOwedEvents(site.dbDir, new Map(owed), findings.run);
  } catch (error) {
    steps.warn(`the databases owed to new events could not be recorded: ${asFailure(error).message}`);
  }
}

/** Deletes that record if nothing was changed after all. Never throws. */
function withdrawDatabases({ site, owed, findings }: NewEventsWork): void {
  recordOwed(site, owed, findings);
}

/** Deletes what is owed no longer: the database is there, or the event is gone. Never throws. */
function forgetDatabases(site: Site, findings: Findings): void {
  recordOwed(site, new Map(), findings);
}

/** If this cannot be recorded, the next run looks at them again. */
function recordOwed(site: Site, owed: OwedEvents, { run }: Findings): void {
  try {
    writeOwedEvents(site.dbDir, owed, run);
  } catch {
    // It costs a look at files.
  }
}

/** Puts the databases in place and reports the outcome: an event without a database is a warning. Never throws. */
async function placeDatabases(work: NewEventsWork): Promise<void> {
  const { site, databases, events, findings, steps } = work;
  const placed = await databases.place(events);
  const counts = COUNTED.map((how) => ({
    how,
    count: placed.filter((one) => 'arrived' in one && one.arrived === how).length,
  }))
    .filter(({ count }) => count > 0)
    .map(({ how, count }) => `${count} ${how}`);
  if (counts.length > 0) steps.note(`databases of new events: ${counts.join(', ')}`);
  const failed = placed.filter((one) => 'problem' in one);
  const warnings = [
    ...failed.map(warningOf),
    ...placed.filter(isShared).map(({ event }) => sharedWarning(event)),
  ];
  for (const warning of warnings) steps.say({ type: 'warning', warning });
  findings.warnings = [...findings.warnings, ...warnings];
  recordOwed(site, new Map(failed.map(({ event }) => [event.name, event.before])), findings);
}

function warningOf({ event, problem }: Extract<NewDatabase, { problem: unknown }>): Warning {
  const { id, row, name } = event;
  return { table: 'showcases', id, row, reason: `has no database ${name} yet: ${problem.message}` };
}

function isShared(one: NewDatabase): boolean {
  return 'arrived' in one && one.arrived === 'brought along' && one.event.shared;
}

/** The other event may be new, or may have changed its path in the same update; it has the content of this one. */
function sharedWarning({ id, row, name, before }: NewEvent): Warning {
  const reason = `has brought its database along to ${name}; another event has the name ${before} now, and has the same content there`;
  return { table: 'showcases', id, row, reason };
}
