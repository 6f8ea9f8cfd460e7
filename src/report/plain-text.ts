import type { Problem } from '../failure.ts';
import { counted, duration } from '../text.ts';
import type { Warning } from '../warning.ts';
import type { FileFacts, MachineState, ProgressEvent, Reporter, RunResult, Summary } from './events.ts';
import { forPublic } from './public.ts';
import type { Audience } from './warned.ts';
import { describeHidden, isShown, Warned } from './warned.ts';

export interface CollectedText {
  readonly report: Reporter;
  /** Everything that was reported so far, each line with its end. */
  text(): string;
}

/** Collects events into a `text/plain` answer: timestamped lines, a summary, and last `RESULT {json}` on one line. */
export function textReport(audience: Audience): CollectedText {
  const lines: string[] = [];
  const format = formatter(audience, false);
  return {
    report: (event, at) => {
      lines.push(...format(event, at));
    },
    text: () => lines.map((line) => `${line}\n`).join(''),
  };
}

/** Writes the same lines as they happen, for a person who watches; each step is announced as it begins, too. */
export function streamReport(write: (text: string) => void): Reporter {
  const format = formatter('administrator', true);
  return (event, at) => {
    const lines = format(event, at);
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
  const told = result.outcome === 'state' || audience === 'administrator' ? result : forPublic(result);
  return `${JSON.stringify(withCautions(told, cautions))}\n`;
}

function withCautions(result: RunResult | MachineState, cautions: readonly string[]): object {
  return cautions.length === 0 ? result : { ...result, cautions };
}

function formatter(audience: Audience, live: boolean): (event: ProgressEvent, at: Date) => string[] {
  let steps = 0;
  const titles = new Map<number, string>();
  const warned = new Warned();
  const step = (number: number): string =>
    `Step ${number}/${Math.max(steps, number)}: ${titles.get(number) ?? ''}`;
  return (event, at) => {
    const stamp = (text: string): string => `[${at.toISOString()}] ${text}`;
    switch (event.type) {
      case 'run':
        steps = event.steps;
        return [stamp(`Run ${event.run} (${event.trigger})`)];
      case 'step':
        titles.set(event.number, event.title);
        return live ? [stamp(`${step(event.number)} ...`)] : [];
      case 'step-done':
        return [stamp(`${step(event.number)}: ${event.detail} (${duration(event.ms)})`)];
      case 'warning':
        return audience === 'public' ? [] : [stamp(`Warning: ${describeWarning(event.warning)}`)];
      case 'note':
        warned.add(event);
        if (!isShown(event, audience)) return [];
        return [stamp(`${event.level === 'warning' ? 'Warning' : 'Note'}: ${event.message}`)];
      case 'end': {
        const result = audience === 'public' ? forPublic(event.result) : event.result;
        const publicWarnings = audience === 'public' ? result.warnings : [];
        return [
          ...publicWarnings.map((warning) => stamp(`Warning: ${describeWarning(warning)}`)),
          ...hiddenLines(warned, audience).map(stamp),
          ...summary(result).map(stamp),
          ...diffLines(result, stamp),
          `RESULT ${JSON.stringify(withCautions(result, warned.for(audience)))}`,
        ];
      }
      case 'state':
        return [
          ...hiddenLines(warned, audience).map(stamp),
          ...stateLines(event.state).map(stamp),
          `RESULT ${JSON.stringify(withCautions(event.state, warned.for(audience)))}`,
        ];
      case 'begin':
        steps = event.steps;
        return [stamp(`${event.operation} ${event.run}`)];
      case 'item':
        return [stamp(`${event.name}: ${event.outcome}${event.detail === '' ? '' : `, ${event.detail}`}`)];
      case 'progress':
        return [];
      case 'finish':
        return summaryLines(event.summary).map(stamp);
    }
  };
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

/** `3 downloaded`, `1 page written`: what there is none of is not told. */
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
