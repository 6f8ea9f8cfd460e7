import { Failure } from '../../failure.ts';
import type { Tell } from '../../report/events.ts';
import { siteFrom } from '../../site/read-site.ts';
import { readUpdateSettings } from '../../update/update-settings.ts';
import { hostOf, type World } from './machine-context.ts';

/** Settings that have a default, with which any machine can serve. */
const WITH_DEFAULT = [
  'NAVIGATOR_PORT',
  'UPDATE_CONFIG_LOCK_TIMEOUT',
  'UPDATE_CONFIG_MAX_INDEX_MIB',
  'UPDATE_CONFIG_GENERATIONS',
  'UPDATE_CONFIG_PREPARE_TIMEOUT',
] as const;

/**
 * For a boot and the start hook, without which nothing is served: the same world without settings that make no sense. Their defaults count, and the
 * operator is told. Everything else still fails for them, and says so.
 */
export function withUsableSettings(world: World, report: Tell): World {
  const env = { ...world.env };
  for (const name of WITH_DEFAULT) {
    const problem = problemOfSetting(world, name);
    if (problem === null) continue;
    const message = `${problem.message}, so its default counts. ${problem.hint}`;
    report({ type: 'note', level: 'warning', message });
    delete env[name];
  }
  return { ...world, env };
}

function problemOfSetting(world: World, name: (typeof WITH_DEFAULT)[number]): Failure | null {
  const alone = { APP_ROOT: '/', [name]: world.env[name] };
  try {
    readUpdateSettings(alone);
    siteFrom(alone, hostOf(world), null);
    return null;
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}
