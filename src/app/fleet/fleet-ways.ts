import { Failure } from '../../failure.ts';
import type { Target } from '../../fleet/fleet-model.ts';
import { isPrivateWay } from '../../private-way.ts';
import { readKeys } from '../../signature.ts';
import { storeSettingsOf, type World } from '../machine/machine-context.ts';
import { usageOf } from '../options/command.ts';
import type { FleetRun } from './fleet-task.ts';

const usage = usageOf('config-update');

const SETTING = 'UPDATE_CONFIG_KEY_FILE';

/** How the machines of a target get to the index. */
export interface Chosen {
  readonly target: Target;
  /** Whether they are sent it; else they fetch it, or have it already. */
  readonly isPushed: boolean;
}

/**
 * Which targets are sent the index. Those that fetch it from the store come first.
 *
 * Options about the store's index mean that a single target fetches it. If neither a key nor a store is set up, nothing
 * can be sent, and the machines can only use what they have.
 *
 * @throws {Failure} `usage`; `config-invalid`: there is no key to sign with, or others could read what is sent
 */
export function chooseWays(targets: readonly Target[], task: FleetRun, world: World): Chosen[] {
  const { way, publish, replaces, operation, force } = task;
  const isStored = !publish || way === 'publish' || (replaces !== null && targets.length === 1);
  const hasNothing = operation !== 'verify' && !hasKey(world) && !hasStore(world);
  const chosen = targets.map((target) => ({
    target,
    isPushed: way === 'push' || (!isStored && target.pushed && !hasNothing),
  }));
  const pushed = chosen.filter(({ isPushed }) => isPushed);
  if (force && pushed.length === 0)
    throw usage(
      '--force goes with what is pushed; to publish over the index of another administrator, name it with --replace',
    );
  if (replaces !== null && pushed.length === chosen.length)
    throw usage('--replace goes with what is published; to push over a newer index, there is --force');
  if (operation !== 'verify') for (const { target } of pushed) requireSendable(target, world);
  return [...chosen.filter(({ isPushed }) => !isPushed), ...pushed];
}

/**
 * The key to sign with: the first one, as the others are those that are taken as well while keys change.
 *
 * @throws {Failure} `config-invalid`
 */
export function signingKey({ env, problems }: World): Buffer {
  const problem = problems?.get('UPDATE_CONFIG_KEY');
  if (problem) throw problem;
  const [key] = readKeys(env['UPDATE_CONFIG_KEY'] ?? '', SETTING);
  if (key) return key;
  throw new Error('no key was read');
}

function hasKey({ env, problems }: World): boolean {
  return Boolean(env['UPDATE_CONFIG_KEY']) || problems?.has('UPDATE_CONFIG_KEY') === true;
}

/** Before anything is published: what cannot be sent to all shall not be on its way to some. */
function requireSendable(target: Target, world: World): void {
  if (!hasKey(world)) throw withoutKey(target);
  signingKey(world);
  if (!isPrivateWay(target.url)) throw inClear(target);
}

/** A store that is half set up counts as wanted. */
function hasStore(world: World): boolean {
  try {
    return storeSettingsOf(world) !== null;
  } catch {
    return true;
  }
}

function inClear({ name, url }: Target): Failure {
  return new Failure(
    'config-invalid',
    `the index is not sent to ${url.origin}: everybody on the way could read the password hashes in it`,
    { hint: `Set FLEET_${name.toUpperCase()}_URL to an address with https.` },
  );
}

function withoutKey({ name, noun: [one] }: Target): Failure {
  return new Failure(
    'config-invalid',
    `the index is sent to the ${one} of ${name}, and there is no key to sign it with`,
    {
      hint: `Set ${SETTING} to a file with the key, here and there; or add --publish, to have it fetched from the object store.`,
    },
  );
}
