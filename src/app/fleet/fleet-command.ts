import { setTimeout as wait } from 'node:timers/promises';
import { Failure, problemOf } from '../../failure.ts';
import { fleetSecretsOf, readFleetSettings } from '../../fleet/fleet-settings.ts';
import { type Credentials, credentialSecrets, readCredentials } from '../../fleet/machine-login.ts';
import { runFleet } from '../../fleet/run-fleet.ts';
import { createTargets } from '../../fleet/targets/all-targets.ts';
import type { FleetReport } from '../../report/fleet-results.ts';
import { createScrubber, type Scrubber, secretsOf } from '../../report/redact.ts';
import { newRunId } from '../../run-id.ts';
import { readUpdateSettings } from '../../update/update-settings.ts';
import { isUsage, readCall, refusalExit, type Streams, toldAsUsage } from '../arguments.ts';
import { atAppRoot, type World } from '../machine/machine-parts.ts';
import { runToEnd } from '../run-to-end.ts';
import { CONFIG_UPDATE, type FleetOptions } from './config-update-options.ts';
import { buildFleetParts } from './fleet-parts.ts';
import type { FleetRun } from './fleet-task.ts';
import { type Console, openFleetVoice, tellRefusal } from './fleet-voice.ts';
import { chooseWays } from './fleet-ways.ts';
import { recordIn, tellHistory, tellPublished } from './history-command.ts';
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
  const run = newRunId();
  try {
    const options = call.options();
    const here = atAppRoot(world, options.appRoot);
    const { task } = options;
    if (task.kind === 'history') return await tellHistory(here, form === 'json', console);
    if (task.kind === 'published') return await tellPublished(here, form === 'json', console);
    return await runOver(here, { ...options, task, run }, console);
  } catch (error) {
    const { write, complain } = console;
    const scrubber = createScrubber(allSecrets(world));
    if (toldAsUsage(error, form, { write, complain }, world)) return 2;
    tellRefusal(form, refusedReport(world, { run, target: '', operation: 'update' }, error), scrubber, write);
    if (form === 'lines') write(stackOf(error, scrubber));
    return refusalExit(error);
  }
}

interface Called extends FleetOptions {
  readonly task: FleetRun;
  readonly run: string;
}

async function runOver(world: World, options: Called, console: Console): Promise<number> {
  const { env } = world;
  const { task, run } = options;
  const settings = readFleetSettings(env, options.limits);
  const chosen = chooseWays(createTargets(options.target, settings), task, world);
  const credentials = new Map(
    chosen.map(({ target }) => [target, readCredentials(options.user, env, target.url.hostname)]),
  );
  const secrets = allSecrets(world, ...credentials.values());
  const voice = openFleetVoice(world, options, run, secrets, console);
  const { report } = voice;
  const who = { run, by: whoRuns(env) };
  const pending: Promise<void>[] = [];
  const later = (work: Promise<void>) => void pending.push(work);
  const unexpected = (error: unknown) => {
    voice.log.exception(error);
    const stack = error instanceof Error ? error.stack : String(error);
    report({ type: 'note', message: `unexpected: ${stack}` });
  };
  const ingredients = { world, task, chosen, settings, credentials, ...who, report, unexpected, later };
  const cautions = [
    options.user?.includes(':') ? SEEN_PASSWORD : undefined,
    ...[...credentials.values()].map((one) => (one?.scheme === 'basic' ? one.caution : undefined)),
  ];
  for (const message of new Set(cautions)) if (message !== undefined) report({ type: 'note', message });
  const target = chosen.map((one) => one.target.name).join(',');
  let stack = '';
  const refused = (error: unknown): number => {
    // A mistake in the command line is told before there is a view of the run.
    if (options.form === 'lines' && isUsage(error)) throw error;
    const result = refusedReport(world, { run, target, operation: task.operation }, error);
    report({ type: 'run-ended', kind: 'fleet', result });
    if (options.form === 'lines') stack = stackOf(error, createScrubber(secrets));
    return refusalExit(error);
  };
  const close = async (): Promise<void> => {
    await voice.close();
    console.write(stack);
  };
  return await runToEnd({ log: voice.log, refused, close }, async () => {
    const { parts, site } = await buildFleetParts(ingredients);
    const { signal } = console.stop;
    const recorder = recordIn(site.dbDir, readUpdateSettings(env).lockTimeoutMs, signal, report);
    const { operation } = task;
    const recorded = operation === 'update' || operation === 'undo';
    if (recorded) await recorder.begin({ run, who: who.by, target, operation });
    const ended = await runFleet(parts, { ...who, operation: task.operation, signal });
    if (!signal.aborted) await Promise.race([Promise.all(pending), wait(LATER_MS)]);
    if (recorded) await recorder.finish(ended);
    return ended.outcome === 'done' ? 0 : (console.stop.exitCode() ?? exitCodeOf(ended));
  });
}

/** The report of a run that could not begin. */
function refusedReport(
  { env }: World,
  facts: Pick<FleetReport, 'run' | 'target' | 'operation'>,
  error: unknown,
): FleetReport {
  const found = { publish: null, index: null, machines: [], skipped: [] };
  const { run, target, operation } = facts;
  const beganAt = new Date().toISOString();
  const by = whoRuns(env);
  return { run, by, target, operation, outcome: 'failed', ...found, beganAt, ms: 0, error: problemOf(error) };
}

/** Of an unexpected error; empty for any other. */
function stackOf(error: unknown, scrubber: Scrubber): string {
  const stack =
    error instanceof Failure || !(error instanceof Error) ? '' : scrubber.block(error.stack ?? '');
  return stack === '' ? '' : `${stack}\n`;
}

function exitCodeOf({ outcome, error }: FleetReport): number {
  if (error?.code === 'usage') return 2;
  if (outcome === 'changed-elsewhere' || error?.code === 'changed-elsewhere') return 4;
  if (outcome === 'nothing-to-do') return 3;
  return outcome === 'done' ? 0 : 1;
}

function allSecrets({ env, unused = [] }: World, ...credentials: (Credentials | null)[]): string[] {
  return [...secretsOf(env), ...unused, ...fleetSecretsOf(env), ...credentials.flatMap(credentialSecrets)];
}
