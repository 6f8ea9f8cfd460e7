import type { Failure } from '../../failure.ts';
import { DEFAULT_PROJECT, PROJECT_NAME } from '../../runs/deploys/deploy-model.ts';
import { formed, type Options, text, type Values } from '../options/command.ts';

/** What is to be done with the keys of those who may send runs. */
export type KeysTask =
  /** @param file null to read standard input, or to make a key where there is nothing */
  | { readonly kind: 'add'; readonly project: string; readonly file: string | null }
  /** @param project null for all */
  | { readonly kind: 'list'; readonly project: string | null }
  | { readonly kind: 'retire'; readonly project: string; readonly key: string }
  /** @param acceptsPlan null to leave it as it is */
  | {
      readonly kind: 'set';
      readonly project: string;
      readonly acceptsPlan: boolean | null;
      readonly newToken: boolean;
    };

export const KEYS_SUBCOMMANDS = {
  'keys add': 'add a key of those who may send runs: read from --file or standard input, else a new one',
  'keys list': 'list projects and their keys, but not what is secret of them',
  'keys retire': 'end a key',
  'keys set': 'set what a project accepts',
} as const;

export const KEYS_OPTIONS = {
  project: {
    group: 'Keys of those who may send runs',
    help: 'the project',
    value: formed('NAME', PROJECT_NAME, 'lower-case letters, digits and hyphens, at most 63'),
    presetWords: `${DEFAULT_PROJECT}; for a list, all`,
  },
  file: { help: 'a file with the key', value: { ...text('FILE'), names: 'file' } },
  key: { help: 'the key to retire, by its id in the list', value: formed('ID', /^[0-9a-f]{12}$/, 'an id') },
  'accept-plan': {
    help: "accept senders of the nvoi gem's plan, whose requests can be sent again by others",
  },
  'refuse-plan': { help: 'refuse them' },
  'new-token': { help: "make a token that stands for the project's name in addresses" },
} as const satisfies Options;

type Given = Values<typeof KEYS_OPTIONS>;

/** Options beside `--project` that each of them takes. */
const TAKEN: Readonly<Record<string, readonly (keyof Given)[]>> = {
  'keys add': ['project', 'file'],
  'keys list': ['project'],
  'keys retire': ['project', 'key'],
  'keys set': ['project', 'accept-plan', 'refuse-plan', 'new-token'],
};

/**
 * What these options mean; null for nothing that has to do with keys.
 *
 * @throws {Failure} `usage`, as given
 */
export function readKeysTask(
  values: Given,
  usage: (message: string) => Failure,
  subcommand: string | null,
): KeysTask | null {
  const taken = TAKEN[subcommand ?? ''] ?? [];
  for (const name of Object.keys(KEYS_OPTIONS) as (keyof Given)[]) {
    const isGiven = values[name] !== null && values[name] !== false;
    if (isGiven && !taken.includes(name)) throw usage(`--${name} makes no sense ${placeOf(subcommand)}`);
  }
  const { project: named, file, key } = values;
  const project = named ?? DEFAULT_PROJECT;
  if (subcommand === 'keys add') return { kind: 'add', project, file };
  if (subcommand === 'keys list') return { kind: 'list', project: named };
  if (subcommand === 'keys set') return { kind: 'set', project, ...readSet(values, usage) };
  if (subcommand === null) return null;
  if (key === null) throw usage('keys retire lacks --key');
  return { kind: 'retire', project, key };
}

function readSet(
  { 'accept-plan': accepts, 'refuse-plan': refuses, 'new-token': newToken }: Given,
  usage: (message: string) => Failure,
): { readonly acceptsPlan: boolean | null; readonly newToken: boolean } {
  if (accepts && refuses) throw usage('--accept-plan and --refuse-plan cannot be combined');
  if (!accepts && !refuses && !newToken)
    throw usage('keys set lacks --accept-plan, --refuse-plan or --new-token');
  return { acceptsPlan: accepts === refuses ? null : accepts, newToken };
}

function placeOf(subcommand: string | null): string {
  return subcommand === null ? 'without keys add, list, retire or set' : `with ${subcommand}`;
}
