import { describeBadEnd } from '../child/bad-end.ts';
import { runChild } from '../child/run-child.ts';
import type { Problem } from '../failure.ts';
import type { RunEvent } from '../report/events.ts';
import { createScrubber, secretsOf } from '../report/redact.ts';
import type { Summary } from '../report/results.ts';
import { createStream } from '../report/stream.ts';
import { newRunId } from '../run-id.ts';
import type { Conclusion } from './conclude.ts';
import { DEPLOYMENT, type NewChange } from './run-model.ts';

/** The change that asks for such a run, or for an update of the machines. */
export function publication(target: string): Omit<NewChange, 'by'> {
  const subject = target === DEPLOYMENT ? 'the application' : 'all machines';
  return { kind: 'update', action: 'publish', subject, studio: null, before: null, after: null };
}

const STEP = 'deploy';

/** How the application is deployed. */
export interface DeploymentContext {
  /** Program and arguments. It runs with the application's rights, and without our secrets. */
  readonly command: readonly string[];
  /** The source of the application. */
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Where this runs, for the summary. */
  readonly machine: string;
}

/** One deployment. */
export interface DeploymentRun {
  /** Userid of who asked. */
  readonly by: string;
  readonly limitMs: number;
  /** Kills it. */
  readonly signal: AbortSignal;
  readonly onEvent: (event: RunEvent) => void;
}

/**
 * Runs the command to its end, and tells it in the events of every operation: each of its lines is one of its log. It dies
 * with this process.
 *
 * @throws never
 */
export async function runDeployment(context: DeploymentContext, call: DeploymentRun): Promise<Conclusion> {
  const { command, cwd, env, machine } = context;
  const { by, limitMs, signal, onEvent } = call;
  const run = newRunId();
  const scrubber = createScrubber(secretsOf(env));
  const tell = createStream([onEvent], scrubber, run);
  const words = command.join(' ');
  const began = performance.now();
  const step = { name: STEP, title: words, number: 1, of: 1 } as const;
  tell({
    type: 'run-began',
    kind: 'operation',
    operation: STEP,
    run,
    trigger: null,
    by,
    target: DEPLOYMENT,
    steps: [{ name: STEP, title: words }],
  });
  tell({ type: 'step', ...step });
  const onLine = (line: string): void =>
    tell({ type: 'log', step: STEP, name: words, kind: 'command', lines: [line] });
  const outcome = await runChild({ command, cwd, env, signal, timeoutMs: limitMs, onLine });
  const bad = describeBadEnd(outcome, `${limitMs / 1000} s`);
  const error = bad === null ? null : problemOfDeployment(words, scrubber.line(bad));
  const ms = Math.round(performance.now() - began);
  tell({ type: 'step-done', ...step, ms, outcome: error ? 'failed' : 'done', detail: error?.message ?? '' });
  const result: Summary = {
    run,
    operation: STEP,
    machine,
    region: null,
    outcome: error ? 'failed' : 'done',
    counts: {},
    failures: [],
    steps: [],
    ...(error ? { error } : {}),
  };
  tell({ type: 'run-ended', kind: 'operation', result });
  const exitCode = outcome.kind === 'exited' ? outcome.code : null;
  // Nobody knows how far it has come: whether it is done again is for somebody to decide.
  return { state: error ? 'failed' : 'done', report: null, error, exitCode, mayPass: false };
}

function problemOfDeployment(words: string, bad: string): Problem {
  return {
    code: 'command-failed',
    message: `${words} ${bad}`,
    hint: 'Read its last lines, look at what the machines run now, then try again.',
  };
}
