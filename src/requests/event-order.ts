import { type Edited, type EditSession, REFUSED } from './edit-session.ts';
import { numberOf, textOf } from './index-tables.ts';
import { type EventView, eventViews } from './row-views.ts';

interface Move {
  readonly id: number;
  readonly version: string;
  readonly before: number | null;
}

/** Higher than that of any event, of all studios: as the platform numbers new ones. */
export function nextOrder(session: EditSession): number {
  const orders = session.rows('showcases').map((row) => numberOf(row, 'order') ?? 0);
  return orders.reduce((most, one) => Math.max(most, one), 0) + 1;
}

/** Puts an event elsewhere in the list of its studio and year: the same numbers in another order, where they differ. */
export function moveEvent(session: EditSession, { id, version, before }: Move): Edited {
  const found = session.current('showcases', { id, version });
  if (found.kind !== 'current') return found;
  const { row } = found;
  const showcases = session
    .rows('showcases')
    .filter((other) => other['location_id'] === row['location_id'] && other['year'] === row['year']);
  const studio = session.row('locations', numberOf(row, 'location_id') ?? 0);
  const events = eventViews({ showcases, locations: studio ? [studio] : [] });
  const others = events.filter((event) => event.id !== id);
  const moved = events.find((event) => event.id === id);
  const at = before === null ? others.length : others.findIndex((event) => event.id === before);
  if (at < 0 || !moved) {
    session.problems.add(
      'before',
      'That event is not in the same list: choose one of the same studio and year.',
    );
    return REFUSED;
  }
  const orders = ordersOf(session, events);
  for (const [place, event] of [...others.slice(0, at), moved, ...others.slice(at)].entries()) {
    session.update('showcases', event.id, { order: orders[place] ?? null });
  }
  const owner = studio ? textOf(studio, 'key') : null;
  const subject = `${moved.year}/${owner ?? '?'}/${moved.key}`;
  return {
    kind: 'done',
    table: 'showcases',
    id,
    change: { kind: 'event', action: 'update', subject, studio: owner },
  };
}

/** Ascending: those that the list has; new ones where two are the same, or one is missing. */
function ordersOf(session: EditSession, events: readonly EventView[]): number[] {
  const known = events.flatMap(({ order }) => (order === null ? [] : [order]));
  if (new Set(known).size === events.length) return known;
  const first = nextOrder(session);
  return events.map((_, place) => first + place);
}
