import type { World } from '../machine/machine-context.ts';
import { readSecrets } from '../secrets.ts';
import type { Group } from './env-text.ts';

/** The parts of the way, in order. */
export type PartName = 'place' | 'store' | 'target' | 'login' | 'web' | 'dashboard';

/** Secrets, each of which may stand in the file itself, or in one that `<name>_FILE` names. */
export const SECRET_NAMES = [
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'FLY_API_TOKEN',
  'FLEET_PASSWORD',
  'UPDATE_CONFIG_TOKEN',
] as const;
export type SecretName = (typeof SECRET_NAMES)[number];

const either = (name: SecretName): [string, string] => [name, `${name}_FILE`];

/** Everything that is written, by the part that asks for it. */
export const GROUPS: readonly (Group & { readonly part: PartName })[] = [
  {
    part: 'place',
    heading: 'Where the application and its databases are',
    names: ['APP_ROOT', 'RAILS_DB_VOLUME'],
  },
  {
    part: 'store',
    heading: 'The object store',
    names: [
      ...['AWS_ENDPOINT_URL_S3', 'BUCKET_NAME', 'AWS_REGION'],
      ...either('AWS_ACCESS_KEY_ID'),
      ...either('AWS_SECRET_ACCESS_KEY'),
    ],
  },
  {
    part: 'target',
    heading: 'The machines',
    names: [
      'WEB_TARGET',
      'FLEET_FLY_APP',
      ...either('FLY_API_TOKEN'),
      'FLEET_KAMAL_URL',
      'UPDATE_CONFIG_KEY_FILE',
    ],
  },
  {
    part: 'login',
    heading: 'Who asks the machines',
    names: ['FLEET_USER', ...either('FLEET_PASSWORD'), ...either('UPDATE_CONFIG_TOKEN')],
  },
  {
    part: 'web',
    heading: 'The web part',
    names: ['SHOWCASE_WEB', 'WEB_URL', 'PUBLIC_URL_FLY', 'PUBLIC_URL_KAMAL'],
  },
];

/** Names of all variables that are written. */
export const VARIABLES: readonly string[] = GROUPS.flatMap(({ names }) => names);

/** What shall be done about the dashboard. */
export type DashboardAnswer =
  /** Nobody has said yet. */
  | { readonly kind: 'open' }
  /** Nothing is changed. */
  | { readonly kind: 'leave' }
  | { readonly kind: 'stop' }
  | { readonly kind: 'stream'; readonly url: string };

/** All answers so far. */
export interface Answers {
  /** By the name of a variable, none of them empty. */
  readonly settings: ReadonlyMap<string, string>;
  readonly dashboard: DashboardAnswer;
  /** Parts that are not wanted. */
  readonly declined: ReadonlySet<PartName>;
  /** Parts that were answered by options, which are not asked about once more. */
  readonly given: ReadonlySet<PartName>;
}

/** The same with some settings changed; null or nothing takes one away. */
export function withSettings(
  answers: Answers,
  part: PartName,
  changes: Readonly<Record<string, string | null>>,
): Answers {
  const settings = new Map(answers.settings);
  for (const [name, value] of Object.entries(changes)) {
    if (value) settings.set(name, value);
    else settings.delete(name);
  }
  const declined = new Set(answers.declined);
  declined.delete(part);
  return { ...answers, settings, declined };
}

/** The same without a part. */
export function withoutPart(answers: Answers, part: PartName): Answers {
  const names = GROUPS.filter((group) => group.part === part).flatMap((group) => group.names);
  const none = withSettings(answers, part, Object.fromEntries(names.map((name) => [name, null])));
  return { ...none, declined: new Set([...none.declined, part]) };
}

/** The environment that a program gets that is started with what is written. */
export function environmentWith(env: NodeJS.ProcessEnv, { settings }: Answers): NodeJS.ProcessEnv {
  const others = Object.entries(env).filter(([name]) => !VARIABLES.includes(name));
  return { ...Object.fromEntries(others), ...Object.fromEntries(settings) };
}

/** This world as it is for such a program. */
export function worldWith(world: World, answers: Answers): World {
  const { problem: _, ...rest } = world;
  return { ...rest, ...readSecrets(environmentWith(world.env, answers), false) };
}

/** Whether a secret is there, in either place. */
export function hasSecret({ settings }: Answers, name: SecretName): boolean {
  return settings.has(name) || settings.has(`${name}_FILE`);
}
