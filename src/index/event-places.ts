import type { Index } from './index-model.ts';
import { entriesOf } from './index-model.ts';
import { databaseOf, scopeOf } from './tenant-names.ts';

/** Where an event is reached, and by whom it is served. */
export interface EventPlace {
  readonly name: string;
  /** Below the root, such as `2025/boston/medal-ball`. */
  readonly path: string;
  readonly database: string;
  /** Code of the region that serves it; null if every region does. */
  readonly region: string | null;
}

/** All events by their ids. */
export function eventPlaces(index: Index): ReadonlyMap<number, EventPlace> {
  const places = new Map<number, EventPlace>();
  for (const entry of entriesOf(index)) {
    for (const event of entry.events) {
      const [path, database] = [scopeOf(entry, event), databaseOf(entry, event)];
      places.set(event.id, { name: event.name, path, database, region: entry.studio.region });
    }
  }
  return places;
}

/** The htpasswd lines of all users who can log in, by their names. */
export function loginsOf({ users }: Index): ReadonlyMap<string, string> {
  return new Map(
    users.flatMap(({ userid, htpasswdLine }) => (htpasswdLine === null ? [] : [[userid, htpasswdLine]])),
  );
}
