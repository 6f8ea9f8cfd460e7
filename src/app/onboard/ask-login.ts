import { asFailure } from '../../failure.ts';
import type { Target } from '../../fleet/fleet-model.ts';
import { authorization, readCredentials } from '../../fleet/machine-login.ts';
import { isRecord, parseJson } from '../../json.ts';
import { isPrivateWay } from '../../private-way.ts';
import type { Machine } from '../../report/fleet-results.ts';
import type { World } from '../machine/machine-context.ts';
import { describeReply } from './ask-address.ts';
import { askMachineFor, fleetTargets, listedMachines } from './ask-target.ts';
import { type Asker, type Finding, firstProblem, lineProblem, type Row, required } from './asker.ts';
import { type Answers, hasSecret, withoutPart, withSettings } from './onboard-answers.ts';
import { askSecret, type Part, secretRow } from './wizard-part.ts';

/** With whose rights machines are asked what an update would change. */
export const LOGIN: Part = {
  name: 'login',
  title: 'A login for the machines',
  flags: '--user with a password, --token-file, or --no-login',
  isAnswered: (answers) =>
    answers.declined.has('login') ||
    hasSecret(answers, 'UPDATE_CONFIG_TOKEN') ||
    (answers.settings.has('FLEET_USER') &&
      (hasSecret(answers, 'FLEET_PASSWORD') || hasPasswordInside(answers))),
  rows,
  ask,
  checking: 'Asking one machine for its state',
  check: (answers, world, signal) => check(answers, world, signal),
};

/** The old form, `user:password`. */
function hasPasswordInside({ settings }: Answers): boolean {
  return settings.get('FLEET_USER')?.includes(':') ?? false;
}

function rows(answers: Answers): Row[] {
  if (answers.declined.has('login')) return [['Login', 'none, or that of ~/.netrc']];
  const [user] = (answers.settings.get('FLEET_USER') ?? '').split(':');
  return [
    ...(user ? ([['User', user]] as const) : []),
    ...secretRow(answers, 'Password', 'FLEET_PASSWORD'),
    ...secretRow(answers, 'Token', 'UPDATE_CONFIG_TOKEN'),
  ];
}

async function ask(answers: Answers, asker: Asker): Promise<Answers> {
  const how = await asker.choose<'user' | 'token' | 'none'>({
    message: 'Who asks the machines what an update would change?',
    choices: [
      { value: 'user', label: 'An administrator, by name and password' },
      { value: 'token', label: 'A token', hint: 'UPDATE_CONFIG_TOKEN of the machines' },
      { value: 'none', label: 'Nobody', hint: 'updates need no login; ~/.netrc counts where there is one' },
    ],
    preset: hasSecret(answers, 'UPDATE_CONFIG_TOKEN')
      ? 'token'
      : answers.declined.has('login')
        ? 'none'
        : 'user',
  });
  if (how === 'none') return withoutPart(answers, 'login');
  if (how === 'token') {
    const none = { FLEET_USER: null, FLEET_PASSWORD: null, FLEET_PASSWORD_FILE: null };
    return await askSecret(withSettings(answers, 'login', none), asker, {
      part: 'login',
      name: 'UPDATE_CONFIG_TOKEN',
      label: 'Token (UPDATE_CONFIG_TOKEN)',
    });
  }
  const [present] = (answers.settings.get('FLEET_USER') ?? '').split(':');
  const user = await asker.text({
    message: 'Name of the administrator (FLEET_USER)',
    ...(present ? { present } : {}),
    problem: firstProblem(required('A name'), lineProblem, (name) =>
      name.includes(':') ? 'A name has no colon; the password is asked for next.' : null,
    ),
  });
  const named = withSettings(answers, 'login', {
    FLEET_USER: user,
    UPDATE_CONFIG_TOKEN: null,
    UPDATE_CONFIG_TOKEN_FILE: null,
  });
  return await askSecret(named, asker, {
    part: 'login',
    name: 'FLEET_PASSWORD',
    label: 'Password (FLEET_PASSWORD)',
  });
}

async function check(answers: Answers, world: World, signal: AbortSignal): Promise<Finding> {
  for (const [name, problem] of world.problems ?? []) {
    if (name === 'FLEET_PASSWORD' || name === 'UPDATE_CONFIG_TOKEN') throw problem;
  }
  const found = await firstMachine(fleetTargets(answers, world), signal);
  if ('warning' in found) return { lines: [], warnings: [found.warning] };
  const { target, machine } = found;
  const name = target.namesMachines ? machine.id : target.url.host;
  const state = await askMachineFor(target, machine, 'state=1', {}, signal);
  if (state.kind !== 'answered' || state.status !== 200)
    return { lines: [], warnings: [`${name}: ${describeReply(state)}.`] };
  const lines = [`${name}: ${describeState(state.body)}`];
  const credentials = readCredentials(null, world.env, target.url.hostname);
  if (credentials === null) return { lines, warnings: [] };
  if (!isPrivateWay(target.url))
    return {
      lines,
      warnings: [`A login is not sent to ${target.url.origin}: the way there is not encrypted.`],
    };
  const headers = { Authorization: authorization(credentials) };
  const dryRun = await askMachineFor(target, machine, 'dry_run=1', headers, signal);
  const verdict = dryRun.kind === 'answered' ? verdictOf(dryRun.body) : null;
  if (verdict === 'taken') return { lines: [...lines, `${name} takes this login`], warnings: [] };
  if (verdict === 'refused') return { lines, warnings: [`${name} refuses this login.`] };
  return { lines, warnings: [`${name}, asked with this login: ${describeReply(dryRun)}.`] };
}

/** A user who is not an administrator learns nothing else; the result of the dry run is another matter. Null if it is not known. */
function verdictOf(body: string): 'taken' | 'refused' | null {
  const result = parseJson(body);
  if (!isRecord(result) || typeof result['outcome'] !== 'string') return null;
  const { error } = result;
  return isRecord(error) && error['code'] === 'unauthorized' ? 'refused' : 'taken';
}

async function firstMachine(
  targets: readonly Target[],
  signal: AbortSignal,
): Promise<{ readonly target: Target; readonly machine: Machine } | { readonly warning: string }> {
  let why = 'none is started';
  for (const target of targets) {
    try {
      const [machine] = (await listedMachines(target, signal)).active;
      if (machine) return { target, machine };
    } catch (error) {
      why = asFailure(error).message;
    }
  }
  return { warning: `No machine can be asked: ${why}.` };
}

function describeState(body: string): string {
  const state = parseJson(body);
  if (!isRecord(state) || state['outcome'] !== 'state') return 'it answers, but not as update_config does';
  const { index, version } = state;
  const etag = isRecord(index) && typeof index['etag'] === 'string' ? index['etag'] : null;
  const has = etag === null ? 'it has no index from the store yet' : `it has index ${etag}`;
  return typeof version === 'string' ? `${has}, version ${version}` : has;
}
