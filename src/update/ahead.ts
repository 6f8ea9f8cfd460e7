import { Failure } from '../failure.ts';
import type { ReadIndex } from '../index/index-model.ts';
import { readValidIndex } from '../index/read-index.ts';
import { readOwedEvents } from '../journal/owed-events.ts';
import type { Ahead } from './install-options.ts';
import { newEventsOf } from './new-events.ts';
import type { UpdateContext } from './update-context.ts';

export interface AheadRequest {
  /** The index that is about to be installed. */
  readonly image: Buffer;
  /** The installed one; null for none. */
  readonly live: Buffer | null;
}

/**
 * Reads an index, and asks the store whether it has databases of its new events: an empty database made here would
 * count as newer than the event's own. The network may be slow, so this comes before the lock.
 *
 * @returns null for an index that cannot be used; the run reports that once it has the lock
 */
export async function generateAhead(
  context: Pick<UpdateContext, 'site' | 'openNewDatabases'>,
  { image, live }: AheadRequest,
): Promise<Ahead | null> {
  let read: ReadIndex;
  try {
    read = readValidIndex(image);
  } catch (error) {
    if (error instanceof Failure) return null;
    throw error;
  }
  const { site } = context;
  const owed = readOwedEvents(site.dbDir);
  const events = newEventsOf({ site, index: read.index, before: live, owed, every: false });
  if (events.length === 0) return { image, read, databases: null };
  const databases = await context.openNewDatabases();
  await databases.ask(events);
  return { image, read, databases };
}
