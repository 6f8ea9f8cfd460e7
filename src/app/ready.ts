import { Failure } from '../failure.ts';
import { previewReady, runReady } from '../ready/ready.ts';
import { barReport, type Terminal } from '../report/bar.ts';
import { collectNotes } from '../report/notes.ts';
import { streamReport } from '../report/text.ts';
import type { Summary } from '../report/types.ts';
import type { ExitCode } from './command.ts';
import { atAppRoot, buildVoice, type Voice, type World } from './parts.ts';
import { listReady, renderListing } from './ready-list.ts';
import { parseReadyOptions, READY_HELP } from './ready-options.ts';
import { buildReadyParts } from './ready-parts.ts';
import { refusedSummary } from './refused.ts';

/** Where an operation is told to whoever called. */
export interface Output {
  write(text: string): void;
  /** Null where standard output is no terminal. */
  readonly terminal: Terminal | null;
}

/** Runs the ready hook, for Navigator and by hand alike. */
export async function runReadyHook(world: World, args: readonly string[], output: Output): Promise<ExitCode> {
  const { terminal, write } = output;
  const json = args.includes('--json');
  const teller = terminal ? barReport(terminal) : streamReport(write);
  const notes = collectNotes();
  const voice = buildVoice(world, [json ? notes.report : teller], false);
  const say = (value: unknown): void => write(`${JSON.stringify(voice.scrubber.value(value))}\n`);
  const sum = (summary: Summary): void => say({ ...summary, notes: notes.of(summary.run) });
  try {
    return await perform(world, args, voice, { write, json: json ? { say, sum } : null });
  } catch (error) {
    if (!(error instanceof Failure)) voice.log.exception(error);
    const summary = refusedSummary(world.env, 'ready', error);
    voice.report({ type: 'finish', summary }, new Date());
    if (json) sum(summary);
    return error instanceof Failure && error.code === 'usage' ? 2 : 1;
  } finally {
    await voice.log.flush();
  }
}

/** Prints one JSON object: anything, or how a round ended with what was noted in it. */
interface Json {
  readonly say: (value: unknown) => void;
  readonly sum: (summary: Summary) => void;
}

async function perform(
  world: World,
  args: readonly string[],
  voice: Voice,
  { write, json }: { write: (text: string) => void; json: Json | null },
): Promise<ExitCode> {
  const { task, scope, appRoot } = parseReadyOptions(args);
  if (task === 'help') {
    write(READY_HELP);
    return 0;
  }
  const parts = await buildReadyParts(atAppRoot(world, appRoot), voice);
  if (task === 'list') {
    const listing = await listReady(parts.site, scope);
    if (json) json.say(listing);
    else write(renderListing(listing));
    return 0;
  }
  const run = task === 'dry-run' ? previewReady : runReady;
  const { summaries, failed } = await run(parts, scope);
  for (const summary of summaries) json?.sum(summary);
  return failed ? 1 : 0;
}
