import { Failure } from '../failure.ts';
import { arrival } from '../journal/arrival.ts';
import { streamReport } from '../report/text.ts';
import { refusedResult } from '../update/result.ts';
import { runUpdate } from '../update/update.ts';
import { buildParts, buildVoice, type World } from './parts.ts';

const HELP = `Usage: resume

Navigator's resume hook, on a machine that was suspended: the whole update, as update_config
does it, so that the machine converges on the index of today before it serves. Navigator
reloads by itself when it succeeds and config/navigator.yml is new.
The environment says where everything is, as for update_config.
Exit codes: 0 done, 1 failed (nothing was changed), 2 the options make no sense.
`;

/**
 * Runs the resume hook. It fails when the update fails; Navigator then goes on with the configuration it has, which the
 * failed update has left alone.
 */
export async function runResumeHook(
  world: World,
  args: readonly string[],
  write: (text: string) => void,
): Promise<0 | 1 | 2> {
  if (args.length > 0) {
    write(HELP);
    return args.length === 1 && args[0] === '--help' ? 0 : 2;
  }
  const voice = buildVoice(world, [streamReport(write)], false);
  try {
    const parts = await buildParts(world, voice);
    const request = { trigger: 'resume', force: false, arrival: arrival() } as const;
    const { outcome } = await runUpdate(parts, request);
    return outcome === 'failed' ? 1 : 0;
  } catch (error) {
    if (!(error instanceof Failure)) voice.log.exception(error);
    voice.report({ type: 'end', result: refusedResult(world.env, error) }, new Date());
    return 1;
  } finally {
    await voice.log.flush();
  }
}
