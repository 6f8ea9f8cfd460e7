import type {
  FleetEvent,
  FleetOperation,
  FleetReport,
  Listing,
  MachineOutcome,
} from '../fleet/fleet-model.ts';
import type { Standard } from '../publish/published-index.ts';
import { counted, duration } from '../text.ts';
import { renderMachines } from './fleet-table.ts';
import {
  adviceLines,
  beforeLine,
  complaint,
  dateLine,
  datesLines,
  foreign,
  nameOf,
  publishLines,
  sortedOut,
} from './fleet-words.ts';

const RULE = '='.repeat(50);

export type FleetLines = (event: FleetEvent) => readonly string[];

/**
 * Tells a run line by line. The application's job reads these lines from a pipe to show its own progress, so those that
 * it knows stand exactly as they do, one whole line a machine: `Step 1: Syncing index database`, `Will update N active
 * machines`, `Step 3: Triggering configuration update`, `✓ Success`.
 */
export function fleetLines({ verbose }: { verbose: boolean }): FleetLines {
  let operation: FleetOperation = 'update';
  let target = '';
  let noun: readonly [string, string] = ['machine', 'machines'];
  const tell: FleetLines = (event) => {
    switch (event.type) {
      case 'begin':
        ({ operation, target, noun } = event);
        return [];
      case 'publishing':
        return ['Step 1: Syncing index database...', RULE];
      case 'before':
        return [beforeLine(event)];
      case 'before-line':
        return [`    | ${event.line}`];
      case 'date':
        return [dateLine(event)];
      case 'dates':
        return datesLines(event);
      case 'published':
        return [...publishLines(event.publish), ''];
      case 'stored':
        return [`Step 1: Looking at the index ${placeOf(event)}...`, RULE, storedLine(event), ''];
      case 'finding':
        return [findingLine(target, noun), RULE];
      case 'found':
        return [...foundLines(event.listing, operation, noun), ''];
      case 'updating':
        return [...updatingLines(operation), RULE];
      case 'attempt':
        return [];
      case 'retry':
        return [retryLine(event)];
      case 'log':
        return verbose ? logLines(event) : [];
      case 'machine-done':
        return [machineLine(event.outcome)];
      case 'note':
        return [`Note: ${event.message}`];
      case 'end':
        return endLines(event.report, noun);
    }
  };
  // Names in the index and words of other programs may hold the sign by which the job counts machines.
  return (event) => (event.type === 'machine-done' ? tell(event) : tell(event).map(foreign));
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

function findingLine(target: string, [, several]: readonly [string, string]): string {
  if (target === 'fly') return 'Step 2: Getting list of Fly machines...';
  return `Step 2: Finding the ${several} of ${target.split(',').join(' and ')}...`;
}

function foundLines(
  { active, skipped, source }: Listing,
  operation: FleetOperation,
  noun: readonly [string, string],
): string[] {
  const verb = operation === 'verify' ? 'ask' : 'update';
  // Whatever a target calls its machines, and however few there are: the job looks for these words.
  const found =
    active.length === 0
      ? [`No active machines to ${verb}`]
      : [`Will ${verb} ${active.length} active machines: ${active.map(nameOf).join(', ')}`];
  return [
    `Found ${active.length + skipped.length} total ${noun[1]} (${source})`,
    ...(skipped.length === 0 ? [] : [`Skipping ${skipped.length} stopped/suspended machines:`]),
    ...skipped.map(
      (one) => `  - ${nameOf(one)} (${one.state}${one.region === null ? '' : `, ${one.region}`})`,
    ),
    ...found,
  ];
}

function updatingLines(operation: FleetOperation): string[] {
  if (operation === 'verify') return ['Step 3: Asking each machine for its state...'];
  const line = 'Step 3: Triggering configuration update on each machine...';
  return operation === 'dry-run'
    ? [line, 'Dry run: each says what it would do, and changes nothing.']
    : [line];
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

function retryLine({ machine, attempt, reason, waitMs }: Extract<FleetEvent, { type: 'retry' }>): string {
  return `    ${nameOf(machine)}: attempt ${attempt} failed (${reason}), the next in ${duration(waitMs)}`;
}

/** A machine's own log, each line under its id. */
function logLines({ machine, lines }: Extract<FleetEvent, { type: 'log' }>): string[] {
  return lines.map((line) => `    ${nameOf(machine)} | ${line}`);
}

/**
 * The table of machines, what it comes to, and what to do about it.
 *
 * @param columns of a terminal; none for a pipe
 */
export function endLines(report: FleetReport, noun: readonly [string, string], columns?: number): string[] {
  const { machines, error } = report;
  const table = renderMachines(report, columns);
  const { bad } = sortedOut(report);
  return [
    ...(table === '' ? [] : ['', ...table.trimEnd().split('\n')]),
    '',
    'Summary:',
    columns === undefined ? RULE : RULE.slice(0, columns - 1),
    ...(machines.length > 0 || report.operation === 'update' ? countLines(report, noun) : []),
    ...bad.map((one) => `  ${nameOf(one.machine)}: ${complaint(one) ?? ''}`),
    ...adviceLines(bad),
    ...(error ? [`Failed (${error.code}): ${error.message}`, `What to do: ${error.hint}`] : []),
    `${report.outcome}, ${duration(report.ms)}`,
  ];
}

function countLines(report: FleetReport, noun: readonly [string, string]): string[] {
  const { good, bad } = sortedOut(report);
  switch (report.operation) {
    case 'update':
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
