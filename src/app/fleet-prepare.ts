import { readDateSettings } from '../dates/settings.ts';
import type { FleetEvent } from '../fleet/types.ts';
import { readBeforeSettings } from '../publish/settings.ts';
import type { Site } from '../site/types.ts';
import { readUpdateSettings } from '../update/settings.ts';
import type { Ingredients } from './fleet-parts.ts';

type Told = Pick<Ingredients, 'world' | 'task' | 'report' | 'unexpected'>;

/**
 * What comes before the index of this host is read: the operator's own command, then the dates of events. It is done once,
 * however many targets wait for it.
 *
 * @throws {Failure} `config-invalid`
 */
export function preparation(told: Told, site: Site): (signal: AbortSignal) => Promise<void> {
  const { env } = told.world;
  const settings = { before: readBeforeSettings(env), dates: readDateSettings(env) };
  let done: Promise<void> | null = null;
  return (signal) => {
    done ??= prepare(told, { site, ...settings, signal });
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
  { world, task, report, unexpected }: Told,
  { site, before, dates, signal }: Preparation,
): Promise<void> {
  const { env } = world;
  const options = { dryRun: task.operation === 'dry-run' };
  const tell = (event: FleetEvent): void => report(event, new Date());
  if (before.command.length > 0) {
    const { runBefore } = await import('../publish/before.ts');
    await runBefore({ site, settings: before, env, report: tell }, options);
    signal.throwIfAborted();
  }
  // A machine's index is the store's; only the admin host's is a person's to change.
  if (!dates.take || site.deployment !== 'local') return;
  const { lockTimeoutMs } = readUpdateSettings(env);
  const { takeDates } = await import('../dates/take.ts');
  await takeDates({ site, settings: dates, lockTimeoutMs, signal, report: tell, unexpected }, options);
  signal.throwIfAborted();
}
