import type { LostRange } from '../../callbacks/wire.ts';
import type { ReceivedLine } from '../../runs/deploys/deploy-model.ts';
import type { LogLine } from '../run/log-lines.ts';

const LEVELS = {
  info: 'info',
  success: 'good',
  ok: 'good',
  warning: 'warning',
  error: 'error',
  step: 'step',
} as const satisfies Readonly<Record<ReceivedLine['level'], LogLine['level']>>;

/** A line as the log shows it. What a machine has said itself are the `info` lines that name it. */
export function receivedLogLine({ seq, level, message, loggedAt, machine }: ReceivedLine): LogLine {
  const isQuoted = machine !== null && level === 'info';
  const text = shownText(message);
  const whose = machine === null ? null : shownText(machine);
  return { seq, number: `${seq}`, at: loggedAt, level: LEVELS[level], machine: whose, isQuoted, text };
}

const ESC = String.fromCharCode(0x1b);
/** Sequences that colour a terminal, move in it, or name its window (ECMA-48). */
const TERMINAL = new RegExp(
  `${ESC}(?:\\[[0-?]*[ -/]*[@-~]|\\][^${ESC}\\u0007]*(?:\\u0007|${ESC}\\\\)?|[@-Z\\\\-_])`,
  'g',
);
/** Whatever ends a line, or is as wide as several letters. */
const SPACES = /[\t\n\v\f\r\u0085\u2028\u2029]+/g;
/** What has no place in a text: controls, halves of characters, noncharacters, and what turns its direction. */
const UNFIT = /[\p{Cc}\p{Cs}\ufdd0-\ufdef\ufffe\uffff\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** A sender's text on one line, as its terminal would have it in the end; what else cannot be shown is escaped. */
export function shownText(text: string): string {
  const last = text.trimEnd().lastIndexOf('\r');
  return text
    .slice(last + 1)
    .trimEnd()
    .replace(TERMINAL, '')
    .replace(SPACES, ' ')
    .replace(UNFIT, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}

/**
 * Lines in the place of those that are not there, from `first` to `last`: one for each part that was refused, or has not
 * arrived.
 *
 * @param lost ranges that the sender gave up
 * @param at a time for them
 */
export function gapLines(first: number, last: number, lost: readonly LostRange[], at: string): LogLine[] {
  if (first > last) return [];
  const lines: LogLine[] = [];
  let next = first;
  const sorted = lost.filter(([from, to]) => to >= first && from <= last).sort(([a], [b]) => a - b);
  for (const [from, to] of sorted) {
    if (from > next) lines.push(gapLine(next, from - 1, 'arrive', at));
    if (to >= next) lines.push(gapLine(Math.max(from, next), Math.min(to, last), 'refuse', at));
    next = Math.max(next, to + 1);
  }
  if (next <= last) lines.push(gapLine(next, last, 'arrive', at));
  return lines;
}

const GAP_WORDS = {
  arrive: ['has not arrived', 'have not arrived'],
  refuse: ['was refused', 'were refused'],
  load: ['is being loaded', 'are being loaded'],
} as const;

/** Stands for the lines from `first` to `last`. */
export function gapLine(first: number, last: number, why: keyof typeof GAP_WORDS, at: string): LogLine {
  const [one, many] = GAP_WORDS[why];
  const text = first === last ? `line ${first} ${one}` : `lines ${first}–${last} ${many}`;
  return { seq: first, number: `${first}`, last, at, level: 'gap', machine: null, isQuoted: false, text };
}
