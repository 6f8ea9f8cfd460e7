import type { EventView } from '../../requests/row-views.ts';

/**
 * Events that are over and have no database on this host, oldest first: nobody ever used them, or they were tidied away.
 *
 * @param today `2027-03-05`
 * @param databases names of those on this host
 * @returns null where this host has no database of any event, so that it cannot tell
 */
export function unusedEvents(
  events: readonly EventView[],
  databases: ReadonlySet<string>,
  today: string,
): EventView[] | null {
  if (!events.some(({ database }) => databases.has(database))) return null;
  return events.filter((event) => isPast(event, today) && !databases.has(event.database)).reverse();
}

/** Of an event without a day that can be read the year tells. A whole month is over with its last day. */
function isPast({ days, year }: EventView, today: string): boolean {
  if (days !== null) return days.to < today.slice(0, days.to.length);
  return year !== null && year < Number(today.slice(0, 4));
}
