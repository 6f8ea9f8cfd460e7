import { hostname } from 'node:os';
import { Failure, problemOf } from '../failure.ts';
import { barReport, type Terminal } from '../report/bar.ts';
import type { Summary } from '../report/events.ts';
import { collectNotes } from '../report/notes.ts';
import { streamReport } from '../report/plain-text.ts';
import { newRunId } from '../run-id.ts';
import { identityOf } from '../site/identity.ts';
import { buildVoice, type Voice, type World } from './machine/machine-parts.ts';
import type { ExitCode } from './machine/update-command.ts';

/** Where an operation is told to whoever called. */
export interface Output {
  write(text: string): void;
  /** Null where standard output is no terminal. */
  readonly terminal: Terminal | null;
}

/** Prints one JSON object a line: anything, or a summary with what was noted in its run. */
export interface Json {
  readonly say: (value: unknown) => void;
  readonly sum: (summary: Summary) => void;
}

export interface ToldOptions {
  /** One JSON object instead of lines. */
  readonly json: boolean;
  /** What the JSON object of a refusal holds beside its summary. */
  readonly refused?: object;
}

/**
 * Runs an operation that ends in a summary, and tells it line by line, or as JSON. What keeps it from beginning at all is
 * told in the same way.
 *
 * @param work gets `json` where JSON is wanted, else null; returns the exit code
 * @returns the exit code: 2 for options that make no sense
 */
export async function runTold(
  world: World,
  { write, terminal }: Output,
  { json, refused = {} }: ToldOptions,
  work: (told: { voice: Voice; json: Json | null }) => Promise<ExitCode>,
): Promise<ExitCode> {
  const teller = terminal ? barReport(terminal) : streamReport(write);
  const notes = collectNotes();
  const voice = buildVoice(world, [json ? notes.report : teller], false);
  const say = (value: unknown): void => write(`${JSON.stringify(voice.scrubber.value(value))}\n`);
  const sum = (summary: Summary): void => say({ ...summary, notes: notes.of(summary.run) });
  try {
    return await work({ voice, json: json ? { say, sum } : null });
  } catch (error) {
    if (!(error instanceof Failure)) voice.log.exception(error);
    const summary = refusedSummary(world, error);
    voice.report({ type: 'finish', summary }, new Date());
    if (json) sum({ ...summary, ...refused });
    return summary.error?.code === 'usage' ? 2 : 1;
  } finally {
    await voice.log.flush();
  }
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
