import { dateText, nextYear } from './event-days.ts';
import type { EventRequest } from './request-model.ts';
import type { EventView } from './row-views.ts';

/**
 * The form of an event like an earlier one, 52 weeks later, so on the same weekdays. A year in its name moves along.
 *
 * @returns without days where those of the earlier event cannot be read
 */
export function sameAsLastYear({
  name,
  days,
  year,
}: Pick<EventView, 'name' | 'days' | 'year'>): EventRequest {
  const next = days === null ? null : nextYear(days);
  if (next === null) return { name, firstDay: '', lastDay: '' };
  const to = next.from.slice(0, 4);
  const renamed = year === null ? name : name.replaceAll(new RegExp(`(?<!\\d)${year}(?!\\d)`, 'g'), to);
  return { name: renamed, firstDay: next.from, lastDay: dateText(next) === next.from ? '' : next.to };
}
