import { setImmediate as breathe } from 'node:timers/promises';
import type { Deploys } from '../../runs/deploys/deploys.ts';
import { ReceivedStandings } from './received-standings.ts';

/** Lines that are read at once: a few milliseconds in which nobody else is answered. */
const AT_ONCE = 2000;
/** Runs whose standings are remembered: each is as large as its machines and steps. */
const MOST_KNOWN = 50;

interface Known {
  readonly standings: ReceivedStandings;
  cursor: number;
}

const known = new WeakMap<object, Map<string, Known>>();

/** What all lines of a run say of it. Those that were read for an earlier page are not read again. */
export async function standingsOf(deploys: Pick<Deploys, 'news'>, id: string): Promise<ReceivedStandings> {
  const runs = known.get(deploys) ?? new Map<string, Known>();
  known.set(deploys, runs);
  const entry = runs.get(id) ?? { standings: new ReceivedStandings(), cursor: 0 };
  runs.delete(id);
  runs.set(id, entry);
  const [oldest] = runs.keys();
  if (runs.size > MOST_KNOWN && oldest !== undefined) runs.delete(oldest);
  for (;;) {
    const { lines, cursor } = deploys.news(id, entry.cursor, AT_ONCE);
    for (const line of lines) entry.standings.apply(line);
    const isAll = cursor <= entry.cursor;
    entry.cursor = Math.max(entry.cursor, cursor);
    if (isAll) return entry.standings;
    await breathe();
  }
}
