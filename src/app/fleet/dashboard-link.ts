import { existsSync } from 'node:fs';
import { Failure } from '../../failure.ts';
import type { FleetOperation, FleetReport } from '../../report/fleet-results.ts';
import { createScrubber } from '../../report/redact.ts';
import { createStream } from '../../report/stream.ts';
import { appRootOf } from '../../site/read-site.ts';
import { findDeployFile } from '../deploy-file.ts';
import type { World } from '../machine/machine-context.ts';
import { usageOf } from '../options/command.ts';
import type { DashboardLink, LinkedRun } from './dashboard-model.ts';
import type { DashboardOptions } from './dashboard-options.ts';

/** Of a run that is reported to no dashboard. */
const NO_DASHBOARD: DashboardLink = {
  secrets: [],
  reporters: [],
  begin: () => Promise.resolve(),
  close: () => Promise.resolve(),
};

const usage = usageOf('config-update');

/** Exit code of a run that could not begin. */
const REFUSED = 1;

/** Operations that change nothing are not reported. */
const REPORTED: readonly FleetOperation[] = ['update', 'undo'];

/**
 * Finds the dashboard of an application. Without a deploy.enc nothing but the absence of that file is looked at.
 *
 * @throws {Failure} `usage`, `config-invalid`: there is no usable dashboard, and `--dashboard` asks for one
 */
export async function linkDashboard(world: World, linked: LinkedRun): Promise<DashboardLink> {
  const { options, operation } = linked;
  if (options.use === 'never' || !REPORTED.includes(operation)) return NO_DASHBOARD;
  const appRoot = appRootOf(world.env, world);
  const deployFile = options.deployConfig ?? findDeployFile(appRoot);
  const isWanted = options.use === 'always';
  if (isWanted) requireNamed(options);
  if (deployFile === null) {
    if (!isWanted) return NO_DASHBOARD;
    throw new Failure('config-invalid', `there is no deploy.enc in ${appRoot} or its config`, {
      hint: 'Make one with scripts/onboard, name it with --deploy-config, or leave --dashboard out.',
    });
  }
  try {
    const { openDashboard } = await import('./dashboard-run.ts');
    const opened = await openDashboard(world, linked, { deployFile, appRoot });
    if (opened) return opened;
    if (!isWanted) return NO_DASHBOARD;
    throw new Failure('config-invalid', `${deployFile} names no dashboard`, {
      hint: 'Add callback_url to it with scripts/onboard, or leave --dashboard out.',
    });
  } catch (error) {
    if (isWanted || !(error instanceof Failure)) throw error;
    const message = `no dashboard gets the log of this run: ${error.message}`;
    return {
      ...NO_DASHBOARD,
      begin: ({ report }) => Promise.resolve(report({ type: 'note', message })),
    };
  }
}

/** With a mistyped path nobody would get the log of the run. @throws {Failure} `usage` */
function requireNamed({ deployConfig, deployKey }: DashboardOptions): void {
  const named = [
    ['deploy-config', deployConfig],
    ['deploy-key', deployKey],
  ] as const;
  for (const [name, path] of named)
    if (path !== null && !existsSync(path)) throw usage(`--${name} ${JSON.stringify(path)} is not there`);
}

/**
 * Tells the dashboard of a run that could not begin, so that nobody waits for it. Never rejects: what keeps the dashboard from
 * being told is not what the operator has to know now.
 */
export async function reportRefusal(
  link: (secrets: readonly string[]) => Promise<DashboardLink>,
  secrets: readonly string[],
  result: FleetReport,
): Promise<void> {
  try {
    const dashboard = await link(secrets);
    const scrubber = createScrubber([...secrets, ...dashboard.secrets]);
    const report = createStream(dashboard.reporters, scrubber, result.run);
    await dashboard.begin({ report, scrubber, by: result.by, target: result.target, places: [] });
    report({ type: 'run-ended', kind: 'fleet', result });
    await dashboard.close(REFUSED);
  } catch {
    // Of the run there is more to say.
  }
}
