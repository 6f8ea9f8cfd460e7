import type { ChildOutcome } from '../child/run-child.ts';
import type { FailureCode, Problem } from '../failure.ts';
import { bringsIndex, type FleetReport, type MachineOutcome, nameOf } from '../report/fleet-results.ts';
import { counted } from '../text.ts';
import type { RunEnd } from './kept-runs.ts';

/** How a run ended, and whether the same may go well a little later without anybody's doing. */
export interface Conclusion extends RunEnd {
  readonly mayPass: boolean;
}

/**
 * What may pass by itself: the store, the network, the machines, who holds a lock, a command that ended badly. Anything
 * else is for somebody to put right: another index was published, the configuration or the index is not valid.
 */
const PASSING: readonly FailureCode[] = [
  ...([
    'store-unreachable',
    'store-timeout',
    'store-corrupt',
    'lock-timeout',
    'busy',
    'out-of-time',
  ] as const),
  ...(['fleet-unreachable', 'machine-failed', 'command-failed', 'cancelled'] as const),
];

/** Machines that a message names. */
const MOST_NAMED = 5;

/** config-update as it ended: its report, if it gave one, else what is known of the process. */
export interface ChildEnd {
  readonly outcome: ChildOutcome;
  readonly report: FleetReport | null;
  /** Why its first line that is not an event is none; null if all are. */
  readonly nonsense: string | null;
  /** Its last words, safe to show; empty for none. */
  readonly lastWords: string;
  /** Milliseconds that it had. */
  readonly limitMs: number;
}

export function concludeChild(end: ChildEnd): Conclusion {
  const exitCode = end.outcome.kind === 'exited' ? end.outcome.code : null;
  if (end.report) return { ...concludeReport(end.report), exitCode };
  return { ...failedWith(problemOfChild(end)), exitCode };
}

/** By its own report: what became of the process afterwards does not matter. */
export function concludeReport(report: FleetReport): Conclusion {
  if (report.outcome === 'done')
    return { state: 'done', report, error: null, exitCode: null, mayPass: false };
  const error = problemOfReport(report);
  const failed = report.machines.filter(({ outcome }) => outcome === 'failed');
  const mayPass = report.error
    ? isPassing(error.code)
    : failed.some((machine) => isPassing(machine.error?.code ?? 'machine-failed'));
  return { state: 'failed', report, error, exitCode: null, mayPass };
}

/** A run that ended in an error without a report. */
export function failedWith(error: Problem): Conclusion {
  return { state: 'failed', report: null, error, exitCode: null, mayPass: isPassing(error.code) };
}

/** Whether machines may serve what was published, although the run has failed. */
export function reachesSome({ report }: Pick<RunEnd, 'report'>): boolean {
  if (!report || !bringsIndex(report.operation)) return false;
  if (report.outcome === 'nothing-to-do') return true; // the first request wakes one, which fetches it
  return report.machines.some(({ outcome }) => outcome === 'updated' || outcome === 'unchanged');
}

function isPassing(code: FailureCode): boolean {
  return PASSING.includes(code);
}

function problemOfReport(report: FleetReport): Problem {
  if (report.error) {
    const { code, message, hint } = report.error;
    return { code, message, hint };
  }
  if (report.outcome === 'nothing-to-do') {
    return {
      code: 'fleet-unreachable',
      message: 'no machine was running, so none has it yet',
      hint: 'Each machine fetches it when it starts. To have it now, start a machine, then try again.',
    };
  }
  if (report.outcome === 'changed-elsewhere') {
    return {
      code: 'changed-elsewhere',
      message: 'another host has published an index meanwhile, so nothing was published',
      hint: 'Compare both (config-update --dry-run); then publish over theirs with --replace, or make the change there.',
    };
  }
  return problemOfMachines(report.machines.filter(({ outcome }) => outcome === 'failed'));
}

function problemOfMachines(failed: readonly MachineOutcome[]): Problem {
  const [first] = failed;
  const names = failed.slice(0, MOST_NAMED).map(({ machine }) => nameOf(machine));
  const more = failed.length > names.length ? ' and others' : '';
  const why = first?.error ? `: ${first.error.message}` : '';
  return {
    code: 'machine-failed',
    message: `${counted(failed.length, 'machine')} failed (${names.join(', ')}${more})${why}`,
    hint: first?.error?.hint ?? 'Look at the log of that machine, then try again.',
  };
}

const AGAIN = 'Try again; if it happens again, run scripts/config-update by hand on this host.';

function problemOfChild({ outcome, nonsense, lastWords, limitMs }: ChildEnd): Problem {
  const said = lastWords === '' ? '' : `; its last words: ${lastWords}`;
  switch (outcome.kind) {
    case 'not-started':
      return {
        code: 'command-failed',
        message: `config-update cannot be started: ${outcome.reason}`,
        hint: 'Put the built scripts/config-update in its place (node build.mjs).',
      };
    case 'timed-out':
      return {
        code: 'out-of-time',
        message: `config-update was ended after ${limitMs / 1000} s${said}`,
        hint: 'Look for what it waits for (FLEET_BEFORE, the store); then try again.',
      };
    case 'killed':
      return {
        code: 'command-failed',
        message: `config-update was ended by ${outcome.signal}${said}`,
        hint: AGAIN,
      };
    case 'exited':
      return problemOfExit(outcome.code, nonsense, said);
  }
}

function problemOfExit(exit: number, nonsense: string | null, said: string): Problem {
  if (nonsense !== null) {
    return {
      code: 'internal',
      message: `config-update ended with exit code ${exit}, and wrote a line that is not an event (${nonsense})${said}`,
      hint: 'Install this server and scripts/config-update from the same build.',
    };
  }
  const message = `config-update ended with exit code ${exit}, and did not say how the run ended${said}`;
  if (exit === 2)
    return { code: 'usage', message, hint: 'Look at its variables (FLEET_...), then try again.' };
  return { code: exit === 0 ? 'internal' : 'command-failed', message, hint: AGAIN };
}
