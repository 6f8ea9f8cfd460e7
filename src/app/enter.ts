import { asFailure, Failure } from '../failure.ts';
import { type Account, findAccount, readAppUser } from '../rights/account.ts';
import { assumeRights, rightsNow } from '../rights/rights.ts';
import { readStateHomes } from '../rights/state-place.ts';
import { mappingAt } from '../site/data.ts';
import { siteFrom } from '../site/read-site.ts';
import type { Site } from '../site/site.ts';
import { ownPart } from '../site/static.ts';
import { readUpdateSettings } from '../update/update-settings.ts';
import { endWhenBlocked } from './blocked.ts';
import { hostOf, siteOf, type World } from './machine/machine-context.ts';
import { readSecrets } from './secrets.ts';

const USUAL_LIMIT_MS = 60_000;

/**
 * The first thing that every executable does: it reads its secrets, and takes the rights that it keeps from then on
 * (`rights/`). A wrong setting is reported by the code that needs it, in the form that the caller expects; until then
 * nothing is done with more rights than those of the application's account.
 */
export async function enter(world: World): Promise<World> {
  const problem = process.getuid?.() === 0 ? await takeRights(world) : null;
  const rights = rightsNow();
  // The start hook has a watcher, and a deadline, of its own.
  if (rights.kind === 'application' && world.name !== 'start') await endWhenBlocked(blockedLimit(world.env));
  const shared = rights.kind !== 'plain' && rights.account !== null && rights.account.uid !== 0;
  const secrets = readSecrets(world.env, shared);
  const unknown = rights.kind === 'root' && rights.account === null ? unknownAccount(world.env) : null;
  return {
    ...world,
    ...secrets,
    ...(problem ? { problem } : {}),
    ...(unknown && !problem ? { accountCaution: `${unknown}: ${WITHOUT_ACCOUNT}` } : {}),
  };
}

/** The consequence if the directories are root's; if they are another user's, nothing is done at all. */
const WITHOUT_ACCOUNT =
  "everything is done as root, and the application's own programs (bin/rails, bin/prerender) do not run";

/** The caution that this machine has no account `APP_USER`; null if it has, or none is named. */
function unknownAccount(env: NodeJS.ProcessEnv): string | null {
  try {
    const named = readAppUser(env);
    if (named === null || findAccount(named) !== null) return null;
  } catch {
    return null; // an invalid name is reported as a wrong setting
  }
  return `APP_USER is ${JSON.stringify(env['APP_USER'])}, and this machine has no such account`;
}

/** Milliseconds: as long as others wait for the lock that this process may have. */
function blockedLimit(env: NodeJS.ProcessEnv): number {
  try {
    return readUpdateSettings(env).lockTimeoutMs || USUAL_LIMIT_MS;
  } catch {
    return USUAL_LIMIT_MS; // the code that needs the setting reports it
  }
}

async function takeRights(world: World): Promise<Failure | null> {
  try {
    // Whose directories these are depends on no port; the code that needs one reports a wrong one.
    const site = await siteOf({ ...world, env: { ...world.env, NAVIGATOR_PORT: '' } });
    assumeRights(accountOf(world, site), site.dbDir, readStateHomes(world.env));
    return null;
  } catch (error) {
    const failure = withAccount(asFailure(error), world.env);
    if (rightsNow().kind === 'plain') takeUsualRights(world);
    return failure;
  }
}

/** If the name is misspelt, the hint must not only say to set it. */
function withAccount(failure: Failure, env: NodeJS.ProcessEnv): Failure {
  const unknown = failure.code === 'config-invalid' ? unknownAccount(env) : null;
  if (unknown === null) return failure;
  const { code, message, hint } = failure;
  return new Failure(code, `${message}; ${unknown}`, { hint, cause: failure });
}

/** The account that `APP_USER` names, else the one that navigator.yml does; null where this machine has none. */
function accountOf(world: World, site: Site): Account | null {
  const named = readAppUser(world.env);
  if (named) return findAccount(named);
  const pools = mappingAt(mappingAt(ownPart(site).config, 'applications'), 'pools');
  const { user, group } = pools;
  if (typeof user !== 'string' || user === '') return null;
  return findAccount({ user, group: typeof group === 'string' && group !== '' ? group : null });
}

/** Those of the account that such a deployment has if no setting is wrong. */
function takeUsualRights(world: World): void {
  const { FLY_APP_NAME, KAMAL_CONTAINER_NAME } = world.env;
  const deployment = FLY_APP_NAME
    ? { FLY_APP_NAME: 'app', FLY_REGION: 'region' }
    : KAMAL_CONTAINER_NAME
      ? { KAMAL_CONTAINER_NAME: 'app' }
      : {};
  const site = siteFrom(deployment, hostOf(world), null);
  try {
    assumeRights(accountOf({ ...world, env: {} }, site), site.dbDir, readStateHomes(world.env));
  } catch {
    // Then it stays root, which works in no directory but its own.
  }
}
