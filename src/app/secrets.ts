import { Failure } from '../failure.ts';
import { readSecretFile } from '../rights/secret-file.ts';

/** The variable that names a file with the value of another: Navigator hands its environment to every event. */
const FILES = {
  AWS_ACCESS_KEY_ID: 'AWS_ACCESS_KEY_ID_FILE',
  AWS_SECRET_ACCESS_KEY: 'AWS_SECRET_ACCESS_KEY_FILE',
  AWS_SESSION_TOKEN: 'AWS_SESSION_TOKEN_FILE',
  UPDATE_CONFIG_TOKEN: 'UPDATE_CONFIG_TOKEN_FILE',
  UPDATE_CONFIG_KEY: 'UPDATE_CONFIG_KEY_FILE',
  FLY_API_TOKEN: 'FLY_API_TOKEN_FILE',
  FLEET_PASSWORD: 'FLEET_PASSWORD_FILE',
  SMTP_URL: 'SMTP_URL_FILE',
  WEBHOOK_KEY: 'WEBHOOK_KEY_FILE',
  WEBHOOK_GITHUB_SECRET: 'WEBHOOK_GITHUB_SECRET_FILE',
  WEBHOOK_STORE_TOKEN: 'WEBHOOK_STORE_TOKEN_FILE',
  WEBHOOK_SIGNING_KEY: 'WEBHOOK_SIGNING_KEY_FILE',
  WEBHOOK_URLS: 'WEBHOOK_URLS_FILE',
  METRICS_TOKEN: 'METRICS_TOKEN_FILE',
} as const;

/**
 * The variable itself does not count: a program that can read it could put any index on every machine, or ask for updates in the
 * name of others.
 */
const IN_FILES_ONLY: readonly string[] = [
  'UPDATE_CONFIG_KEY',
  'WEBHOOK_KEY',
  'WEBHOOK_GITHUB_SECRET',
  'WEBHOOK_STORE_TOKEN',
  'WEBHOOK_SIGNING_KEY',
];

const SECRETS = Object.keys(FILES) as (keyof typeof FILES)[];

export interface Secrets {
  /** The environment with the values of those files in it. */
  readonly env: NodeJS.ProcessEnv;
  /** By the name of the secret: why its file cannot be used. */
  readonly problems: ReadonlyMap<string, Failure>;
  /** Warnings for the operator. */
  readonly cautions: readonly string[];
  /** Values of variables that do not count; they are never shown either. */
  readonly unused: readonly string[];
}

/**
 * Reads the secrets in files of their own. A variable beside its file does not count.
 *
 * @param shared whether events of other accounts get this environment too
 */
export function readSecrets(env: NodeJS.ProcessEnv, shared: boolean): Secrets {
  const read: NodeJS.ProcessEnv = { ...env };
  const problems = new Map<string, Failure>();
  const cautions: string[] = [];
  const unused: string[] = [];
  for (const name of SECRETS) {
    const file = FILES[name];
    const path = env[file];
    if (path || IN_FILES_ONLY.includes(name)) {
      unused.push(env[name] ?? '');
      delete read[name];
    }
    if (!path) continue;
    try {
      const secret = readSecretFile(path, file);
      if (secret === env[name]) cautions.push(bothPlaces(name, file));
      read[name] = secret;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      problems.set(name, error);
    }
  }
  const open = SECRETS.filter((name) => env[name] && !env[FILES[name]]);
  if (shared && open.length > 0) cautions.push(inEnvironment(open));
  return { env: read, problems, cautions, unused };
}

/** A different value in the variable is fine: events may need a key of their own. */
function bothPlaces(name: string, file: string): string {
  return `${name} has the value that is in ${file}, so every event can read it all the same; take it out of the environment, or give the events a key of their own`;
}

function inEnvironment(names: readonly (keyof typeof FILES)[]): string {
  const files = names.map((name) => FILES[name]).join(', ');
  return `${names.join(', ')}: every event can read the environment. Put each into a file that only root can read, and name it in ${files}; where events need one, give them another, which may do less`;
}
