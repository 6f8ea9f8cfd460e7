import type { ReceivedLine, ReceivedNews } from '../../runs/deploys/deploy-model.ts';
import type { Deploys } from '../../runs/deploys/deploys.ts';
import { type DeployFrame, isFinished } from './deploy-frames.ts';

/** Lines that are read at once: a slow watcher must not make the server hold all of a run. */
const AT_ONCE = 200;
/** Units of UTF-16 of the lines of one frame, unless a single one has more. */
const FRAME_LENGTH = 48 * 1024;
/** Of a line, beside its message. */
const ENVELOPE_LENGTH = 150;
/** Milliseconds of silence after which somebody says something, so that proxies keep the connection. */
const PING_MS = 15_000;

/** Runs that were received, as somebody may see them. */
export type SeenDeploys = Pick<Deploys, 'run' | 'news' | 'waitFor'>;

/**
 * What a watcher of a run that was received is told, from the database: it may come late, come back, or be slower than the
 * run. It ends with `end`, or when the signal is aborted.
 *
 * @param look asked before anything is told; it throws for whoever may not see it any more
 * @param after the cursor that the watcher has
 */
export async function* deployNewsOf(
  fetchShared: () => Promise<SeenDeploys>,
  id: string,
  after: number,
  { signal, now, pingMs = PING_MS }: { signal: AbortSignal; now: () => number; pingMs?: number },
): AsyncGenerator<DeployFrame, void, void> {
  let [cursor, lastState] = [after, ''];
  while (!signal.aborted) {
    const deploys = await fetchShared();
    const run = deploys.run(id);
    if (!run) return;
    const news = deploys.news(id, cursor, AT_ONCE);
    const state = JSON.stringify(run);
    const isNews = state !== lastState || news.cursor > cursor;
    if (state !== lastState) yield { type: 'state', run, now: now() };
    lastState = state;
    yield* knownFrames(news, cursor);
    cursor = Math.max(cursor, news.cursor);
    // Only what was read with nothing new in it is waited for: between reading and waiting nothing else can happen.
    if (isNews) continue;
    if (isFinished(run, now())) {
      yield { type: 'end' };
      return;
    }
    const began = Date.now();
    await deploys.waitFor(id, cursor, pingMs, signal);
    if (Date.now() - began >= pingMs && !signal.aborted) yield { type: 'ping' };
  }
}

/** By what was read, which the storage hands to everybody who asks the same: so all of them are told the same frames. */
const known = new WeakMap<ReceivedNews, readonly DeployFrame[]>();

function knownFrames(news: ReceivedNews, before: number): readonly DeployFrame[] {
  const frames = known.get(news) ?? [...framesOf(news, before)];
  known.set(news, frames);
  return frames;
}

/** Frames that a watcher can take one after another. Only the last one moves the cursor: one that gets less asks for all again. */
function* framesOf({ lines, cursor }: ReceivedNews, before: number): Generator<DeployFrame> {
  let part: ReceivedLine[] = [];
  let length = 0;
  for (const line of lines) {
    const more = line.message.length + ENVELOPE_LENGTH;
    if (part.length > 0 && length + more > FRAME_LENGTH) {
      yield { type: 'lines', lines: part, cursor: before };
      [part, length] = [[], 0];
    }
    part.push(line);
    length += more;
  }
  if (part.length > 0) yield { type: 'lines', lines: part, cursor };
}
