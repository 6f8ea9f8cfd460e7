import type { EventBody, Reporter, RunEvent } from '../report/events.ts';
import { bringsIndex, type FleetReport, nameOf } from '../report/fleet-results.ts';
import type { Summary } from '../report/results.ts';
import { counted } from '../text.ts';
import { FleetProgress } from './fleet-progress.ts';
import { complaint, dateLine, outcomeOf, publishLines, sortedOut } from './fleet-words.ts';

/**
 * Logs a run over the fleet, in fewer words than it shows: its beginning, the outcome for the index and each machine,
 * and its end.
 */
export function fleetLog(log: Reporter): Reporter {
  const progress = new FleetProgress();
  return (event) => {
    progress.apply(event);
    const { v, run, seq, at } = event;
    for (const body of kept(event, progress)) log({ v, run, seq, at, ...body });
  };
}

function kept(event: RunEvent, progress: FleetProgress): EventBody[] {
  switch (event.type) {
    case 'run-began': {
      const { type, run, trigger, by, target, steps } = event;
      const operation = `config-update ${event.operation} ${target}`;
      return [{ type, kind: 'operation', run, operation, trigger, by, target, steps }];
    }
    case 'step-done': {
      if (event.name !== 'find' || event.outcome === 'failed') return [];
      const { machines, skipped } = progress;
      return notes([`${machines.size} active machines, ${skipped.length} skipped (${event.detail})`]);
    }
    case 'item': {
      if (event.kind === 'tenant') return notes([dateLine(event)]);
      if (event.kind === 'file') return 'publish' in event ? notes(publishLines(event.publish)) : [];
      return machineItem(event);
    }
    case 'log':
      return event.kind === 'command' ? notes(event.lines.map((line) => `  ${line}`)) : [];
    case 'note':
      return [event];
    case 'run-ended':
      return event.kind === 'fleet'
        ? [{ type: 'run-ended', kind: 'operation', result: summaryOf(event.result) }]
        : [];
    default:
      return [];
  }
}

function notes(messages: readonly string[]): EventBody[] {
  return messages.map((message) => ({ type: 'note', message }));
}

function machineItem(event: EventBody): EventBody[] {
  const done = outcomeOf(event);
  if (!done) return [];
  const { machine, outcome, detail, attempts, ms } = done;
  const trouble = complaint(done);
  const facts = `${outcome} after ${counted(attempts, 'attempt')}, ${ms} ms`;
  return [
    {
      ...{ type: 'item', kind: 'tenant', step: 'machines', name: nameOf(machine), phase: 'done' },
      outcome: trouble === null ? (outcome === 'updated' ? 'changed' : 'left-alone') : 'failed',
      detail: [facts, trouble ?? detail].filter(Boolean).join(': '),
      attempt: attempts,
    },
  ];
}

function summaryOf(report: FleetReport): Summary {
  const { run, target, operation, outcome, ms, skipped, error } = report;
  const { good, bad } = sortedOut(report);
  const fine = outcome === 'done' || outcome === 'nothing-to-do';
  return {
    run,
    operation: `config-update ${operation}`,
    machine: target,
    region: null,
    outcome: fine ? (bringsIndex(operation) ? 'done' : 'dry-run') : 'failed',
    counts: { good: good.length, bad: bad.length, skipped: skipped.length },
    failures: bad.map((one) => ({
      step: 'machines',
      name: nameOf(one.machine),
      code: one.error?.code ?? 'machine-failed',
      message: complaint(one) ?? '',
      hint: one.error?.hintFrom === 'machine' ? `it says: ${one.error.hint}` : (one.error?.hint ?? ''),
    })),
    steps: [{ name: 'run', ms }],
    ...(error ? { error } : {}),
  };
}
