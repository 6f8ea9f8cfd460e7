import { keyProblem } from '../index/keys.ts';
import { type Days, isReadableDate, readDays } from '../index/read-dates.ts';
import { quoted } from '../text.ts';
import { type Edited, type EditSession, REFUSED } from './edit-session.ts';
import { dateText, overlap, readFormDays } from './event-days.ts';
import { freeKey, keyFromName, SOLE_KEY } from './event-key.ts';
import { nextOrder } from './event-order.ts';
import { MAX_DATE_TEXT } from './form-text.ts';
import { numberOf, textOf, type WholeRow } from './index-tables.ts';
import type { EventForm, EventRequest } from './request-model.ts';
import { fold } from './row-lists.ts';
import { type EventView, eventViews, localeOf } from './row-views.ts';

interface Existing {
  readonly id: number;
  readonly version: string;
}

/** Of a name without letters and digits. */
const FALLBACK_KEY = 'event';

/** An owner's request: for the studio of the path and no other. */
export function requestEvent(session: EditSession, studioKey: string, form: EventRequest): Edited {
  const studio = studioOf(session, studioKey);
  if (!studio) return { kind: 'missing' };
  const { problems } = session;
  const name = problems.required('name', 'The name of the event', form.name);
  const days = readFormDays(form.firstDay, form.lastDay, problems);
  if (days === null) return REFUSED;
  const year = Number(days.from.slice(0, 4));
  const others = eventsOf(session, studio);
  refuseSameName(session, others, { name, year });
  for (const other of overlapping(others, days)) {
    problems.add('firstDay', `${quoted(other.name)} (${other.date}) is on these days already.`);
  }
  if (!problems.none) return REFUSED;
  const key = newKey(session, studio, { year, name });
  return insertEvent(session, studio, { year, key, name, date: dateText(days) });
}

export function createEvent(session: EditSession, form: EventForm): Edited {
  const cells = readForm(session, form, null);
  if (cells === null) return REFUSED;
  const { studio, ...event } = cells;
  if (event.key === SOLE_KEY) session.warnings.push(soleKeyWarning(event.year));
  return insertEvent(session, studio, event);
}

function soleKeyWarning(year: number): string {
  return `With the key ${SOLE_KEY} its address depends on whether the studio has another event in ${year}: it changes as soon as one comes or goes.`;
}

export function updateEvent(session: EditSession, existing: Existing, form: EventForm): Edited {
  const found = session.current('showcases', existing);
  if (found.kind !== 'current') return found;
  const cells = readForm(session, form, found.row);
  if (cells === null) return REFUSED;
  const { studio, ...event } = cells;
  session.update('showcases', existing.id, { ...event, location_id: Number(studio['id']) });
  return done('update', existing.id, studio, event);
}

export function deleteEvent(session: EditSession, existing: Existing): Edited {
  const found = session.current('showcases', existing);
  if (found.kind !== 'current') return found;
  const studio = session.row('locations', numberOf(found.row, 'location_id') ?? 0);
  const event = { year: numberOf(found.row, 'year') ?? 0, key: textOf(found.row, 'key') };
  session.remove('showcases', existing.id);
  return done('delete', existing.id, studio, event);
}

interface EventCells {
  readonly year: number;
  readonly key: string;
  readonly name: string;
  readonly date: string | null;
}

function insertEvent(session: EditSession, studio: WholeRow, event: EventCells): Edited {
  const order = nextOrder(session);
  const id = session.insert('showcases', { ...event, order, location_id: Number(studio['id']) });
  return done('create', id, studio, event);
}

function done(
  action: 'create' | 'update' | 'delete',
  id: number,
  studio: WholeRow | null,
  { year, key }: Pick<EventCells, 'year' | 'key'>,
): Edited {
  const owner = studio ? textOf(studio, 'key') : null;
  const subject = `${year}/${owner ?? '?'}/${key}`;
  return { kind: 'done', table: 'showcases', id, change: { kind: 'event', action, subject, studio: owner } };
}

/** An administrator's form; `row` is what is there, null for a new event. */
function readForm(
  session: EditSession,
  form: EventForm,
  row: WholeRow | null,
): (EventCells & { studio: WholeRow }) | null {
  const { problems } = session;
  const studio = studioOf(session, form.studio);
  if (!studio) problems.add('studio', `There is no studio ${quoted(form.studio)}.`);
  const name = problems.required('name', 'The name of the event', form.name);
  const days = form.firstDay.trim() === '' ? null : readFormDays(form.firstDay, form.lastDay, problems);
  const year = yearOf(session, form.year, days);
  if (!studio || year === null || !problems.none) return null;
  const date = days === null ? freeDate(session, form.date, { year, studio, row }) : dateText(days);
  const others = eventsOf(session, studio).filter(({ id }) => id !== row?.['id']);
  refuseSameName(session, others, { name, year });
  const read = days ?? (date === null ? null : readDays(date, { year, locale: localeOf(studio) }));
  for (const other of read === null ? [] : overlapping(others, read)) {
    session.warnings.push(`${quoted(other.name)} (${other.date}) is on these days, too.`);
  }
  const typed = problems.text('key', 'The key', form.key) || (row === null ? '' : textOf(row, 'key'));
  const key = typed === '' ? newKey(session, studio, { year, name }) : typed;
  const wrong = keyProblem(key);
  if (wrong !== null) problems.add('key', `The key ${wrong}.`);
  if (others.some((other) => other.year === year && other.key === key)) {
    problems.add('key', `The key ${quoted(key)} is taken: this studio has such an event in ${year}.`);
  }
  return problems.none ? { studio, year, key, name, date } : null;
}

function yearOf({ problems }: EditSession, typed: string, days: Days | null): number | null {
  const text = typed.trim();
  if (text === '') {
    if (days !== null) return Number(days.from.slice(0, 4));
    if (!problems.has('firstDay')) problems.add('year', 'The year is missing: type it, or the first day.');
    return null;
  }
  const year = /^\d{4}$/.test(text) ? Number(text) : 0;
  if (year >= 1000) return year;
  problems.add('year', 'The year must have four digits.');
  return null;
}

/** Text that pages can sort by; what the row has already may stay. */
function freeDate(
  { problems }: EditSession,
  typed: string,
  { year, studio, row }: { year: number; studio: WholeRow; row: WholeRow | null },
): string | null {
  if (row !== null && typed === textOf(row, 'date')) return typed === '' ? null : typed;
  const date = problems.text('date', 'The date', typed, MAX_DATE_TEXT);
  if (date === '') return null;
  if (!isReadableDate(date, { year, locale: localeOf(studio) })) {
    problems.add('date', 'This date cannot be read. Choose the first and the last day instead.');
  }
  return date;
}

function studioOf(session: EditSession, key: string): WholeRow | null {
  return session.rows('locations').find((row) => row['key'] === key && key !== '') ?? null;
}

function eventsOf(session: EditSession, studio: WholeRow): EventView[] {
  const showcases = session.rows('showcases').filter((row) => row['location_id'] === studio['id']);
  return eventViews({ showcases, locations: [studio] });
}

function overlapping(others: readonly EventView[], days: Days): EventView[] {
  return others.filter((other) => other.days !== null && overlap(other.days, days));
}

function refuseSameName(
  { problems }: EditSession,
  others: readonly EventView[],
  { name, year }: { name: string; year: number },
): void {
  const other = others.find((one) => one.year === year && fold(one.name.trim()) === fold(name));
  if (!other || name === '') return;
  const when = other.date === '' ? '' : ` (${other.date})`;
  problems.add(
    'name',
    `This studio has an event of that name in ${year} already: ${quoted(other.name)}${when}.`,
  );
}

/**
 * A key that is made from the name. It is never `showcase`: an event of that key stands at the studio's own address for
 * as long as it is alone in its year, and would move, with its database, as soon as a second one is asked for. Nor one
 * whose database another studio has: `a-b` with `c`, and `a` with `b-c`.
 */
function newKey(
  session: EditSession,
  studio: WholeRow,
  { year, name }: { year: number; name: string },
): string {
  const all = eventViews({ showcases: session.rows('showcases'), locations: session.rows('locations') });
  const own = textOf(studio, 'key');
  const taken = new Set(all.filter((row) => row.year === year && row.studio === own).map(({ key }) => key));
  const databases = new Set(all.map(({ database }) => database));
  const wished = keyFromName(name);
  const key = freeKey(
    wished,
    FALLBACK_KEY,
    (one) => one === SOLE_KEY || taken.has(one) || databases.has(`${year}-${own}-${one}`),
  );
  if (wished === SOLE_KEY) {
    session.warnings.push(
      `The address ends in ${key}: with ${SOLE_KEY} it would change as soon as the studio has a second event in ${year}.`,
    );
  }
  return key;
}
