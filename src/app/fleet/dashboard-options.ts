import { isAbsolute, resolve } from 'node:path';
import type { Failure } from '../../failure.ts';
import { type Options, text, type Value, type Values, wholeNumber } from '../options/command.ts';

/** Which dashboard gets the log of a run. */
export interface DashboardOptions {
  /** `always`: a run whose log cannot be streamed is not made. `usual`: if a usable deploy.enc names a dashboard. */
  readonly use: 'usual' | 'always' | 'never';
  /** Absolute path of deploy.enc; null for the usual places. */
  readonly deployConfig: string | null;
  /** Absolute path of the file with its key; null for the usual places. */
  readonly deployKey: string | null;
  /** Absolute path of the outbox; null for the usual place. */
  readonly outbox: string | null;
}

/** Sends what runs before could not. */
export interface SendOutboxTask {
  readonly kind: 'send-outbox';
  readonly waitMs: number;
}

const FILE: Value<string> = { ...text('FILE'), names: 'file' };

export const DASHBOARD_OPTIONS = {
  dashboard: {
    help: 'do not update unless a readable deploy.enc names a dashboard',
    group: 'Log on a dashboard (docs/DASHBOARD.md)',
  },
  'no-dashboard': { help: 'do not stream the log to a dashboard' },
  'deploy-config': {
    help: 'the file that names the dashboard',
    value: FILE,
    presetWords: "deploy.enc in the application's directory, or in its config",
  },
  'deploy-key': {
    help: 'a file with the key of deploy.enc',
    value: FILE,
    presetWords: 'DEPLOY_KEY, NVOI_MASTER_KEY, or deploy.key beside it',
  },
  outbox: {
    help: 'where unsent lines are kept',
    value: { ...text('DIR'), names: 'directory' },
    presetWords: 'beside the journal',
  },
  'send-outbox': { help: 'send the unsent lines of earlier runs; update nothing' },
  wait: {
    help: 'seconds that --send-outbox may take',
    value: wholeNumber('S', 1, 3600),
    presetWords: '10',
  },
} as const satisfies Options;

type Given = Values<typeof DASHBOARD_OPTIONS>;

const USUAL_WAIT_S = 10;

/** Tasks that change nothing, and that no dashboard gets. */
const NEVER_REPORTED = ['verify', 'history', 'published', 'metrics'];
/** Options of runs. */
const OF_RUNS = [
  ...['dry-run', 'verify', 'history', 'published', 'metrics', 'undo', 'discard-pending', 'push'],
  ...['publish', 'no-publish', 'no-dates', 'force', 'replace', 'broadcast', 'no-dashboard', 'events'],
];

/** @throws {Failure} `usage` */
export function dashboardOf(
  given: Given & Readonly<Record<string, unknown>>,
  usage: (message: string) => Failure,
): DashboardOptions {
  const { dashboard, 'no-dashboard': none } = given;
  if (dashboard && none) throw usage('--dashboard and --no-dashboard cannot be combined');
  const unreported = NEVER_REPORTED.find((name) => given[name]);
  if (dashboard && unreported !== undefined)
    throw usage(`--dashboard and --${unreported} cannot be combined`);
  return {
    use: dashboard ? 'always' : none ? 'never' : 'usual',
    deployConfig: pathOf('deploy-config', given, usage),
    deployKey: pathOf('deploy-key', given, usage),
    outbox: pathOf('outbox', given, usage),
  };
}

/**
 * The task of `--send-outbox`; null where that is not given.
 *
 * @throws {Failure} `usage`
 */
export function sendOutboxOf(
  given: Given & Readonly<Record<string, unknown>>,
  usage: (message: string) => Failure,
): SendOutboxTask | null {
  if (!given['send-outbox']) {
    if (given.wait !== null) throw usage('--wait needs --send-outbox');
    return null;
  }
  const other = OF_RUNS.find((name) => given[name]);
  if (other !== undefined) throw usage(`--${other} and --send-outbox cannot be combined`);
  return { kind: 'send-outbox', waitMs: (given.wait ?? USUAL_WAIT_S) * 1000 };
}

function pathOf(
  name: 'deploy-config' | 'deploy-key' | 'outbox',
  given: Given,
  usage: (message: string) => Failure,
): string | null {
  const path = given[name];
  if (path === null || isAbsolute(path)) return path;
  try {
    return resolve(path);
  } catch {
    throw usage(`--${name} is a relative path, but the working directory does not exist any more`);
  }
}
