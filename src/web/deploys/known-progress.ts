import { setImmediate as breathe } from 'node:timers/promises';
import { CALLBACK_LEVELS } from '../../callbacks/wire.ts';
import type { ReceivedRun } from '../../runs/deploys/deploy-model.ts';
import type { Deploys } from '../../runs/deploys/deploys.ts';
import { ReceivedProgress } from './received-progress.ts';

type Lines = Pick<Deploys, 'lines' | 'news'>;

/** Lines that are read at once: a few milliseconds in which nobody else is answered. */
const AT_ONCE = 2000;
/** Runs whose standings are remembered: each is as large as its machines and steps. */
const MOST_KNOWN = 50;
/** What machines write into their own logs says nothing of how they stand, and is most of a log. */
const TELLING = CALLBACK_LEVELS.filter((level) => level !== 'info');

interface Known {
  readonly progress: ReceivedProgress;
  readonly ready: Promise<void>;
  cursor: number;
}

const known = new WeakMap<object, Map<string, Known>>();

/** What all lines of a run say of it. Those that were read for an earlier page are not read again. */
export async function receivedProgress(deploys: Lines, run: ReceivedRun): Promise<ReceivedProgress> {
  const entry = entryOf(deploys, run);
  try {
    await entry.ready;
  } catch (error) {
    // What is half read would stay so.
    known.get(deploys)?.delete(run.id);
    throw error;
  }
  for (let before = -1; entry.cursor > before; ) {
    before = entry.cursor;
    const { lines, cursor } = deploys.news(run.id, before, AT_ONCE);
    for (const line of lines) entry.progress.apply(line);
    entry.cursor = Math.max(before, cursor);
    if (lines.length > 0) await breathe();
  }
  return entry.progress;
}

function entryOf(deploys: Lines, run: ReceivedRun): Known {
  const runs = known.get(deploys) ?? new Map<string, Known>();
  known.set(deploys, runs);
  let entry = runs.get(run.id);
  if (entry === undefined) {
    const progress = new ReceivedProgress();
    entry = { progress, ready: readAll(deploys, run, progress), cursor: run.cursor };
  }
  runs.delete(run.id);
  runs.set(run.id, entry);
  const [oldest] = runs.keys();
  if (runs.size > MOST_KNOWN && oldest !== undefined) runs.delete(oldest);
  return entry;
}

async function readAll(deploys: Lines, run: ReceivedRun, progress: ReceivedProgress): Promise<void> {
  const [last] = deploys.lines(run.id, topOf(deploys, run) - 1, 1);
  if (last) progress.apply(last);
  for (let [after, count] = [0, AT_ONCE]; count === AT_ONCE; ) {
    const lines = deploys.lines(run.id, after, AT_ONCE, TELLING);
    for (const line of lines) progress.apply(line);
    count = lines.length;
    after = lines.at(-1)?.seq ?? after;
    if (count === AT_ONCE) await breathe();
  }
}

/** The highest number of a line; 0 for none. It is looked for, since numbers may be missing anywhere. */
function topOf(deploys: Lines, { id, lastSeq }: Pick<ReceivedRun, 'id' | 'lastSeq'>): number {
  const hasAbove = (seq: number): boolean => deploys.lines(id, seq, 1).length > 0;
  let [low, high] = [0, Math.max(1, lastSeq)];
  while (hasAbove(high)) [low, high] = [high, high * 2];
  if (!hasAbove(low)) return low;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (hasAbove(middle)) low = middle;
    else high = middle;
  }
  return high;
}
