import { streamReport } from '../../report/plain-text.ts';
import type { UpdateContext } from '../../update/update-context.ts';
import { readCall, type Streams } from '../arguments.ts';
import type { Command } from '../options/command.ts';
import { buildVoice, type World } from './machine-context.ts';
import { runOnMachine } from './run-on-machine.ts';
import { withUsableSettings } from './usable-settings.ts';

/** What a hook is given that works on the configuration of this machine. */
export interface HookCall {
  readonly world: World;
  readonly args: readonly string[];
  readonly command: Command<null>;
  readonly streams: Streams;
  /** Whether nothing is served before it has succeeded: it makes missing directories, and goes on past wrong settings with a default. */
  readonly mustServe?: boolean;
}

/**
 * Runs such a hook, and reports it line by line. Hooks have only the options about themselves.
 *
 * @returns the exit code of the work; 1 if it could not begin, 2 for arguments
 */
export async function runHook(
  { world, args, command, streams, mustServe = false }: HookCall,
  work: (context: UpdateContext) => Promise<0 | 1>,
): Promise<0 | 1 | 2> {
  const call = await readCall(command, args, streams, world);
  if (call.kind === 'answered') return call.exitCode;
  const voice = buildVoice(world, [streamReport(streams.write)], false);
  const refused = (_: unknown, report: () => unknown): 1 => {
    report();
    return 1;
  };
  return await runOnMachine<0 | 1>({ world, voice, isQuietAfterEnd: false, refused }, async (begin) => {
    const here = mustServe ? withUsableSettings(world, voice.report) : world;
    return await work(await begin(here, { makesDirectories: mustServe }));
  });
}
