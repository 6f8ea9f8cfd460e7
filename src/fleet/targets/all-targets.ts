import { Failure } from '../../failure.ts';
import type { Target } from '../fleet-model.ts';
import type { FleetSettings } from '../fleet-settings.ts';
import { flyTarget } from './fly.ts';
import { kamalTarget } from './kamal.ts';

/** The one table of targets: a third is one more file, and one more line here. The first is the default. */
const TARGETS: Readonly<Record<string, (settings: FleetSettings) => Target>> = {
  fly: flyTarget,
  kamal: kamalTarget,
};

export const TARGET_NAMES: readonly string[] = Object.keys(TARGETS);

/** Whose machines are sent the index, and need not know a store. */
const PUSHED: readonly string[] = ['kamal'];

/** Those of a list whose machines fetch the index from the store; null for none. */
export function targetsWithStore(list: string): string | null {
  return (
    list
      .split(',')
      .filter((name) => !PUSHED.includes(name))
      .join(',') || null
  );
}

/**
 * The targets of a list such as `fly,kamal`.
 *
 * @throws {Failure} `usage` for an unknown name, or one that is given twice
 */
export function createTargets(list: string, settings: FleetSettings): Target[] {
  return list.split(',').map((name) => createTarget(name, settings));
}

/** @throws {Failure} `usage` for an unknown name. */
export function createTarget(name: string, settings: FleetSettings): Target {
  const create = Object.hasOwn(TARGETS, name) ? TARGETS[name] : undefined;
  if (create) return create(settings);
  throw new Failure('usage', `there is no target ${JSON.stringify(name.slice(0, 40))}`, {
    hint: `The targets are ${TARGET_NAMES.join(' and ')}.`,
  });
}
