import { Failure } from '../../failure.ts';
import { streamReport } from '../../report/plain-text.ts';
import { refusedResult } from '../../update/result.ts';
import type { Parts } from '../../update/update-context.ts';
import { readCall, type Streams } from '../arguments.ts';
import type { Command } from '../options/command.ts';
import { buildParts, buildVoice, type World } from './machine-parts.ts';

/** What a hook is given that works on the configuration of this machine. */
export interface HookCall {
  readonly world: World;
  readonly args: readonly string[];
  readonly command: Command<null>;
  readonly streams: Streams;
}

/**
 * Runs such a hook, and reports it line by line. Hooks have only the options about themselves.
 *
 * @returns the exit code of the work; 1 if it could not begin, 2 for arguments
 */
export async function runHook(
  { world, args, command, streams }: HookCall,
  work: (parts: Parts) => Promise<0 | 1>,
): Promise<0 | 1 | 2> {
  const call = await readCall(command, args, streams, world);
  if (call.kind === 'answered') return call.exitCode;
  const voice = buildVoice(world, [streamReport(streams.write)], false);
  try {
    return await work(await buildParts(world, voice));
  } catch (error) {
    if (!(error instanceof Failure)) voice.log.exception(error);
    voice.report({ type: 'run-ended', kind: 'update', result: refusedResult(world.env, error) });
    return 1;
  } finally {
    await voice.log.close();
  }
}
