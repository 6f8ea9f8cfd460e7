import { type Html, html } from '../../html/html.ts';
import type { StoredEvent } from '../../runs/run-model.ts';
import {
  type Clock,
  clockText,
  gapBefore,
  isTrouble,
  LEVEL_WORDS,
  type LogLine,
  linesOf,
} from './log-lines.ts';

/** Lines of a page as the server makes it; the script holds all, and shows up to 2,000. */
export const MOST_LINES = 400;

/** Which lines are shown, as the address says it; with script the page does that by itself. */
export interface LogView {
  readonly isTroubleOnly: boolean;
  readonly text: string;
  readonly clock: Exclude<Clock, 'local'>;
  /** From 1, among the lines that fit: which is the first; null for the last lines there are. */
  readonly from: number | null;
}

export function readView(query: URLSearchParams): LogView {
  const from = Number(query.get('from') ?? Number.NaN);
  return {
    isTroubleOnly: query.get('errors') === '1',
    text: query.get('q') ?? '',
    clock: query.get('clock') === 'since' ? 'since' : 'utc',
    from: Number.isSafeInteger(from) && from > 0 ? from : null,
  };
}

/** All lines of a run, with a line where some are missing. */
export function allLines(events: Iterable<StoredEvent>): LogLine[] {
  const lines: LogLine[] = [];
  let last = 0;
  for (const { seq, event } of events) {
    const gap = gapBefore({ seq, at: event.at }, last);
    if (gap) lines.push(gap);
    for (const line of linesOf(event, seq)) lines.push(line);
    last = seq;
  }
  return lines;
}

/** A part of a log. */
export interface LogPart {
  readonly lines: readonly LogLine[];
  /** Lines before and after them. */
  readonly before: number;
  readonly after: number;
  /** How many there are with these filters. */
  readonly total: number;
}

export function partOf(all: readonly LogLine[], { isTroubleOnly, text, from }: LogView): LogPart {
  const wanted = text.toLowerCase();
  const lines = all.filter(
    (line) => (!isTroubleOnly || isTrouble(line)) && line.text.toLowerCase().includes(wanted),
  );
  const last = Math.max(0, lines.length - MOST_LINES);
  const first = from === null ? last : Math.min(from - 1, last);
  const shown = lines.slice(first, first + MOST_LINES);
  return { lines: shown, before: first, after: lines.length - first - shown.length, total: lines.length };
}

/** One line as the script makes it, too (`client/log-row.ts`). */
export function lineHtml(line: LogLine, { clock }: Pick<LogView, 'clock'>, beganAt: string | null): Html {
  const { number, at, level, machine, isQuoted, text } = line;
  const whose = html`${machine !== null && html` data-machine="${machine}"`}${isQuoted && html` data-quoted`}`;
  return html`<li id="L${number}" class="${level}"${whose}><a href="#L${number}">${number}</a> <time title="${at}">${clockText(at, clock, beganAt)}</time> <span class="hidden">${LEVEL_WORDS[level]}</span>${isQuoted && html`<b>${machine}</b> `}<code>${text}</code></li>
`;
}
