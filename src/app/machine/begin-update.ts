import type { UpdateContext } from '../../update/update-context.ts';
import { keepRefusal } from '../metrics-dir.ts';
import { buildUpdateContext, type Voice, type World } from './machine-context.ts';

/**
 * As `buildUpdateContext`, for what changes this machine. Where it fails there is no run that the history could have, so that it failed
 * is left where metrics are.
 *
 * @throws {Failure} as `buildUpdateContext`
 */
export async function beginUpdate(
  world: World,
  voice: Voice,
  options: { readonly makesDirectories?: boolean } = {},
): Promise<UpdateContext> {
  try {
    return await buildUpdateContext(world, voice, options);
  } catch (error) {
    const problem = await keepRefusal(world, error);
    if (problem !== null) voice.report({ type: 'note', level: 'warning', message: problem });
    throw error;
  }
}
