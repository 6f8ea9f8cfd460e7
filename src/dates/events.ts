import { join } from 'node:path';
import { databaseFile } from '../bucket/layout.ts';
import { databaseOf } from '../generate/tenants.ts';
import { entriesOf } from '../index/entries.ts';
import type { Index } from '../index/types.ts';
import type { Site } from '../site/types.ts';
import type { DatedEvent } from './types.ts';

/** Every event of the index: years descending, studios by key, events in list order. */
export function datedEvents(index: Index, { dbDir }: Site): DatedEvent[] {
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
