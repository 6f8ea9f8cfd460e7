import { asFailure } from '../../failure.ts';
import type { Reply } from '../../fleet/exchange.ts';
import type { Listing, Target } from '../../fleet/fleet-model.ts';
import { readFleetSettings } from '../../fleet/fleet-settings.ts';
import { createTargets, TARGET_NAMES } from '../../fleet/targets/all-targets.ts';
import type { Machine } from '../../report/fleet-results.ts';
import { readSecretFile } from '../../rights/secret-file.ts';
import { readKeys } from '../../signature.ts';
import { counted } from '../../text.ts';
import type { World } from '../machine/machine-context.ts';
import { askAddress, describeReply, PATIENCE_MS } from './ask-address.ts';
import {
  type Asker,
  type Finding,
  firstProblem,
  lineProblem,
  problemIn,
  type Row,
  required,
} from './asker.ts';
import { type Answers, withSettings } from './onboard-answers.ts';
import { askSecret, type Part, secretRow, settingRows } from './wizard-part.ts';

const KEY_FILE = 'UPDATE_CONFIG_KEY_FILE';

/** Which machines are updated. */
export const TARGET: Part = {
  name: 'target',
  title: 'The machines',
  flags: '--target',
  isAnswered: ({ settings }) => settings.has('WEB_TARGET'),
  rows,
  ask,
  checking: 'Asking for the machines',
  check: (answers, world, signal) => check(answers, world, signal),
};

/** Names of the targets that were chosen. */
export function targetsOf({ settings }: Answers): string[] {
  return (settings.get('WEB_TARGET') ?? '').split(',').filter((name) => name !== '');
}

function rows(answers: Answers): Row[] {
  return [
    ['Target', targetsOf(answers).join(' and ')],
    ...settingRows(answers, [['Fly app', 'FLEET_FLY_APP']]),
    ...secretRow(answers, 'Fly token', 'FLY_API_TOKEN'),
    ...settingRows(answers, [
      ['Kamal server', 'FLEET_KAMAL_URL'],
      ['Push key', KEY_FILE],
    ]),
  ];
}

async function ask(answers: Answers, asker: Asker, world: World): Promise<Answers> {
  const target = await asker.choose({
    message: 'Which machines are to be updated?',
    choices: [
      { value: 'fly', label: 'fly', hint: 'the machines of a Fly app' },
      { value: 'kamal', label: 'kamal', hint: 'the one server' },
      { value: TARGET_NAMES.join(','), label: 'both' },
    ],
    preset: targetsOf(answers).join(',') || 'fly',
  });
  let next = withSettings(answers, 'target', { WEB_TARGET: target });
  if (target.includes('fly')) next = await askFly(next, asker, world);
  else
    next = withSettings(next, 'target', {
      FLEET_FLY_APP: null,
      FLY_API_TOKEN: null,
      FLY_API_TOKEN_FILE: null,
    });
  if (target.includes('kamal')) return await askKamal(next, asker);
  return withSettings(next, 'target', { FLEET_KAMAL_URL: null, [KEY_FILE]: null });
}

async function askFly(answers: Answers, asker: Asker, { env }: World): Promise<Answers> {
  const app = await asker.text({
    message: 'Name of the Fly app (FLEET_FLY_APP)',
    present: answers.settings.get('FLEET_FLY_APP') ?? readFleetSettings({}).fly.app,
    problem: firstProblem(required('A name'), lineProblem, (FLEET_FLY_APP) =>
      problemIn(() => readFleetSettings({ FLEET_FLY_APP })),
    ),
  });
  const named = withSettings(answers, 'target', { FLEET_FLY_APP: app });
  const hasToken = named.settings.has('FLY_API_TOKEN') || named.settings.has('FLY_API_TOKEN_FILE');
  const how = await asker.choose<'flyctl' | 'token'>({
    message: 'How are its machines found?',
    choices: [
      { value: 'flyctl', label: 'By flyctl', hint: 'with its own login' },
      { value: 'token', label: 'By the Machines API', hint: 'with a token, FLY_API_TOKEN' },
    ],
    preset: hasToken || env['FLEET_FLY_SOURCE'] === 'api' ? 'token' : 'flyctl',
  });
  if (how === 'flyctl')
    return withSettings(named, 'target', { FLY_API_TOKEN: null, FLY_API_TOKEN_FILE: null });
  return await askSecret(named, asker, {
    part: 'target',
    name: 'FLY_API_TOKEN',
    label: 'Token of Fly (FLY_API_TOKEN)',
  });
}

async function askKamal(answers: Answers, asker: Asker): Promise<Answers> {
  const url = await asker.text({
    message: 'Where update_config of the server answers (FLEET_KAMAL_URL)',
    present: answers.settings.get('FLEET_KAMAL_URL') ?? readFleetSettings({}).kamal.url.href,
    problem: firstProblem(required('An address'), lineProblem, (FLEET_KAMAL_URL) =>
      problemIn(() => readFleetSettings({ FLEET_KAMAL_URL })),
    ),
  });
  const key = await asker.text({
    message: 'File with the key of pushed indexes; may be empty',
    present: answers.settings.get(KEY_FILE) ?? '',
    example: '/etc/showcase-config/push-key',
    problem: firstProblem(lineProblem, keyFileProblem),
  });
  return withSettings(answers, 'target', { FLEET_KAMAL_URL: url, [KEY_FILE]: key });
}

function keyFileProblem(path: string): string | null {
  return path === '' ? null : problemIn(() => readKeys(readSecretFile(path, KEY_FILE), KEY_FILE));
}

async function check(answers: Answers, world: World, signal: AbortSignal): Promise<Finding> {
  const keyProblem = keyFileProblem(answers.settings.get(KEY_FILE) ?? '');
  const found = await Promise.all(
    fleetTargets(answers, world).map((target) =>
      target.namesMachines ? listed(target, signal) : reached(target, signal),
    ),
  );
  return {
    lines: found.flatMap(({ lines }) => lines),
    warnings: [...found.flatMap(({ warnings }) => warnings), ...(keyProblem === null ? [] : [keyProblem])],
  };
}

/** @throws {Failure} `config-invalid`, `usage` */
export function fleetTargets(answers: Answers, { env }: World): Target[] {
  return createTargets(targetsOf(answers).join(','), readFleetSettings(env));
}

async function listed(target: Target, signal: AbortSignal): Promise<Finding> {
  try {
    const { active, skipped, source } = await listNow(target, signal);
    const asleep = skipped.length === 0 ? '' : `, ${skipped.length} more not started`;
    if (active.length === 0)
      return { lines: [], warnings: [`${target.name}: no machine is started${asleep} (${source})`] };
    const regions = [...new Set(active.map(({ region }) => region ?? ''))].filter(Boolean).sort();
    const where = regions.length === 0 ? '' : ` in ${regions.join(', ')}`;
    return {
      lines: [`${target.name}: ${counted(active.length, 'machine')} started${where}${asleep} (${source})`],
      warnings: [],
    };
  } catch (error) {
    const { message, hint } = asFailure(error);
    return { lines: [], warnings: [`${message}. ${hint}`] };
  }
}

/** What was listed last, by where it was asked for: Fly lets its list be asked for once a second. */
const lastListed = new Map<string, Listing>();

const placeOf = ({ name, url }: Target): string => `${name} ${url.href}`;

async function listNow(target: Target, signal: AbortSignal): Promise<Listing> {
  const listing = await target.list(AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]));
  lastListed.set(placeOf(target), listing);
  return listing;
}

/** The machines of a target, as they were a moment ago. @throws {Failure} */
export async function listedMachines(target: Target, signal: AbortSignal): Promise<Listing> {
  return lastListed.get(placeOf(target)) ?? (await listNow(target, signal));
}

async function reached(target: Target, signal: AbortSignal): Promise<Finding> {
  const { active } = await target.list(signal);
  const [server] = active;
  const reply = server ? await askMachineFor(target, server, 'state=1', {}, signal) : null;
  const said = reply === null ? 'there is none' : describeReply(reply);
  if (reply?.kind === 'answered' && reply.status === 200)
    return { lines: [`${target.name}: ${target.url.host} answers`], warnings: [] };
  return { lines: [], warnings: [`${target.name}: ${target.url.href}: ${said}`] };
}

/** One POST to update_config of one machine. */
export async function askMachineFor(
  target: Target,
  machine: Machine,
  query: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Reply> {
  const address = target.address(machine);
  const url = new URL(address.url);
  url.search = query;
  return await askAddress(
    'POST',
    url,
    { Accept: 'application/json', ...headers, ...address.headers },
    signal,
  );
}
