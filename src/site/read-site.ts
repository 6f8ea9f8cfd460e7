import { join, resolve } from 'node:path';
import { Failure } from '../failure.ts';
import { type DataMapping, mappingAt } from './data.ts';
import { FLY_NAME, identityOf } from './identity.ts';
import type { Deployment, Site } from './site.ts';
import { readWebVariables } from './web-setting.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What the machine says of itself, other than by its environment. */
export interface Host {
  /** Parent of the directory that the executable stands in. */
  readonly defaultAppRoot: string;
  readonly hostname: string;
  readonly totalMemoryBytes: number;
}

const DEFAULT_PORT = 9999;

const CONTROL = /\p{Cc}/u;

/**
 * Reads where we run, and the override file that `NAVIGATOR_OVERRIDES` names. An empty variable counts as unset.
 * Relative directories are taken from the app root, because Navigator starts CGI scripts and hooks in different
 * directories; a relative `APP_ROOT` from the working directory.
 *
 * @throws {Failure} `config-invalid`, naming the variable, or the override's key.
 */
export async function readSite(env: Environment, host: Host): Promise<Site> {
  const path = readVariable(env, 'NAVIGATOR_OVERRIDES');
  if (path === null) return siteFrom(env, host, null);
  const { readOverrides } = await import('./overrides.ts');
  const { data, cautions } = await readOverrides(resolve(appRootOf(env, host), path));
  const site = siteFrom(env, host, data);
  return cautions.length === 0 ? site : { ...site, overrideCautions: cautions };
}

/** The same from overrides that are read already. */
export function siteFrom(env: Environment, host: Host, overrides: DataMapping | null): Site {
  const appRoot = appRootOf(env, host);
  const directory = (name: string) => readDirectory(env, name, appRoot);
  const { appName, region } = readFly(env);
  const container = readVariable(env, 'KAMAL_CONTAINER_NAME');
  const deployment: Deployment = region ? 'fly' : container ? 'kamal' : 'local';
  if (deployment === 'fly') readVariable(env, 'FLY_MACHINE_ID');
  return {
    deployment,
    appRoot,
    dbDir: directory('RAILS_DB_VOLUME') ?? join(appRoot, 'db'),
    storageDir: directory('RAILS_STORAGE') ?? join(appRoot, 'storage'),
    logDir: directory('RAILS_LOG_VOLUME'),
    appName,
    region,
    machineId: identityOf(env, host.hostname).machine,
    listenPort: readPort(env) ?? portOf(overrides) ?? DEFAULT_PORT,
    memoryGiB: Math.floor(host.totalMemoryBytes / 2 ** 30),
    web: readWebVariables(env),
    overrides,
  };
}

/**
 * Where the application is. The working directory is asked for only where a path depends on it: a deployment may have
 * removed it meanwhile.
 *
 * @throws {Failure} `config-invalid`
 */
export function appRootOf(env: Environment, host: Pick<Host, 'defaultAppRoot'>): string {
  try {
    return readDirectory(env, 'APP_ROOT', '') ?? resolve(host.defaultAppRoot);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(
      'config-invalid',
      'APP_ROOT is a relative path, but the working directory does not exist any more',
      {
        hint: 'Set APP_ROOT to an absolute path, or change to a directory that exists.',
        cause: error,
      },
    );
  }
}

function readVariable(env: Environment, name: string): string | null {
  const value = env[name];
  if (value === undefined || value === '') return null;
  if (CONTROL.test(value)) {
    throw new Failure('config-invalid', `${name} holds a control character`, {
      hint: `Set ${name} without line breaks and other control characters.`,
    });
  }
  return value;
}

function readDirectory(env: Environment, name: string, base: string): string | null {
  const value = readVariable(env, name);
  if (value?.includes('${')) {
    throw new Failure('config-invalid', `${name} holds "\${", which Navigator would expand`, {
      hint: `Set ${name} to a plain path.`,
    });
  }
  return value === null ? null : resolve(base, value);
}

/** Fly always sets both; with one alone we would generate half of a Fly configuration. */
function readFly(env: Environment): { appName: string | null; region: string | null } {
  const appName = readName(env, 'FLY_APP_NAME');
  const region = readName(env, 'FLY_REGION');
  if ((appName === null) === (region === null)) return { appName, region };
  const [missing, present] =
    appName === null ? ['FLY_APP_NAME', 'FLY_REGION'] : ['FLY_REGION', 'FLY_APP_NAME'];
  throw new Failure('config-invalid', `${missing} is not set, although ${present} is`, {
    hint: `Set both FLY_APP_NAME and FLY_REGION, or neither.`,
  });
}

function readName(env: Environment, name: string): string | null {
  const value = readVariable(env, name);
  if (value === null || FLY_NAME.test(value)) return value;
  throw new Failure('config-invalid', `${name} is ${JSON.stringify(value)}, which is not a valid Fly name`, {
    hint: `Set ${name} to letters, digits, "-" and "_" only.`,
  });
}

function readPort(env: Environment): number | null {
  const value = readVariable(env, 'NAVIGATOR_PORT');
  if (value === null) return null;
  const port = /^[1-9][0-9]{0,4}$/.test(value) ? Number(value) : 0;
  if (port >= 1 && port <= 65_535) return port;
  throw new Failure('config-invalid', `NAVIGATOR_PORT is ${JSON.stringify(value)}, which is not a port`, {
    hint: 'Set NAVIGATOR_PORT to a number from 1 to 65535, or leave it unset for 9999.',
  });
}

function portOf(overrides: DataMapping | null): number | null {
  const listen = overrides ? mappingAt(overrides, 'server')['listen'] : undefined;
  return typeof listen === 'number' ? listen : null;
}
