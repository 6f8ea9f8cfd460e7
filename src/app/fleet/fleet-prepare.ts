import { readDateSettings } from '../../dates/dates-settings.ts';
import { readBeforeSettings } from '../../publish/publish-settings.ts';
import type { Tell } from '../../report/events.ts';
import type { Site } from '../../site/site.ts';
import { readUpdateSettings } from '../../update/update-settings.ts';
import type { World } from '../machine/machine-context.ts';
import type { FleetRun } from './fleet-task.ts';

interface PrepareContext {
  readonly world: World;
  readonly task: FleetRun;
  readonly report: Tell;
  readonly unexpected: (error: unknown) => void;
}

/**
 * The work before the index of this host is read: the operator's own command, then the dates of events. It is done
 * once, even if several targets wait for it.
 *
 * @throws {Failure} `config-invalid`
 */
export function preparation(context: PrepareContext, site: Site): (signal: AbortSignal) => Promise<void> {
  const { task, world } = context;
  const settings = {
    before: readBeforeSettings(world.env),
    dates: readDateSettings(world.env, task.dates),
  };
  // What is taken back is published as it was.
  if (task.undo) return async () => {};
  let done: Promise<void> | null = null;
  return (signal) => {
    done ??= prepare(context, { site, ...settings, signal });
    return done;
  };
}

interface Preparation {
  readonly site: Site;
  readonly before: ReturnType<typeof readBeforeSettings>;
  readonly dates: ReturnType<typeof readDateSettings>;
  readonly signal: AbortSignal;
}

async function prepare(
  { world, task, report, unexpected }: PrepareContext,
  { site, before, dates, signal }: Preparation,
): Promise<void> {
  const { env } = world;
  const options = { dryRun: task.operation === 'dry-run' };
  if (before.command.length > 0) {
    const { runBefore } = await import('../../publish/before.ts');
    await runBefore({ site, settings: before, env, report }, options);
    signal.throwIfAborted();
  }
  // A machine's index is the store's; only the admin host's is a person's to change.
  if (!dates.take || site.deployment !== 'local') return;
  const { lockTimeoutMs } = readUpdateSettings(env);
  const { takeDates } = await import('../../dates/take.ts');
  await takeDates({ site, settings: dates, lockTimeoutMs, signal, report, unexpected }, options);
  signal.throwIfAborted();
}
