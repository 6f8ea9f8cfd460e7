import { setImmediate as breathe } from 'node:timers/promises';
import type { ReceivedRun } from '../../runs/deploys/deploy-model.ts';
import type { Deploys } from '../../runs/deploys/deploys.ts';
import { type LogPart, type LogView, MOST_LINES } from '../run/log-html.ts';
import { isTrouble, type LogLine } from '../run/log-lines.ts';
import { gapLines, receivedLogLine } from './received-lines.ts';

/** Lines that are read at once. */
const AT_ONCE = 2000;

/**
 * The lines that a page shows: those that its address asks for, else the last ones.
 *
 * @param top the highest number of a line
 * @param end the highest number that there should be, once no more of them is on its way; else 0
 */
export function partOfReceived(
  deploys: Pick<Deploys, 'lines'>,
  run: ReceivedRun,
  view: LogView,
  { top, end }: { readonly top: number; readonly end: number },
): Promise<LogPart> | LogPart {
  if (view.isTroubleOnly || view.text !== '') return filtered(deploys, run, view, { top, end });
  const last = Math.max(top, end);
  const lastFirst = Math.max(1, top - MOST_LINES + 1);
  const first = view.from === null ? lastFirst : Math.min(view.from, lastFirst);
  const until = first === lastFirst ? last : first + MOST_LINES - 1;
  const stored = deploys
    .lines(run.id, first - 1, MOST_LINES)
    .filter(({ seq }) => seq <= until)
    .map(receivedLogLine);
  const lines = [...withGaps(stored, run, { first, last: until })];
  return { lines, before: first - 1, after: last - until, total: last };
}

/** Looks at every line, in slices between which others are answered. */
async function filtered(
  deploys: Pick<Deploys, 'lines'>,
  run: ReceivedRun,
  { isTroubleOnly, text, from }: LogView,
  { top, end }: { readonly top: number; readonly end: number },
): Promise<LogPart> {
  const wanted = text.toLowerCase();
  const kept: LogLine[] = [];
  let total = 0;
  for (let after = 0; after < Math.max(top, end); ) {
    const stored = deploys.lines(run.id, after, AT_ONCE).map(receivedLogLine);
    const isLast = stored.length < AT_ONCE;
    const last = isLast ? Math.max(top, end) : (stored.at(-1)?.seq ?? top);
    for (const line of withGaps(stored, run, { first: after + 1, last })) {
      if ((isTroubleOnly && !isTrouble(line)) || !line.text.toLowerCase().includes(wanted)) continue;
      total += 1;
      if (from === null || (total >= from && kept.length < MOST_LINES)) kept.push(line);
      if (kept.length > MOST_LINES) kept.shift();
    }
    after = last;
    await breathe();
  }
  const before = from === null ? total - kept.length : Math.min(from - 1, total);
  return { lines: kept, before, after: total - before - kept.length, total };
}

/** Lines in order, and one in the place of those that are not there, from number `first` to `last`. */
function* withGaps(
  lines: readonly LogLine[],
  { lost, receivedAt }: Pick<ReceivedRun, 'lost' | 'receivedAt'>,
  { first, last }: { readonly first: number; readonly last: number },
): Generator<LogLine> {
  let [next, at] = [first, lines[0]?.at ?? receivedAt];
  for (const line of lines) {
    if (line.seq > next) yield* gapLines(next, line.seq - 1, lost, at);
    yield line;
    [next, at] = [line.seq + 1, line.at];
  }
  yield* gapLines(next, last, lost, at);
}
