import type { StoredEvent } from '../../runs/run-model.ts';
import type { Runs } from '../../runs/runs.ts';

/** Events that are read at once. */
const AT_ONCE = 1000;

/**
 * All events of a run, oldest first.
 *
 * @param id of the run
 * @param after number of the last event that is known already
 */
export function* allEvents(runs: Pick<Runs, 'events'>, id: string, after = 0): Generator<StoredEvent> {
  for (let last = after, count = AT_ONCE; count === AT_ONCE; ) {
    const events = runs.events(id, last, AT_ONCE);
    yield* events;
    count = events.length;
    last = events.at(-1)?.seq ?? last;
  }
}
