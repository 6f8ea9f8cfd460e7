import { setTimeout as wait } from 'node:timers/promises';
import type { Target } from '../../fleet/fleet-model.ts';
import { type FleetSettings, fleetSecretsOf, readFleetSettings } from '../../fleet/fleet-settings.ts';
import { type Credentials, credentialSecrets, readCredentials } from '../../fleet/machine-login.ts';
import { runFleet } from '../../fleet/run-fleet.ts';
import { createTargets } from '../../fleet/targets/all-targets.ts';
import { createScrubber, secretsOf } from '../../report/redact.ts';
import { newRunId } from '../../run-id.ts';
import { readUpdateSettings } from '../../update/update-settings.ts';
import { isUsage, printedAsUsage, readCall, refusalExit, type Streams } from '../arguments.ts';
import { atAppRoot, siteOf, type World } from '../machine/machine-context.ts';
import { keepFleetMetrics } from '../metrics-dir.ts';
import { runToEnd } from '../run-to-end.ts';
import { stackOf } from '../without-log.ts';
import { buildFleetContext } from './build-fleet-context.ts';
import { CONFIG_UPDATE, type FleetOptions } from './config-update-options.ts';
import { linkDashboard, reportRefusal } from './dashboard-link.ts';
import type { DashboardLink } from './dashboard-model.ts';
import { exitCodeOf, refusedReport } from './fleet-refusal.ts';
import type { FleetRun } from './fleet-task.ts';
import { type Console, type FleetVoice, openFleetVoice, printRefusal } from './fleet-voice.ts';
import { type Chosen, chooseWays } from './fleet-ways.ts';
import { printHistory, printPublished, recordIn } from './history-command.ts';
import { whoRuns } from './operator-name.ts';

const SEEN_PASSWORD =
  'a password among the arguments can be read by everybody on this host (ps): give --user the name alone, and the password by FLEET_PASSWORD or ~/.netrc';

/** Milliseconds for what may be done after the machines; what is not done by then, the next run does. */
const LATER_MS = 10_000;

/**
 * Runs `config-update`.
 *
 * @returns the exit code: 0 done, 1 failed, 2 unusable arguments, 3 nothing to do, 4 the index changed elsewhere, 130 or
 * 143 when a signal ended it.
 */
export async function runConfigUpdate(
  world: World,
  args: readonly string[],
  console: Console & Streams,
): Promise<number> {
  const call = await readCall(CONFIG_UPDATE, args, console, world);
  if (call.kind === 'answered') return call.exitCode;
  const { form } = call;
  const { write, complain } = console;
  const run = newRunId();
  const scrubber = createScrubber(allSecrets(world));
  let stack = '';
  const unexpected = (error: unknown): void => {
    stack = stackOf(error, scrubber);
  };
  const refused = (error: unknown): number => {
    if (printedAsUsage(error, form, console, world)) return 2;
    const report = refusedReport(world, { run, target: '', operation: 'update' }, error);
    printRefusal(form, report, scrubber, write);
    (form === 'lines' ? write : complain)(stack);
    return refusalExit(error);
  };
  return await runToEnd({ unexpected, refused }, async () => {
    const options = call.options();
    const here = atAppRoot(world, options.appRoot);
    const { task, dashboard } = options;
    if (task.kind === 'history') return await printHistory(here, form === 'json', console);
    if (task.kind === 'published') return await printPublished(here, form === 'json', console);
    if (task.kind === 'metrics') {
      const { renderFleet } = await import('./fleet-metrics.ts');
      write(await renderFleet((await siteOf(here)).dbDir));
      return 0;
    }
    if (task.kind === 'send-outbox') {
      const { runSendOutbox } = await import('./send-outbox-command.ts');
      return await runSendOutbox(here, { task, dashboard, form }, console);
    }
    return await runOver(here, { ...options, task, run }, console);
  });
}

interface Called extends FleetOptions {
  readonly task: FleetRun;
  readonly run: string;
}

/** What a run needs before there is a view of it. */
interface Beginning {
  readonly settings: FleetSettings;
  readonly chosen: readonly Chosen[];
  readonly credentials: ReadonlyMap<Target, Credentials | null>;
}

/** @throws {Failure} `usage`, `config-invalid` */
function beginningOf(world: World, { limits, target, task, user }: Called): Beginning {
  const settings = readFleetSettings(world.env, limits);
  const chosen = chooseWays(createTargets(target, settings), task, world);
  const credentials = new Map(
    chosen.map((one) => [one.target, readCredentials(user, world.env, one.target.url.hostname)]),
  );
  return { settings, chosen, credentials };
}

/** A run that can be seen. */
interface OpenRun extends Beginning {
  readonly dashboard: DashboardLink;
  readonly voice: FleetVoice;
}

/** @throws {Failure} `usage`, `config-invalid`; the dashboard was told then, but of mistakes in the command line */
async function openRun(world: World, options: Called, console: Console): Promise<OpenRun> {
  const { run, task, dashboard: wanted } = options;
  const { operation } = task;
  const link = (secrets: readonly string[]) =>
    linkDashboard(world, { run, operation, options: wanted, stop: console.stop, secrets });
  try {
    const beginning = beginningOf(world, options);
    const secrets = allSecrets(world, ...beginning.credentials.values());
    const dashboard = await link(secrets);
    const voice = openFleetVoice(world, options, { run, secrets, dashboard }, console);
    return { ...beginning, dashboard, voice };
  } catch (error) {
    const facts = { run, target: options.target, operation };
    if (!isUsage(error)) await reportRefusal(link, allSecrets(world), refusedReport(world, facts, error));
    throw error;
  }
}

async function runOver(world: World, options: Called, console: Console): Promise<number> {
  const { env } = world;
  const { task, run } = options;
  const { settings, chosen, credentials, dashboard, voice } = await openRun(world, options, console);
  const { report, scrubber } = voice;
  const who = { run, by: whoRuns(env) };
  const target = chosen.map((one) => one.target.name).join(',');
  const places = chosen.map((one) => one.target);
  await dashboard.begin({ report, scrubber, by: who.by, target, places });
  const pending: Promise<void>[] = [];
  const later = (work: Promise<void>) => void pending.push(work);
  const unexpected = (error: unknown) => {
    voice.log.exception(error);
    const stack = error instanceof Error ? error.stack : String(error);
    report({ type: 'note', message: `unexpected: ${stack}` });
  };
  const call = { world, task, chosen, settings, credentials, ...who, report, unexpected, later };
  const cautions = [
    options.user?.includes(':') ? SEEN_PASSWORD : undefined,
    ...[...credentials.values()].map((one) => (one?.scheme === 'basic' ? one.caution : undefined)),
  ];
  for (const message of new Set(cautions)) if (message !== undefined) report({ type: 'note', message });
  let stack = '';
  let exitCode = 1;
  const kept = (error: unknown): void => {
    voice.log.exception(error);
    if (options.form === 'lines') stack = stackOf(error, scrubber);
  };
  const refused = (error: unknown): number => {
    exitCode = refusalExit(error);
    // A mistake in the command line is told before there is a view of the run.
    if (options.form === 'lines' && isUsage(error)) throw error;
    const result = refusedReport(world, { run, target, operation: task.operation }, error);
    report({ type: 'run-ended', kind: 'fleet', result });
    return exitCode;
  };
  const close = async (): Promise<void> => {
    await voice.close(exitCode);
    console.write(stack);
  };
  return await runToEnd({ unexpected: kept, refused, close }, async () => {
    const { context, site } = await buildFleetContext(call);
    const { signal } = console.stop;
    const recorder = recordIn(site.dbDir, readUpdateSettings(env).lockTimeoutMs, signal, report);
    const { operation } = task;
    const recorded = operation === 'update' || operation === 'undo';
    if (recorded) await recorder.begin({ run, who: who.by, target, operation });
    const ended = await runFleet(context, { ...who, operation: task.operation, signal });
    if (!signal.aborted) await Promise.race([Promise.all(pending), wait(LATER_MS)]);
    if (recorded) await recorder.finish(ended);
    const problem = await keepFleetMetrics(world, site.dbDir, ended);
    if (problem !== null) report({ type: 'note', level: 'warning', message: problem });
    exitCode = ended.outcome === 'done' ? 0 : (console.stop.exitCode() ?? exitCodeOf(ended));
    return exitCode;
  });
}

function allSecrets({ env, unused = [] }: World, ...credentials: (Credentials | null)[]): string[] {
  return [...secretsOf(env), ...unused, ...fleetSecretsOf(env), ...credentials.flatMap(credentialSecrets)];
}
