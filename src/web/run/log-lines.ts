import { complaint, dateLine, outcomeOf, publishLines } from '../../fleet-view/fleet-words.ts';
import type { MachineItem, RunEvent } from '../../report/events.ts';
import { type FleetReport, nameOf } from '../../report/fleet-results.ts';
import type { Summary } from '../../report/results.ts';
import { counted, duration } from '../../text.ts';

/** `step`: a step begins. `gap`: lines that are not there. */
type Level = 'info' | 'good' | 'step' | 'warning' | 'error' | 'gap';

/** What a level is called where its colour and its sign are not seen. */
export const LEVEL_WORDS: Readonly<Record<Level, string>> = {
  info: '',
  good: '',
  step: 'Step: ',
  warning: 'Warning: ',
  error: 'Error: ',
  gap: 'Gap: ',
};

/** One line of a run's log. */
export interface LogLine {
  /** Of its event; several lines may have the same. */
  readonly seq: number;
  /** `57`, and `57.2` for the second line of one event: its anchor is `L57.2`. */
  readonly number: string;
  /** Of a gap: number of the last line that it stands for. */
  readonly last?: number;
  /** ISO 8601, UTC: when it happened. */
  readonly at: string;
  readonly level: Level;
  /** Whose line it is; null for the run's own. */
  readonly machine: string | null;
  /** Whether a machine or another program has said it itself. */
  readonly isQuoted: boolean;
  readonly text: string;
}

interface Said {
  readonly text: string;
  readonly level?: Level;
  readonly machine?: string;
  readonly isQuoted?: true;
}

/** The lines of one event; none for events that only move a bar. Plain text, whatever it says. */
export function linesOf(event: RunEvent, seq: number): LogLine[] {
  return saidBy(event).map(({ text, level = 'info', machine = null, isQuoted = false }, at) => ({
    seq,
    number: at === 0 ? `${seq}` : `${seq}.${at + 1}`,
    at: event.at,
    level,
    machine,
    isQuoted,
    text,
  }));
}

/** Stands for events that are not there; null where none is missing. */
export function gapBefore({ seq, at }: { seq: number; at: string }, last: number): LogLine | null {
  if (seq <= last + 1) return null;
  const which = seq === last + 2 ? `line ${last + 1} has` : `lines ${last + 1} to ${seq - 1} have`;
  const text = `${which} not arrived`;
  return { seq: last + 1, number: `${last + 1}`, at, level: 'gap', machine: null, isQuoted: false, text };
}

function saidBy(event: RunEvent): Said[] {
  switch (event.type) {
    case 'run-began': {
      const by = event.by === null ? '' : `, by ${event.by}`;
      return [{ text: `Run ${event.run} begins: ${event.operation} of ${event.target}${by}` }];
    }
    case 'step':
      return [{ text: `Step ${event.number} of ${event.of}: ${event.title}` }];
    case 'step-done': {
      const { number, ms, outcome, detail } = event;
      const text = `Step ${number} ${outcome} after ${duration(ms)}${detail === '' ? '' : `: ${detail}`}`;
      return [{ text, level: outcome === 'failed' ? 'error' : 'info' }];
    }
    case 'item':
      if (event.kind === 'machine') return machineSaid(event);
      if (event.kind === 'tenant') return [{ text: dateLine(event) }];
      if (event.kind === 'page') return [];
      if (!('publish' in event)) return [];
      return publishLines(event.publish).map((text) => ({
        text,
        level: event.publish.kind === 'changed-elsewhere' ? 'error' : 'info',
      }));
    case 'progress':
      return [];
    case 'note':
      if (event.message === '') return [];
      return [{ text: event.message, level: event.level === 'warning' ? 'warning' : 'info' }];
    case 'warning':
      return [{ text: `${event.warning.row}: ${event.warning.reason}`, level: 'warning' }];
    case 'log':
      return event.lines.map((text) => ({ text, machine: event.name, isQuoted: true }));
    case 'run-ended':
      if (event.kind === 'fleet') return fleetSaid(event.result);
      return event.kind === 'state' ? [] : [summarySaid(event.result)];
  }
}

function machineSaid(event: MachineItem): Said[] {
  const { name, detail, attempt } = event;
  const said = (text: string, level: Level): Said[] => [{ text: `${name}: ${text}`, level, machine: name }];
  if (event.phase === 'waiting') return [];
  if (event.phase === 'asking') return attempt < 2 ? [] : said(`asked again, attempt ${attempt}`, 'info');
  if (event.phase === 'pausing')
    return said(`attempt ${attempt} failed (${detail}), the next in ${duration(event.waitMs)}`, 'warning');
  const outcome = outcomeOf(event);
  if (outcome === null) return said(`skipped, since it is ${event.machine.state}`, 'info');
  const after = `after ${counted(outcome.attempts, 'attempt')}, ${duration(outcome.ms)}`;
  const trouble = complaint(outcome);
  if (trouble === null)
    return said([`${outcome.outcome} ${after}`, detail].filter(Boolean).join(': '), 'good');
  const hint = outcome.error?.hint ?? '';
  const whose = outcome.error?.hintFrom === 'machine' ? 'It says what to do' : 'What to do';
  return [
    ...said(`${outcome.outcome} ${after}: ${trouble}`, 'error'),
    ...(hint === '' ? [] : said(`${whose}: ${hint}`, 'error')),
  ];
}

function fleetSaid({ outcome, machines, skipped, ms, error }: FleetReport): Said[] {
  const failed = machines.filter((one) => complaint(one) !== null).map(({ machine }) => nameOf(machine));
  const good = machines.length - failed.length;
  const more = skipped.length === 0 ? '' : `, ${skipped.length} skipped`;
  const isGood = outcome === 'done';
  return [
    ...(error ? [{ text: `${error.message} (${error.code})`, level: 'error' as const }] : []),
    ...(error ? [{ text: `What to do: ${error.hint}`, level: 'error' as const }] : []),
    {
      text: `${outcome} after ${duration(ms)}: ${good} of ${counted(machines.length, 'machine')}${more}`,
      level: isGood ? 'good' : outcome === 'nothing-to-do' ? 'warning' : 'error',
    },
  ];
}

function summarySaid({ outcome, error }: Pick<Summary, 'error'> & { outcome: string }): Said {
  const text = error ? `${outcome}: ${error.message} (${error.code})` : outcome;
  return { text, level: outcome === 'failed' ? 'error' : 'good' };
}

/** How the times of lines are shown. */
export type Clock = 'local' | 'utc' | 'since';

/** `17:10:36.123` in UTC, or `+00:01.234` since the run began; `local` is for browsers. */
export function clockText(at: string, clock: Clock, beganAt: string | null): string {
  if (clock === 'since' && beganAt !== null) return sinceText(Date.parse(at) - Date.parse(beganAt));
  if (clock !== 'local') return at.slice(11, 23);
  const date = new Date(at);
  const [hours, minutes, seconds] = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two);
  return `${hours}:${minutes}:${seconds}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

function sinceText(ms: number): string {
  const all = Math.max(0, ms);
  const minutes = two(Math.floor(all / 60_000));
  return `+${minutes}:${((all % 60_000) / 1000).toFixed(3).padStart(6, '0')}`;
}

const two = (value: number): string => String(value).padStart(2, '0');

/** The line as text alone: for copies and downloads. */
export function plainLine({ number, at, level, machine, isQuoted, text }: LogLine): string {
  const word = isTrouble({ level }) ? `${level.toUpperCase()} ` : '';
  const who = isQuoted && machine !== null ? `${machine} | ` : '';
  return `${number} ${at} ${word}${who}${text}`;
}

/** Whether a line is shown where only errors are wanted. */
export function isTrouble({ level }: Pick<LogLine, 'level'>): boolean {
  return level === 'warning' || level === 'error' || level === 'gap';
}

/** Number of the line that says what became of each machine, by its name. */
export function linesOfMachines(lines: readonly LogLine[]): Map<string, string> {
  const numbers = new Map<string, string>();
  for (const { machine, isQuoted, seq } of lines)
    if (machine !== null && !isQuoted) numbers.set(machine, `${seq}`);
  return numbers;
}
