import type { RunEvent } from '../../report/events.ts';
import type { Runs } from '../../runs/runs.ts';
import { isOver } from '../layout/run-words.ts';
import type { LiveFrame } from './live-frames.ts';

/** Events that are read at once: a slow watcher must not make the server hold all of a run. */
const AT_ONCE = 200;
/** Milliseconds of silence after which somebody says something, so that proxies keep the connection. */
const PING_MS = 15_000;

/** Runs as somebody may see them. */
export type Seen = Pick<Runs, 'run' | 'events' | 'waitFor'>;

/**
 * What a watcher of a run is told, from the database: it may come late, come back, or be slower than the run. It ends
 * with `end`, or when the signal is aborted.
 *
 * @param fetchShared asked before anything is told: how the runs are to be seen now; it throws for whoever may not see them any more
 * @param after number of the last event that the watcher has
 */
export async function* newsOf(
  fetchShared: () => Promise<Seen>,
  id: string,
  after: number,
  signal: AbortSignal,
  pingMs = PING_MS,
): AsyncGenerator<LiveFrame, void, void> {
  let [last, lastState] = [after, ''];
  while (!signal.aborted) {
    const runs = await fetchShared();
    const run = runs.run(id);
    if (!run) return;
    const events = runs.events(id, last, AT_ONCE);
    const state = JSON.stringify(run);
    const isNews = state !== lastState || events.length > 0;
    if (state !== lastState) yield { type: 'state', run };
    lastState = state;
    for (const { seq, event } of events) {
      last = seq;
      yield frameOf(event, seq);
    }
    // Only what was read with nothing new in it is waited for: between reading and waiting nothing else can happen.
    if (isNews) continue;
    if (isOver(run.state)) {
      yield { type: 'end' };
      return;
    }
    const began = Date.now();
    await runs.waitFor(id, last, pingMs, signal);
    if (Date.now() - began >= pingMs && !signal.aborted) yield { type: 'ping' };
  }
}

/** By what was read, which is the same for everybody who may see it as it is: all of them are told the same frames. */
const known = new WeakMap<RunEvent, LiveFrame>();

function frameOf(event: RunEvent, seq: number): LiveFrame {
  const frame = known.get(event) ?? { type: 'event', seq, event };
  known.set(event, frame);
  return frame;
}
