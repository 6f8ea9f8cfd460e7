import type { FleetReport, FleetReporter } from '../fleet/fleet-model.ts';
import type { Reporter } from '../report/events.ts';
import { counted } from '../text.ts';
import {
  beforeLine,
  complaint,
  dateLine,
  datesLines,
  nameOf,
  publishLines,
  sortedOut,
} from './fleet-words.ts';

/** Steps of a run: the index, the list of machines, the machines. */
const STEPS = 3;

/** Keeps a run over the fleet in the log: that it began, what became of the index and of each machine, how it ended. */
export function fleetLog(log: Reporter): FleetReporter {
  return (event, at) => {
    switch (event.type) {
      case 'begin': {
        const operation = `config-update ${event.operation} ${event.target}`;
        log({ type: 'begin', run: event.run, operation, steps: STEPS }, at);
        break;
      }
      case 'before':
        log({ type: 'note', message: beforeLine(event) }, at);
        break;
      case 'before-line':
        log({ type: 'note', message: `  ${event.line}` }, at);
        break;
      case 'date':
        log({ type: 'note', message: dateLine(event) }, at);
        break;
      case 'dates':
        for (const message of datesLines(event)) log({ type: 'note', message }, at);
        break;
      case 'published':
        for (const message of publishLines(event.publish)) log({ type: 'note', message }, at);
        break;
      case 'found': {
        const { active, skipped, source } = event.listing;
        const message = `${active.length} active machines, ${skipped.length} skipped (${source})`;
        log({ type: 'note', message }, at);
        break;
      }
      case 'machine-done': {
        const { machine, outcome, detail, attempts, ms } = event.outcome;
        const trouble = complaint(event.outcome);
        const facts = `${outcome} after ${counted(attempts, 'attempt')}, ${ms} ms`;
        log(
          {
            type: 'item',
            step: 'machines',
            name: nameOf(machine),
            outcome: trouble === null ? (outcome === 'updated' ? 'changed' : 'left-alone') : 'failed',
            detail: [facts, trouble ?? detail].filter(Boolean).join(': '),
          },
          at,
        );
        break;
      }
      case 'note':
        log(event, at);
        break;
      case 'end':
        log({ type: 'finish', summary: summaryOf(event.report) }, at);
    }
  };
}

function summaryOf(report: FleetReport): Extract<Parameters<Reporter>[0], { type: 'finish' }>['summary'] {
  const { run, target, operation, outcome, ms, skipped, error } = report;
  const { good, bad } = sortedOut(report);
  const fine = outcome === 'done' || outcome === 'nothing-to-do';
  return {
    run,
    operation: `config-update ${operation}`,
    machine: target,
    region: null,
    outcome: fine ? (operation === 'update' ? 'done' : 'dry-run') : 'failed',
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
