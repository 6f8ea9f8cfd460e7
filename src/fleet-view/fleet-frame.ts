import { nameOf } from '../report/fleet-results.ts';
import { fitted, padded } from '../report/table.ts';
import { duration } from '../text.ts';
import type { FleetProgress } from './fleet-progress.ts';
import { complaint } from './fleet-words.ts';
import type { MachineProgress } from './machine-progress.ts';

/** What there is to draw on. */
export interface View {
  readonly columns: number;
  readonly rows: number;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly color: boolean;
}

const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
/** Milliseconds for one picture of it. */
const SPIN_MS = 100;
const LONGEST_ID = 30;
const LONGEST_BAR = 24;
const SHORTEST_BAR = 5;
/** Columns: with fewer, a machine's line has its name and what is wrong with it, and nothing else. */
const NARROW = 60;

const COLORS = { red: 31, green: 32, yellow: 33, dim: 2 } as const;

/** What the run looks like now: lines that are each narrower than the terminal, and fewer than it has rows. */
export function renderFrame(progress: FleetProgress, view: View): string[] {
  const columns = Math.max(10, view.columns - 1);
  switch (progress.phase) {
    case 'beginning':
    case 'ended':
      return [];
    case 'publishing':
      return [waitLine('Syncing index database...', progress, view, columns)];
    case 'finding':
      return [waitLine(`Finding the ${progress.noun[1]}...`, progress, view, columns)];
    case 'updating':
      return [...machineLines(progress, view, columns), fitted(barLine(progress, view, columns), columns)];
  }
}

function waitLine(text: string, { since }: FleetProgress, { now }: View, columns: number): string {
  return fitted(`${spinner(now)} ${text}  ${duration(now - since)}`, columns);
}

function machineLines(progress: FleetProgress, view: View, columns: number): string[] {
  // One row for the bar, one for the cursor below it, and one above that is left alone.
  const room = Math.max(1, view.rows - 3);
  const width = Math.min(LONGEST_ID, progress.widest);
  const draw = (one: MachineProgress): string => machineLine(one, view, columns, width);
  if (progress.total <= room) return [...progress.machines.values()].map(draw);
  // If not all fit: first the failed ones, then the running ones.
  const shown = progress.ranks.first(room - 1);
  const rest = progress.ranks.counts(shown).join(', ');
  return [...shown.map(draw), fitted(`    and ${progress.total - shown.length} more: ${rest}`, columns)];
}

function machineLine(one: MachineProgress, view: View, columns: number, idWidth: number): string {
  const { machine, attempt, began } = one;
  const isNarrow = columns < NARROW;
  const { sign, color, text } = appearance(one, view.now, isNarrow);
  if (isNarrow) {
    const name = padded(
      fitted(nameOf(machine), Math.min(idWidth, columns / 2)),
      Math.min(idWidth, columns / 2),
    );
    return `${paint(sign, color, view)} ${fitted(`${name}  ${text}`, columns - 2)}`;
  }
  const spent = one.outcome?.ms ?? (began === null ? null : view.now - began);
  const facts = [
    padded(fitted(nameOf(machine), idWidth), idWidth),
    padded(machine.region ?? '-', 4),
    padded(attempt === 0 ? '' : `#${attempt}`, 3),
    padded(spent === null ? '' : duration(spent), 9),
    text,
  ].join('  ');
  return `${paint(sign, color, view)} ${fitted(facts, columns - 2)}`;
}

function appearance(
  one: MachineProgress,
  now: number,
  isNarrow: boolean,
): { sign: string; color: keyof typeof COLORS; text: string } {
  const { state, outcome, reason, again } = one;
  switch (state) {
    case 'waiting':
      return { sign: '·', color: 'dim', text: 'waiting' };
    case 'asking':
      return {
        sign: spinner(now),
        color: 'yellow',
        text: reason === null ? 'asked' : isNarrow ? reason : `asked again: ${reason}`,
      };
    case 'pausing': {
      // With little room, only the sign says that it is asked again.
      const pause = again === null ? '' : ` in ${duration(Math.max(0, again - now))}`;
      const text = isNarrow ? (reason ?? '') : `again${pause}: ${reason ?? ''}`;
      return { sign: '↻', color: 'yellow', text };
    }
    case 'done': {
      const trouble = outcome ? complaint(outcome) : null;
      if (trouble !== null) return { sign: '✗', color: 'red', text: trouble };
      return { sign: '✓', color: 'green', text: outcome?.outcome ?? '' };
    }
  }
}

/** On a narrow terminal the bar makes room for what is said beside it, then what matters least goes. */
function barLine(progress: FleetProgress, { now }: View, columns: number): string {
  const { done, total, failed, since } = progress;
  const share = total === 0 ? 1 : done / total;
  const left = progress.timeLeft(now);
  const count = [`${done}/${total}`];
  const percent = [`${Math.floor(share * 100)} %`];
  const bad = failed > 0 ? [`${failed} failed`] : [];
  const spent = [duration(now - since)];
  const rest = left === null ? [] : [`about ${Math.ceil(left / 1000)} s left`];
  const choices = [
    [count, percent, bad, spent, rest],
    [count, percent, bad, rest],
    [count, bad, rest],
    [count, bad],
  ].map((context) => context.flat().join('  '));
  const least = SHORTEST_BAR + '[] '.length;
  const facts = choices.find((text) => text.length + least <= columns) ?? choices.at(-1) ?? '';
  const bar = Math.min(LONGEST_BAR, Math.max(SHORTEST_BAR, columns - facts.length - '[] '.length));
  const full = Math.round(share * bar);
  return `[${'█'.repeat(full)}${'░'.repeat(bar - full)}] ${facts}`;
}

function spinner(now: number): string {
  return SPINNER[Math.floor(now / SPIN_MS) % SPINNER.length] ?? '·';
}

function paint(text: string, color: keyof typeof COLORS, { color: colored }: View): string {
  return colored ? `\x1b[${COLORS[color]}m${text}\x1b[0m` : text;
}
