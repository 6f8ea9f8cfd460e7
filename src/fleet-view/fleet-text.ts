import type { ItemEvent, LogEvent, MachineItem, RunEvent, StepEvent } from '../report/events.ts';
import {
  bringsIndex,
  type FleetOperation,
  type FleetReport,
  type MachineOutcome,
  nameOf,
  type Standard,
} from '../report/fleet-results.ts';
import { counted, duration } from '../text.ts';
import { FleetProgress } from './fleet-progress.ts';
import { renderMachines } from './fleet-table.ts';
import {
  adviceLines,
  complaint,
  dateLine,
  foreign,
  outcomeOf,
  problemLines,
  publishLines,
  sortedOut,
} from './fleet-words.ts';

const RULE = '='.repeat(50);

export type FleetLines = (event: RunEvent) => readonly string[];

/**
 * Shows a run line by line. The application's job reads these lines from a pipe for its own progress, so the lines that
 * it knows never change, and each machine has one whole line: `Step 1: Syncing index database`, `Will update N active
 * machines`, `Step 3: Triggering configuration update`, `✓ Success`.
 */
export function fleetLines({ verbose }: { verbose: boolean }): FleetLines {
  const progress = new FleetProgress();
  const tell: FleetLines = (event) => {
    progress.apply(event);
    switch (event.type) {
      case 'step':
        return stepLines(event, progress.operation);
      case 'step-done':
        return event.name === 'find' && event.outcome === 'done' ? foundLines(event.detail, progress) : [];
      case 'item':
        return itemLines(event);
      case 'log':
        return event.kind === 'machine' && !verbose ? [] : logLines(event);
      case 'note':
        return [event.level === 'info' ? event.message : `Note: ${event.message}`];
      case 'run-ended':
        return event.kind === 'fleet' ? endLines(event.result, progress) : [];
      case 'run-began':
      case 'warning':
      case 'progress':
        return [];
    }
  };
  // Names in the index and words of other programs may hold the sign by which the job counts machines.
  return (event) => (outcomeOf(event) === null ? tell(event).map(foreign) : tell(event));
}

function stepLines({ number, name, title }: StepEvent, operation: FleetOperation): string[] {
  // Where it was looked for is known, and told, when it is found.
  if (name === 'look') return [];
  const more =
    name === 'update' && operation === 'dry-run'
      ? ['Dry run: each says what it would do, and changes nothing.']
      : [];
  return [`Step ${number}: ${title}...`, ...more, RULE];
}

function itemLines(event: ItemEvent): string[] {
  switch (event.kind) {
    case 'machine':
      return machineLines(event);
    case 'tenant':
      return [dateLine(event)];
    case 'file':
      if ('publish' in event) return [...publishLines(event.publish), ''];
      return [
        `Step 1: Looking at the index ${placeOf(event.standard)}...`,
        RULE,
        storedLine(event.standard),
        '',
      ];
    case 'page':
      return [];
  }
}

function machineLines(event: MachineItem): string[] {
  if (event.phase === 'pausing') return [retryLine(event)];
  const outcome = outcomeOf(event);
  return outcome ? [machineLine(outcome)] : [];
}

function placeOf({ from }: Standard): string {
  return from === 'host' || from === 'push' ? 'of this host' : 'in the store';
}

export function storedLine({ index, from }: Standard): string {
  if (!index && from === 'push') return 'This host has no index.';
  if (!index) return from === null ? 'No object store is configured here.' : 'The store has no index.';
  const { etag, size, time, by } = index;
  if (from === 'push') return `The index of this host: ${size} bytes, changed ${time}`;
  if (from === 'host')
    return `No object store is configured here. The index of this host: ${size} bytes, changed ${time}`;
  return `ETag ${etag}, ${size} bytes, changed ${time}${by === null ? '' : `, published by ${by}`}`;
}

function foundLines(source: string, { machines, skipped, operation, noun }: FleetProgress): string[] {
  const verb = operation === 'verify' ? 'ask' : 'update';
  // Whatever a target calls its machines, and however few there are: the job looks for these words.
  const found =
    machines.size === 0
      ? [`No active machines to ${verb}`]
      : [`Will ${verb} ${machines.size} active machines: ${[...machines.keys()].join(', ')}`];
  return [
    `Found ${machines.size + skipped.length} total ${noun[1]} (${source})`,
    ...(skipped.length === 0 ? [] : [`Skipping ${skipped.length} stopped/suspended machines:`]),
    ...skipped.map(
      (one) => `  - ${nameOf(one)} (${one.state}${one.region === null ? '' : `, ${one.region}`})`,
    ),
    ...found,
    '',
  ];
}

/** One whole line for a machine that is done. */
function machineLine(result: MachineOutcome): string {
  const { machine, outcome, detail, attempts } = result;
  const line = (text: string): string => `  ${nameOf(machine)}... ${text}`;
  switch (outcome) {
    case 'updated':
    case 'unchanged':
      return line('✓ Success');
    case 'dry-run':
      return line(`dry run: ${foreign(detail)}`);
    case 'same':
      return line('as expected');
    case 'differs':
      return line(`✗ Differs: ${foreign(complaint(result) ?? '')}`);
    case 'failed': {
      const after = attempts === 0 ? '' : ` after ${counted(attempts, 'attempt')}`;
      return line(`✗ Failed${after}: ${foreign(complaint(result) ?? '')}`);
    }
  }
}

function retryLine({ name, attempt, detail, waitMs }: Extract<MachineItem, { phase: 'pausing' }>): string {
  return `    ${name}: attempt ${attempt} failed (${detail}), the next in ${duration(waitMs)}`;
}

/** A machine's own log, each line under its name; or what a command says. */
function logLines({ kind, name, lines }: LogEvent): string[] {
  return lines.map((line) => (kind === 'machine' ? `    ${name} | ${line}` : `    | ${line}`));
}

/**
 * The table of machines, what it comes to, and what to do about it; of a run that could not begin, only why.
 *
 * @param columns of a terminal; none for a pipe
 */
export function endLines(report: FleetReport, { target, noun }: FleetProgress, columns?: number): string[] {
  const { machines, error } = report;
  if (error && target === '') return problemLines(error);
  const table = renderMachines(report, columns);
  const { bad } = sortedOut(report);
  return [
    ...(table === '' ? [] : ['', ...table.trimEnd().split('\n')]),
    '',
    'Summary:',
    columns === undefined ? RULE : RULE.slice(0, columns - 1),
    ...(machines.length > 0 || bringsIndex(report.operation) ? countLines(report, noun) : []),
    ...bad.map((one) => `  ${nameOf(one.machine)}: ${complaint(one) ?? ''}`),
    ...adviceLines(bad),
    ...(error ? problemLines(error) : []),
    `${report.outcome}, ${duration(report.ms)}`,
  ];
}

function countLines(report: FleetReport, noun: readonly [string, string]): string[] {
  const { good, bad } = sortedOut(report);
  switch (report.operation) {
    case 'update':
    case 'undo':
      return [
        `Successfully updated: ${good.length} machines`,
        ...(bad.length > 0 ? [`Failed updates: ${bad.length} machines`] : []),
      ];
    case 'dry-run':
      return [`Dry run: ${counted(good.length, noun[0])} answered, ${bad.length} failed`];
    case 'verify':
      return [`Verified: ${counted(good.length, noun[0])} as expected, ${bad.length} not`];
  }
}
