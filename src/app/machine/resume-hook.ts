import { readSeconds } from '../../settings.ts';
import { runUpdate } from '../../update/update.ts';
import type { Streams } from '../arguments.ts';
import { limitTime } from '../time-limit.ts';
import { runHook } from './hook.ts';
import { arrivalOf, type World } from './machine-context.ts';
import { RESUME } from './resume-options.ts';

/** Seconds; Navigator gives it five minutes. */
const DEADLINE = 285;

/**
 * Runs the resume hook. Where the update fails, the machine serves from the index that it has, and says so; the ready
 * hook, and every later update, asks the store again.
 */
export async function runResumeHook(
  world: World,
  args: readonly string[],
  streams: Streams,
): Promise<0 | 1 | 2> {
  return await runHook({ world, args, command: RESUME, streams }, async (context) => {
    await limitTime(world, readSeconds(world.env, 'RESUME_DEADLINE', DEADLINE), 'RESUME_DEADLINE');
    const request = { trigger: 'resume', force: false, arrival: arrivalOf(world), mustServe: true } as const;
    const { outcome } = await runUpdate(context, request);
    return outcome === 'failed' ? 1 : 0;
  });
}
