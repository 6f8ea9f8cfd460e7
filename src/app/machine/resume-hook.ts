import { arrival } from '../../journal/arrival.ts';
import { readSeconds } from '../../settings.ts';
import { runUpdate } from '../../update/update.ts';
import { limitTime } from '../time-limit.ts';
import { runHook } from './hook.ts';
import type { World } from './machine-parts.ts';

const HELP = `Usage: resume

Navigator's resume hook, on a machine that was suspended: the whole update, as
update_config does it, so that the machine converges on the index of today
before it serves, within RESUME_DEADLINE seconds (285). Navigator reloads by
itself when it succeeds and config/navigator.yml is new.
The environment says where everything is, as for update_config.
Exit codes: 0 done, or the update failed and the machine serves from the index
that it has; 1 it has none that can be used; 2 the options make no sense.
`;

/** Seconds; Navigator gives it five minutes. */
const DEADLINE = 285;

/**
 * Runs the resume hook. Where the update fails, the machine serves from the index that it has, and says so; the ready
 * hook, and every later update, asks the store again.
 */
export async function runResumeHook(
  world: World,
  args: readonly string[],
  write: (text: string) => void,
): Promise<0 | 1 | 2> {
  return await runHook({ world, args, help: HELP, write }, async (parts) => {
    limitTime('resume', readSeconds(world.env, 'RESUME_DEADLINE', DEADLINE), 'RESUME_DEADLINE');
    const request = { trigger: 'resume', force: false, arrival: arrival(), mustServe: true } as const;
    const { outcome } = await runUpdate(parts, request);
    return outcome === 'failed' ? 1 : 0;
  });
}
