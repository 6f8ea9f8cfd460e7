import { hostname } from 'node:os';
import { problemOf } from '../failure.ts';
import { barReport, type Terminal } from '../report/bar.ts';
import type { Reporter } from '../report/events.ts';
import { collectNotes } from '../report/notes.ts';
import { streamReport } from '../report/plain-text.ts';
import type { Summary } from '../report/results.ts';
import { eventLines } from '../report/stream.ts';
import { newRunId } from '../run-id.ts';
import { identityOf } from '../site/identity.ts';
import { printedAsUsage, refusalExit, type Streams } from './arguments.ts';
import { buildVoice, type Voice, type World } from './machine/machine-context.ts';
import type { ExitCode } from './machine/update-command.ts';
import { keepMetrics } from './metrics-dir.ts';
import type { Form } from './options/form.ts';
import { runToEnd } from './run-to-end.ts';

/** Where an operation prints what it does. */
export interface Output extends Streams {
  /** Null if standard output is not a terminal. */
  readonly terminal: Terminal | null;
}

/** For programs: prints anything as JSON, or how a run ended, with its notes. */
export interface Json {
  readonly say: (value: unknown) => void;
  /** Of several runs, one after another, the last one is the result, and has the others as `earlier`. */
  readonly sum: (...summaries: readonly Summary[]) => void;
}

export interface ReportOptions {
  readonly form: Form;
  /** What the JSON object of a refusal holds beside its summary. */
  readonly refused?: object;
}

/**
 * Runs an operation that ends in a summary, and prints it line by line, or as JSON. A reason for which it cannot begin is
 * printed in the same way.
 *
 * @param work gets `json` where JSON or events are wanted, else null, and says by `at` where it works, if elsewhere than
 *   `world`; returns the exit code
 * @returns the exit code: 2 for options that make no sense
 */
export async function runReported(
  world: World,
  output: Output,
  { form, refused = {} }: ReportOptions,
  work: (context: { voice: Voice; json: Json | null; at: (place: World) => void }) => Promise<ExitCode>,
): Promise<ExitCode> {
  const { write, terminal } = output;
  const notes = collectNotes();
  const tellers: Readonly<Record<Form, () => Reporter>> = {
    lines: () => (terminal ? barReport(terminal) : streamReport(write)),
    json: () => notes.report,
    events: () => eventLines(write),
  };
  const ended = new Map<string, Summary>();
  let place = world;
  const hear: Reporter = (event) => {
    if (event.type === 'run-ended' && event.kind === 'operation') ended.set(event.result.run, event.result);
  };
  const voice = buildVoice(world, [hear, tellers[form]()], false);
  const say = (value: unknown): void => write(`${JSON.stringify(voice.scrubber.value(value))}\n`);
  const print = (...summaries: readonly Summary[]): void => {
    const results = summaries.map((summary) => ({ ...summary, notes: notes.of(summary.run) }));
    const earlier = results.slice(0, -1);
    say({ ...results.at(-1), ...(earlier.length > 0 ? { earlier } : {}) });
  };
  // An operation that did nothing has reported no run.
  const end = (...summaries: readonly Summary[]): void => {
    for (const result of summaries.map(summaryOf))
      if (!ended.has(result.run)) voice.report({ type: 'run-ended', kind: 'operation', result });
  };
  const sum = form === 'json' ? print : end;
  const refuse = (error: unknown): ExitCode => {
    if (printedAsUsage(error, form, output, world)) return 2;
    const summary = refusedSummary(world, error);
    voice.report({ type: 'run-ended', kind: 'operation', result: summary });
    if (form === 'json') print({ ...summary, ...refused });
    return refusalExit(error);
  };
  const close = async (): Promise<void> => {
    const last = [...ended.values()]
      .filter(({ outcome }) => outcome === 'done' || outcome === 'failed')
      .slice(-1);
    const problem = last.length > 0 ? await keepMetrics(place, last) : null;
    const tellLate = form === 'lines' ? voice.report : voice.logOnly; // what programs read ends with the result
    if (problem !== null) tellLate({ type: 'note', level: 'warning', message: problem });
    await voice.log.close();
  };
  const at = (other: World): void => {
    place = other;
  };
  return await runToEnd({ unexpected: voice.log.exception, refused: refuse, close }, () =>
    work({ voice, json: form === 'lines' ? null : { say, sum }, at }),
  );
}

/** Without what some operations add to theirs. */
function summaryOf(summary: Summary): Summary {
  const { run, operation, machine, region, outcome, counts, failures, steps, error } = summary;
  return { run, operation, machine, region, outcome, counts, failures, steps, ...(error ? { error } : {}) };
}

/** The summary of an operation that was refused before it began, when not even the site is known for sure. */
function refusedSummary({ env, name: operation }: World, error: unknown): Summary {
  return {
    run: newRunId(),
    operation,
    ...identityOf(env, hostname()),
    outcome: 'failed',
    counts: {},
    failures: [],
    steps: [],
    error: problemOf(error),
  };
}
