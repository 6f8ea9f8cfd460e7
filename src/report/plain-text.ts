import type { Problem } from '../failure.ts';
import { counted, duration } from '../text.ts';
import type { Warning } from '../warning.ts';
import type { Reporter, RunEndedEvent, RunEvent } from './events.ts';
import { noticedLines } from './noticed-lines.ts';
import { forPublic } from './public.ts';
import type { FileFacts, MachineState, RunResult, Summary } from './results.ts';
import type { Audience } from './warned.ts';
import { describeHidden, isShown, Warned } from './warned.ts';

export interface CollectedText {
  readonly report: Reporter;
  /** Everything that was reported so far, each line with its end. */
  text(): string;
}

/**
 * Collects events into a `text/plain` answer: timestamped lines, a summary, and last `RESULT {json}` on one line. By
 * then the number of steps is known: a run that ended early because nothing was left to do has no more than its last
 * one.
 */
export function textReport(audience: Audience): CollectedText {
  const events: RunEvent[] = [];
  return {
    report: (event) => {
      events.push(event);
    },
    text: () => {
      const format = formatter(audience, { live: false, steps: stepsOf(events) });
      return events
        .flatMap(format)
        .map((line) => `${line}\n`)
        .join('');
    },
  };
}

/** How many steps a run had; null if it failed, so that some were left to do. */
function stepsOf(events: readonly RunEvent[]): number | null {
  const end = events.findLast(({ type }) => type === 'run-ended');
  const last = events.findLast((event) => event.type === 'step-done');
  if (end?.type !== 'run-ended' || end.result.outcome === 'failed') return null;
  return last?.type === 'step-done' ? last.number : null;
}

/** Writes the same lines as they happen; each step is announced as it begins, too. */
export function streamReport(write: (text: string) => void): Reporter {
  const format = formatter('administrator', { live: true, steps: null });
  return (event) => {
    const lines = format(event);
    if (lines.length > 0) write(lines.map((line) => `${line}\n`).join(''));
  };
}

/**
 * A result as the body of an `application/json` answer, and as what `--json` prints: one line.
 *
 * @param cautions what was wrong beside the rows of the index
 */
export function renderJson(
  result: RunResult | MachineState,
  audience: Audience,
  cautions: readonly string[] = [],
): string {
  const shown = result.outcome === 'state' || audience === 'administrator' ? result : forPublic(result);
  return `${JSON.stringify(withCautions(shown, cautions))}\n`;
}

function withCautions(result: RunResult | MachineState, cautions: readonly string[]): object {
  return cautions.length === 0 ? result : { ...result, cautions };
}

/** For a person at a terminal: the same lines, but what only programs read; and what people will notice of a change. */
export function linesForPeople(): (event: RunEvent) => string[] {
  return formatter('administrator', { live: true, steps: null, isForPeople: true });
}

interface Format {
  readonly live: boolean;
  readonly steps: number | null;
  readonly isForPeople?: boolean;
}

function formatter(
  audience: Audience,
  { live, steps, isForPeople = false }: Format,
): (event: RunEvent) => string[] {
  const titles = new Map<number, string>();
  const warned = new Warned();
  const step = ({ number, of }: { number: number; of: number }): string =>
    `Step ${number}/${steps ?? of}: ${titles.get(number) ?? ''}`;
  return (event) => {
    const stamp = (text: string): string => `[${event.at}] ${text}`;
    switch (event.type) {
      case 'run-began': {
        const { run, kind, trigger, operation } = event;
        return [stamp(kind === 'update' ? `Run ${run} (${trigger})` : `${operation} ${run}`)];
      }
      case 'step':
        titles.set(event.number, event.title);
        // Whether it is the last one may turn out in it. Programs read the number that was planned.
        if (isForPeople) return [stamp(`Step ${event.number}: ${event.title} ...`)];
        return live ? [stamp(`${step(event)} ...`)] : [];
      case 'step-done':
        return [stamp(`${step(event)}: ${event.detail} (${duration(event.ms)})`)];
      case 'warning':
        return audience === 'public' ? [] : [stamp(`Warning: ${describeWarning(event.warning)}`)];
      case 'note':
        warned.add(event);
        if (!isShown(event, audience)) return [];
        return [stamp(`${event.level === 'warning' ? 'Warning' : 'Note'}: ${event.message}`)];
      case 'item':
        if (event.phase !== 'done') return [];
        return [stamp(`${event.name}: ${event.outcome}${event.detail === '' ? '' : `, ${event.detail}`}`)];
      case 'log':
        return event.lines.map((line) => stamp(`${event.name}: ${line}`));
      case 'progress':
        return [];
      case 'run-ended':
        return endLines(event, { warned, audience, isForPeople }, stamp);
    }
  };
}

function endLines(
  event: RunEndedEvent,
  { warned, audience, isForPeople }: { warned: Warned; audience: Audience; isForPeople: boolean },
  stamp: (text: string) => string,
): string[] {
  const hidden = hiddenLines(warned, audience).map(stamp);
  const cautions = warned.for(audience);
  switch (event.kind) {
    case 'update': {
      const result = audience === 'public' ? forPublic(event.result) : event.result;
      const publicWarnings = audience === 'public' ? result.warnings : [];
      return [
        ...publicWarnings.map((warning) => stamp(`Warning: ${describeWarning(warning)}`)),
        ...hidden,
        ...summary(result).map(stamp),
        ...(isForPeople ? changeLines(result) : []),
        ...diffLines(result, stamp),
        ...(isForPeople ? [] : [resultLine(result, cautions)]),
      ];
    }
    case 'state':
      return [
        ...hidden,
        ...stateLines(event.result).map(stamp),
        `RESULT ${JSON.stringify(withCautions(event.result, cautions))}`,
      ];
    case 'operation':
      return summaryLines(event.result).map(stamp);
    case 'fleet':
      return []; // shown by rooms that know what a fleet is
  }
}

/** For programs. Of a dry run by hand only `--json` has more: what people will notice. */
function resultLine(result: RunResult, cautions: readonly string[]): string {
  const { changes: _, ...rest } = result;
  return `RESULT ${JSON.stringify(withCautions(rest, cautions))}`;
}

function changeLines({ changes = [] }: RunResult): string[] {
  if (changes.length === 0) return [];
  return ['What people will notice:', ...noticedLines(changes).map((line) => `  ${line}`)];
}

function hiddenLines(warned: Warned, audience: Audience): string[] {
  const hidden = warned.hidden(audience);
  return hidden === 0 ? [] : [`Warning: ${describeHidden(hidden)}`];
}

export function describeWarning({ row, reason }: Warning): string {
  return `${row}: ${reason}`;
}

function summary(result: RunResult): string[] {
  if (result.error) {
    const { code, message, hint } = result.error;
    return [`Failed (${code}): ${message}`, `What to do: ${hint}`];
  }
  const wouldBe = result.outcome === 'dry-run';
  const changed = result.files.filter((file) => file.changed).length;
  const verb = wouldBe ? 'would change' : 'changed';
  const reload = result.reload ? (wouldBe ? 'would follow' : 'follows') : 'is not needed';
  const total = result.steps.reduce((sum, { ms }) => sum + ms, 0);
  return [
    ...result.files.map((file) => describeFile(file, verb)),
    ...(result.fallback ? fallbackLines(result.fallback) : []),
    `Summary: ${result.outcome}: ${changed} of ${counted(result.files.length, 'file')} ${verb}, a reload ${reload}, ` +
      `${counted(result.warningCount, 'warning')} about the index, ${duration(total)}${result.shared ? ', shared with another request' : ''}`,
  ];
}

function fallbackLines({ code, message, hint }: Problem): string[] {
  return [
    `Served from the index of this machine, since the update failed (${code}): ${message}`,
    `What to do: ${hint}`,
  ];
}

/** `3 downloaded`, `1 page written`; zeros are left out. */
export function describeCounts(counts: Summary['counts']): string[] {
  return Object.entries(counts).flatMap(([name, count]) => {
    if (count === 0) return [];
    return [`${count} ${count === 1 ? name.replace(/^(tenant|page)s /, '$1 ') : name}`];
  });
}

function summaryLines(result: Summary): string[] {
  const counts = describeCounts(result.counts);
  const total = result.steps.reduce((sum, { ms }) => sum + ms, 0);
  return [
    ...result.failures.flatMap(({ name, code, message, hint }) => [
      `Failed (${code}): ${name}: ${message}`,
      `What to do: ${hint}`,
    ]),
    ...(result.error
      ? [`Failed (${result.error.code}): ${result.error.message}`, `What to do: ${result.error.hint}`]
      : []),
    `Summary: ${[result.outcome, ...counts].join(', ')}, ${duration(total)}`,
  ];
}

function stateLines({ index, files, pendingReload, lastRun, fallback }: MachineState): string[] {
  const others = files.filter((file) => file.changed);
  const etag = index?.etag ? `, ETag ${index.etag}` : '';
  return [
    index ? `Index: ${index.size} bytes${etag}, changed ${index.time}` : 'Index: none that can be read',
    lastRun
      ? `Last run: ${lastRun.run} (${lastRun.trigger}), began ${lastRun.beganAt}: ${lastRun.outcome}`
      : 'Last run: none',
    ...others.map(({ path }) => `File ${path}: not what this index gives`),
    ...(pendingReload ? ['An update was cut short: the next one completes it'] : []),
    ...(fallback ? fallbackLines(fallback) : []),
  ];
}

function describeFile(file: FileFacts, verb: string): string {
  return `File ${file.path}: ${file.changed ? verb : 'unchanged'}, ${file.size} bytes`;
}

/** Every line of a unified diff begins with one of ` +-@\`, so none can pass for a line of this report. */
function diffLines(result: RunResult, stamp: (text: string) => string): string[] {
  if (result.diff === undefined) return [];
  if (result.diff === '') return [stamp('navigator.yml: no difference')];
  return [stamp('navigator.yml:'), ...result.diff.replace(/\n$/, '').split('\n')];
}
