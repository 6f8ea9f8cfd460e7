import { FleetProgress } from '../fleet-view/fleet-progress.ts';
import {
  adviceLines,
  complaint,
  dateLine,
  foreign,
  outcomeOf,
  problemLines,
  publishLines,
  sortedOut,
} from '../fleet-view/fleet-words.ts';
import type { ItemEvent, MachineItem, RunEvent } from '../report/events.ts';
import { type FleetReport, nameOf, type PublishOutcome } from '../report/fleet-results.ts';
import { counted, duration } from '../text.ts';
import { cutMessage } from './cut-message.ts';
import type { ReportedLine } from './delivery-model.ts';
import type { CallbackLevel, CallbackStep } from './wire.ts';

interface Said {
  readonly level: CallbackLevel;
  readonly text: string;
  readonly machine?: string;
}

/** Names of steps that lines can belong to. */
const STEPS: ReadonlySet<string> = new Set<CallbackStep>(['publish', 'find', 'update']);

/**
 * What a dashboard is told of each event of a run over the fleet: the words of the text view, one line each, of 8 KiB at
 * most. The events are scrubbed already.
 */
export function messageLines(): (event: RunEvent) => ReportedLine[] {
  const progress = new FleetProgress();
  let step: CallbackStep | null = null;
  return (event) => {
    progress.apply(event);
    if (event.type === 'step') step = isStep(event.name) ? event.name : null;
    const of = step === null ? {} : { step };
    return saidBy(event, progress).map(({ level, text, machine }) => ({
      level,
      // The application's job counts machines by this sign, in whatever output it reads.
      message: cutMessage(foreign(text)),
      logged_at: event.at,
      ...(machine === undefined ? {} : { machine }),
      ...of,
    }));
  };
}

function isStep(name: string): name is CallbackStep {
  return STEPS.has(name);
}

function saidBy(event: RunEvent, progress: FleetProgress): Said[] {
  switch (event.type) {
    case 'step':
      return [{ level: 'step', text: event.title }];
    case 'step-done':
      return event.name === 'find' && event.outcome === 'done' ? foundSaid(event.detail, progress) : [];
    case 'item':
      return itemSaid(event);
    case 'log': {
      const { kind, name: machine, lines } = event;
      return lines.map((text) => ({ level: 'info', text, ...(kind === 'machine' ? { machine } : {}) }));
    }
    case 'note':
      return [{ level: event.level === 'info' ? 'info' : 'warning', text: event.message }];
    case 'run-ended':
      return event.kind === 'fleet' ? endSaid(event.result) : [];
    case 'run-began':
    case 'progress':
    case 'warning':
      return [];
  }
}

function itemSaid(event: ItemEvent): Said[] {
  switch (event.kind) {
    case 'machine':
      return machineSaid(event);
    case 'tenant':
      return [{ level: 'info', text: dateLine(event) }];
    case 'file':
      return 'publish' in event ? publishSaid(event.publish) : [];
    case 'page':
      return [];
  }
}

function publishSaid(publish: PublishOutcome): Said[] {
  const [first = '', ...more] = publishLines(publish);
  const level = publish.kind === 'changed-elsewhere' ? 'error' : 'ok';
  return [{ level, text: first }, ...more.map((text): Said => ({ level: 'info', text }))];
}

function foundSaid(source: string, { machines, skipped, noun }: FleetProgress): Said[] {
  const all = machines.size + skipped.length;
  const found: Said =
    machines.size === 0
      ? { level: 'warning', text: 'No active machines to update' }
      : {
          level: 'ok',
          text: `Will update ${machines.size} active machines: ${[...machines.keys()].join(', ')}`,
        };
  return [
    { level: 'info', text: `Found ${all} total ${noun[1]} (${source})` },
    ...skipped.map((one): Said => {
      const where = one.region === null ? '' : `, ${one.region}`;
      return { level: 'info', text: `Skipping ${nameOf(one)} (${one.state}${where})` };
    }),
    found,
  ];
}

function machineSaid(event: MachineItem): Said[] {
  const machine = nameOf(event.machine);
  if (event.phase === 'pausing') {
    const { attempt, detail, waitMs } = event;
    const text = `${machine}: attempt ${attempt} failed (${detail}), the next in ${duration(waitMs)}`;
    return [{ level: 'warning', text, machine }];
  }
  const done = outcomeOf(event);
  if (!done) return [];
  const { outcome, attempts, ms, detail } = done;
  const facts = `${machine}: ${outcome} after ${counted(attempts, 'attempt')}, ${duration(ms)}`;
  const trouble = complaint(done);
  const more = trouble ?? detail;
  return [
    { level: trouble === null ? 'ok' : 'error', text: more === '' ? facts : `${facts}: ${more}`, machine },
  ];
}

function endSaid(report: FleetReport): Said[] {
  const { good, bad } = sortedOut(report);
  const { outcome, error, ms } = report;
  const took = duration(ms);
  const info = (text: string): Said => ({ level: 'info', text });
  if (outcome === 'done')
    return [{ level: 'success', text: `Successfully updated: ${good.length} machines, in ${took}` }];
  if (outcome === 'nothing-to-do')
    return [{ level: 'warning', text: `No machine was active, so none was updated, in ${took}` }];
  const [what, ...hints] = error ? problemLines(error) : [];
  return [
    ...(good.length > 0 ? [info(`Successfully updated: ${good.length} machines`)] : []),
    ...(bad.length > 0
      ? [{ level: 'error', text: `Failed updates: ${bad.length} machines` } satisfies Said]
      : []),
    ...adviceLines(bad).map(info),
    ...(what === undefined ? [] : [{ level: 'error', text: what } satisfies Said]),
    ...hints.map(info),
    { level: 'error', text: `${outcome}, in ${took}` },
  ];
}
