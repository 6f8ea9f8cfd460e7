import { join } from 'node:path';
import { databaseFile } from '../bucket/object-names.ts';
import { entriesOf } from '../index/entries.ts';
import type { Index } from '../index/index-model.ts';
import { databaseOf } from '../index/tenant-names.ts';
import type { Site } from '../site/site.ts';
import type { DatedEvent } from './dated-event.ts';

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
