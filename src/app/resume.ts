import { arrival } from '../journal/arrival.ts';
import { runUpdate } from '../update/update.ts';
import { runHook } from './hook.ts';
import type { World } from './parts.ts';

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
  return await runHook({ world, args, help: HELP, write }, async (parts) => {
    const { outcome } = await runUpdate(parts, { trigger: 'resume', force: false, arrival: arrival() });
    return outcome === 'failed' ? 1 : 0;
  });
}
