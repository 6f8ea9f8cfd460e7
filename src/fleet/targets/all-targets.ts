import { Failure } from '../../failure.ts';
import type { Target, TargetKind } from '../fleet-model.ts';
import type { FleetSettings } from '../fleet-settings.ts';
import { FLY } from './fly.ts';
import { KAMAL } from './kamal.ts';

/** The one table of targets: a third is one more file, and one more line here. The first is the default. */
const TARGETS: Readonly<Record<string, TargetKind>> = {
  fly: FLY,
  kamal: KAMAL,
};

export const TARGET_NAMES: readonly string[] = Object.keys(TARGETS);

/** Those of a list whose machines fetch the index from the store; null for none. The others are sent the index. */
export function targetsWithStore(list: string): string | null {
  return (
    list
      .split(',')
      .filter((name) => !kindOf(name)?.pushed)
      .join(',') || null
  );
}

/**
 * The targets of a list such as `fly,kamal`.
 *
 * @throws {Failure} `usage` for an unknown name
 */
export function createTargets(list: string, settings: FleetSettings): Target[] {
  return list.split(',').map((name) => createTarget(name, settings));
}

/** @throws {Failure} `usage` for an unknown name. */
export function createTarget(name: string, settings: FleetSettings): Target {
  const kind = kindOf(name);
  if (kind) return kind.create(settings);
  throw new Failure('usage', `there is no target ${JSON.stringify(name.slice(0, 40))}`, {
    hint: `The targets are ${TARGET_NAMES.join(' and ')}.`,
  });
}

const kindOf = (name: string): TargetKind | undefined =>
  Object.hasOwn(TARGETS, name) ? TARGETS[name] : undefined;
