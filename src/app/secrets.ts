import { Failure } from '../failure.ts';
import { readSecretFile } from '../rights/secret-file.ts';

/** Of each of these, `<name>_FILE` may name a file that holds the value: Navigator hands its environment to every event. */
const SECRETS = [
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'UPDATE_CONFIG_TOKEN',
  'FLY_API_TOKEN',
  'CONFIG_UPDATE_PASSWORD',
] as const;

export interface Secrets {
  /** The environment with the values of those files in it. */
  readonly env: NodeJS.ProcessEnv;
  /** By the name of the secret: why its file cannot be used. */
  readonly problems: ReadonlyMap<string, Failure>;
  /** What the operator should know. */
  readonly cautions: readonly string[];
}

/**
 * Reads the secrets that stand in files of their own. A variable beside its file does not count.
 *
 * @param shared whether events of other accounts get this environment too
 */
export function readSecrets(env: NodeJS.ProcessEnv, shared: boolean): Secrets {
  const read: NodeJS.ProcessEnv = { ...env };
  const problems = new Map<string, Failure>();
  const cautions: string[] = [];
  for (const name of SECRETS) {
    const path = env[`${name}_FILE`];
    if (!path) continue;
    if (env[name])
      cautions.push(`${name} is not used, since ${name}_FILE is set; take it out of the environment`);
    delete read[name];
    try {
      read[name] = readSecretFile(path, `${name}_FILE`);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      problems.set(name, error);
    }
  }
  const open = SECRETS.filter((name) => env[name] && !env[`${name}_FILE`]);
  if (shared && open.length > 0) cautions.push(inEnvironment(open));
  return { env: read, problems, cautions };
}

function inEnvironment(names: readonly string[]): string {
  const files = names.map((name) => `${name}_FILE`).join(', ');
  return `${names.join(', ')}: every event can read what stands in the environment. Put each into a file that only root can read, and name it in ${files}`;
}
