import type { Backoff } from '../backoff.ts';
import { withoutSecrets } from '../child/child-environment.ts';
import { Failure } from '../failure.ts';
import { readWholeNumber } from '../settings.ts';

/** How the machines of a Fly app are found: `auto` is the API with a token, else flyctl, else DNS inside Fly. */
type FlySource = 'auto' | 'api' | 'flyctl' | 'dns';

export interface FlySettings {
  readonly app: string;
  /** Where update_config answers; Fly's proxy routes by header. */
  readonly url: URL;
  readonly source: FlySource;
  /** Base of the Machines API. */
  readonly apiUrl: URL;
  /** Null for none. */
  readonly apiToken: string | null;
  /** Programs that may be flyctl, first choice first: an absolute path, or a name to be found on the `PATH`. */
  readonly cli: readonly string[];
  /** Environment of that program. */
  readonly cliEnv: NodeJS.ProcessEnv;
  /** Whether this is a machine of Fly's, where its DNS answers. */
  readonly inside: boolean;
  /** Name servers to ask, `address` or `address:port`; empty for the system's. */
  readonly dnsServers: readonly string[];
}

/** The pauses are those between two attempts at one machine, or at the list of them. */
export interface FleetSettings extends Backoff {
  readonly fly: FlySettings;
  readonly kamal: { readonly url: URL };
  /** Machines that are asked at the same time. */
  readonly concurrency: number;
  /** Requests to one machine, the first included. */
  readonly attempts: number;
  /** Milliseconds for one request to one machine, until its answer is there. */
  readonly timeoutMs: number;
  /** Milliseconds for everything after the index is published. */
  readonly deadlineMs: number;
  /** Bytes. A longer answer is not update_config's: its longest, of a dry run, have some 700 KiB. */
  readonly maxAnswerBytes: number;
}

/** What the caller says, over what the environment does. */
export interface GivenLimits {
  readonly concurrency: number | null;
  readonly timeoutS: number | null;
  readonly deadlineS: number | null;
}

const NO_LIMITS: GivenLimits = { concurrency: null, timeoutS: null, deadlineS: null };

const MIB = 1024 * 1024;

/** Production's app. */
const APP = 'smooth';
const KAMAL_URL = 'https://showcase.party/update_config';
const API_URL = 'https://api.machines.dev';

/** Keys of nvoi's files, which a program of the application may need, and flyctl does not. */
const NOT_FOR_FLY = ['DEPLOY_KEY', 'NVOI_MASTER_KEY'];

/**
 * Reads `FLEET_FLY_APP` (else `FLY_APP_NAME`, else `smooth`), `FLEET_FLY_URL`
 * (`https://<app>.fly.dev/showcase/update_config`), `FLEET_FLY_SOURCE` (`auto`), `FLEET_KAMAL_URL`,
 * `FLEET_CONCURRENCY` (100), `FLEET_ATTEMPTS` (4), `FLEET_TIMEOUT` (seconds, 60),
 * `FLEET_DEADLINE` (seconds, 300), `FLEET_DNS`, and Fly's own `FLY_API_TOKEN`, `FLY_API_HOSTNAME` and
 * `FLY_CLI_PATH`. An empty variable counts as unset.
 *
 * @param given limits that count whatever their variables hold
 * @throws {Failure} `config-invalid`, naming the variable; never its value where that may hold a secret.
 */
export function readFleetSettings(env: NodeJS.ProcessEnv, given = NO_LIMITS): FleetSettings {
  const app = readApp(env);
  const flyUrl = `https://${app}.fly.dev/showcase/update_config`;
  return {
    fly: {
      app,
      url: readUrl(env, 'FLEET_FLY_URL', flyUrl),
      source: readSource(env),
      apiUrl: readUrl(env, 'FLY_API_HOSTNAME', API_URL),
      apiToken: readToken(env),
      cli: cliCandidates(env),
      cliEnv: forFly(env),
      inside: Boolean(env['FLY_APP_NAME']),
      dnsServers: (env['FLEET_DNS'] ?? '').split(/[\s,]+/).filter(Boolean),
    },
    kamal: { url: readUrl(env, 'FLEET_KAMAL_URL', KAMAL_URL) },
    concurrency: given.concurrency ?? readWholeNumber(env, 'FLEET_CONCURRENCY', 100, 1, 1000),
    attempts: readWholeNumber(env, 'FLEET_ATTEMPTS', 4, 1, 100),
    timeoutMs: (given.timeoutS ?? readWholeNumber(env, 'FLEET_TIMEOUT', 60, 1, 3600)) * 1000,
    deadlineMs: (given.deadlineS ?? readWholeNumber(env, 'FLEET_DEADLINE', 300, 1, 86_400)) * 1000,
    firstPauseMs: 500,
    longestPauseMs: 10_000,
    maxAnswerBytes: MIB,
  };
}

/**
 * Secrets in the environment of a run over the fleet whose variable's name does not say so (`secretsOf` knows the
 * others): the password in `CONFIG_UPDATE_USER`.
 */
export function fleetSecretsOf(env: NodeJS.ProcessEnv): string[] {
  const [, ...password] = (env['FLEET_USER'] ?? '').split(':');
  return password.length === 0 ? [] : [password.join(':')];
}

function readApp(env: NodeJS.ProcessEnv): string {
  const name = env['FLEET_FLY_APP'] ? 'FLEET_FLY_APP' : 'FLY_APP_NAME';
  const app = env[name] || APP;
  if (/^[a-z0-9][a-z0-9-]{0,62}$/i.test(app)) return app;
  throw invalid(`${name} is not the name of a Fly app`, `Set ${name} to letters, digits and "-" only.`);
}

function readSource(env: NodeJS.ProcessEnv): FlySource {
  const source = env['FLEET_FLY_SOURCE'] || 'auto';
  if (source === 'auto' || source === 'api' || source === 'flyctl' || source === 'dns') return source;
  throw invalid(
    `FLEET_FLY_SOURCE is ${JSON.stringify(source.slice(0, 40))}; it must be auto, api, flyctl or dns`,
    'Set it to one of these, or unset it for auto.',
  );
}

function readUrl(env: NodeJS.ProcessEnv, name: string, preset: string): URL {
  const text = env[name] || preset;
  const url = URL.parse(text.includes('://') ? text : `https://${text}`);
  const hint = `Set ${name} to something like ${preset}.`;
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    throw invalid(`${name} is not an http(s) URL`, hint);
  if (url.username || url.password) throw invalid(`${name} must not hold a user or a password`, hint);
  if (url.search || url.hash) throw invalid(`${name} must not have a query or a fragment`, hint);
  return url;
}

function readToken(env: NodeJS.ProcessEnv): string | null {
  const token = env['FLY_API_TOKEN']?.trim();
  if (!token) return null;
  if (/^[\x20-\x7e]+$/.test(token)) return token;
  throw invalid(
    'FLY_API_TOKEN is not a valid token: it has characters that an HTTP header cannot have',
    'Set it again.',
  );
}

function cliCandidates(env: NodeJS.ProcessEnv): string[] {
  if (env['FLY_CLI_PATH']) return [env['FLY_CLI_PATH']];
  const home = env['HOME'];
  return [...(home ? [`${home}/bin/flyctl`] : []), 'flyctl', 'fly'];
}

/** The environment for flyctl: without secrets, except Fly's own. */
function forFly(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const own = Object.entries(env).filter(([name]) => name.startsWith('FLY_'));
  const others = Object.entries(withoutSecrets(env)).filter(([name]) => !NOT_FOR_FLY.includes(name));
  return Object.fromEntries([...others, ...own]);
}

function invalid(message: string, hint: string): Failure {
  return new Failure('config-invalid', message, { hint });
}
