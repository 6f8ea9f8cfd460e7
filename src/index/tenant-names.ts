import type { Event, StudioYear } from './index-model.ts';

/** Whether a machine of that region serves what a studio holds in a year; `null` for one that serves every region. */
export function servesHere({ studio }: StudioYear, region: string | null): boolean {
  return region === null || studio.region === null || studio.region === region;
}

/** Name of an event's database, such as `2025-boston` or `2025-boston-medal-ball`. */
export function databaseOf(entry: StudioYear, event: Event): string {
  return scopeOf(entry, event).replaceAll('/', '-');
}

/** Path of an event below the root, such as `2025/boston/medal-ball`. */
export function scopeOf({ year, studio, single }: StudioYear, event: Event): string {
  return single ? `${year}/${studio.key}` : `${year}/${studio.key}/${event.key}`;
}
