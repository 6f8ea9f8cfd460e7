import { Failure } from '../../failure.ts';
import type { Tell } from '../../report/events.ts';
import { siteFrom } from '../../site/read-site.ts';
import { readUpdateSettings } from '../../update/update-settings.ts';
import { hostOf, type World } from './machine-context.ts';

/** Any machine can serve with the defaults of these. */
const WITH_DEFAULT = [
  'NAVIGATOR_PORT',
  'UPDATE_CONFIG_LOCK_TIMEOUT',
  'UPDATE_CONFIG_MAX_INDEX_MIB',
  'UPDATE_CONFIG_GENERATIONS',
  'UPDATE_CONFIG_PREPARE_TIMEOUT',
] as const;

/**
 * For a boot and the start hook: nothing is served before they have succeeded. The same world without wrong settings that have a default; the
 * operator is told of each. Every other command fails because of such a setting.
 */
export function withUsableSettings(world: World, report: Tell): World {
  const env = { ...world.env };
  for (const name of WITH_DEFAULT) {
    const problem = problemOfSetting(world, name);
    if (problem === null) continue;
    const message = `${problem.message}, so the default is used. ${problem.hint}`;
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
