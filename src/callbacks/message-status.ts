import { complaint, sortedOut } from '../fleet-view/fleet-words.ts';
import { type FleetReport, nameOf } from '../report/fleet-results.ts';
import type { CiContext } from './ci-context.ts';
import { cutMessage } from './cut-message.ts';
import type { ReportedEnd, ReportedStart } from './delivery-model.ts';
import type { CallbackMachines, CallbackOutcome, Tunnel } from './wire.ts';

/** What is told of a run when it begins. Not its arguments: one may be a password. */
export interface StartFacts {
  readonly ci: CiContext;
  readonly by: string;
  readonly target: string;
  readonly command: string;
  readonly version: string;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** To be scrubbed: variables may hold anything. */
export function startedOf({ ci, by, target, command, version, at }: StartFacts): ReportedStart {
  return {
    status: 'started',
    git_sha: ci.sha,
    git_ref: ci.ref,
    ci_provider: ci.provider,
    ci_run_url: ci.runUrl,
    at,
    ...{ by, target, command, version },
    ...(ci.attempt === null ? {} : { ci_attempt: ci.attempt }),
    ...(ci.job === null ? {} : { ci_job: ci.job }),
    ...(ci.commitUrl === null ? {} : { commit_url: ci.commitUrl }),
  };
}

/** What is told of a run when it ends. */
export interface EndFacts {
  /** Null where it ended before there was one. Scrubbed already. */
  readonly report: FleetReport | null;
  readonly exitCode: number;
  /** Where what was deployed is reached. */
  readonly tunnels: readonly Tunnel[];
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** By the exit code of config-update. */
const OUTCOMES: Readonly<Record<number, CallbackOutcome>> = {
  0: 'done',
  3: 'nothing-to-do',
  4: 'changed-elsewhere',
  130: 'cancelled',
  143: 'cancelled',
};

/** The only two of them after which all is well. */
const COMPLETED: readonly CallbackOutcome[] = ['done', 'nothing-to-do'];

/** The exit code says how a run ended, whatever its report does: after a signal they may differ. */
export function endedOf({ report, exitCode, tunnels, at }: EndFacts): ReportedEnd {
  const outcome = OUTCOMES[exitCode] ?? 'failed';
  const failed = report?.machines.filter((one) => one.outcome === 'failed') ?? [];
  const ended = {
    at,
    ...(report ? { duration_seconds: Math.round(report.ms / 1000), duration_ms: Math.round(report.ms) } : {}),
    outcome,
    exit_code: exitCode,
    ...indexOf(report),
    ...(report ? { machines: machinesOf(report) } : {}),
    ...(failed.length > 0 ? { failed_machines: failed.map(({ machine }) => nameOf(machine)) } : {}),
  };
  if (COMPLETED.includes(outcome)) {
    // Not the objects themselves, which may have more than is to be told.
    const places = tunnels.map(({ service_name, hostname }) => ({ service_name, hostname }));
    return { status: 'completed', tunnels: places, ...ended };
  }
  return { status: 'failed', ...problemOf(report, outcome), ...ended };
}

function indexOf(report: FleetReport | null) {
  if (!report?.publish) return {};
  const { publish } = report;
  const { etag, size } = publish.kind === 'changed-elsewhere' ? publish.theirs : publish.index;
  return { index: { kind: publish.kind, etag, size } };
}

function machinesOf({ machines, skipped }: FleetReport): CallbackMachines {
  const count = (outcome: string) => machines.filter((one) => one.outcome === outcome).length;
  return {
    updated: count('updated'),
    unchanged: count('unchanged'),
    failed: count('failed'),
    skipped: skipped.length,
  };
}

const IN_WORDS: Readonly<Partial<Record<CallbackOutcome, string>>> = {
  cancelled: 'the run was interrupted',
  'changed-elsewhere': 'somebody else has published another index, so nothing was published',
};

/** Why a run failed: its own problem, else that of its machines. */
function problemOf(report: FleetReport | null, outcome: CallbackOutcome) {
  const bad = report ? sortedOut(report).bad : [];
  const [first] = bad;
  const ofMachines =
    first === undefined
      ? 'the run ended without a result'
      : `${bad.length} of ${report?.machines.length} machines failed: ${nameOf(first.machine)}: ${complaint(first)}`;
  const elsewhere = outcome === 'changed-elsewhere' ? outcome : undefined;
  const code = report?.error?.code ?? first?.error?.code ?? elsewhere;
  // The words of a machine, which may have been broken into, are not ours to hand on as advice.
  const hint = report?.error?.hint ?? (first?.error?.hintFrom === 'machine' ? undefined : first?.error?.hint);
  return {
    error: cutMessage(report?.error?.message ?? IN_WORDS[outcome] ?? ofMachines),
    ...(code === undefined ? {} : { error_code: code }),
    ...(hint === undefined ? {} : { hint: cutMessage(hint) }),
  };
}
