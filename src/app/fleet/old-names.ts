import type { World } from '../machine/machine-context.ts';

const OLD = 'CONFIG_UPDATE_';
const PRESENT = 'FLEET_';

/**
 * The same world with the variables of config-update by their present names: early releases had "CONFIG_UPDATE"
 * where they have "FLEET". If both are set, the present one counts; one that is set to nothing counts as unset.
 */
export function withPresentNames(world: World): World {
  const env: NodeJS.ProcessEnv = { ...world.env };
  for (const [name, value] of Object.entries(world.env)) {
    if (!name.startsWith(OLD)) continue;
    env[PRESENT + name.slice(OLD.length)] ||= value;
    delete env[name];
  }
  return { ...world, env };
}
