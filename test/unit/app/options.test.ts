import { describe, expect, it } from 'vitest';
import { CONFIG_UPDATE, type FleetOptions } from '../../../src/app/fleet/config-update-options.ts';
import { chooseWays } from '../../../src/app/fleet/fleet-ways.ts';
import { stopOnSignals } from '../../../src/app/fleet/stop-signals.ts';
import type { World } from '../../../src/app/machine/machine-context.ts';
import { UPDATE, type UpdateOptions } from '../../../src/app/machine/update-options.ts';
import type { Command } from '../../../src/app/options/command.ts';
import { parse } from '../../../src/app/options/parse-arguments.ts';
import { Failure } from '../../../src/failure.ts';
import { readFleetSettings } from '../../../src/fleet/fleet-settings.ts';
import { createTargets } from '../../../src/fleet/targets/all-targets.ts';
import { newKey } from '../../support/machine/pushing.ts';

const words = (line: string) => line.split(' ').filter(Boolean);
/** @throws {Failure} `usage` */
function read<T>(command: Command<T>, args: readonly string[]): T {
  const { values, problem } = parse(command, args);
  if (problem) throw problem;
  return command.read(values);
}
const parseOptions = (args: readonly string[]): UpdateOptions => read(UPDATE, args);
const parseFleetOptions = (args: readonly string[]): FleetOptions => read(CONFIG_UPDATE, args);

const refused = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof Failure) return error.code;
    throw error;
  }
  return 'taken';
};

describe('update_config by hand', () => {
  const task = (line: string) => parseOptions(words(line)).task;

  it('does one thing', () => {
    expect(task('')).toEqual({ kind: 'update', force: false, boot: false });
    expect(task('--force')).toEqual({ kind: 'update', force: true, boot: false });
    expect(task('--boot')).toEqual({ kind: 'update', force: false, boot: true });
    expect(task('--dry-run --force')).toEqual({ kind: 'dry-run', force: true });
    expect(task('--rollback')).toEqual({ kind: 'rollback', run: null });
    expect(task('--rollback x')).toEqual({ kind: 'rollback', run: 'x' });
    for (const kind of ['history', 'generations', 'warnings']) expect(task(`--${kind}`)).toEqual({ kind });
    expect(parseOptions(words('--json --app-root /x'))).toMatchObject({ appRoot: '/x' });
    expect(parseOptions([])).toMatchObject({ appRoot: null });
  });

  it.each([
    '--dry-run --history',
    '--rollback --generations',
    '--force --history',
    '--force --rollback',
    '--boot --force',
    '--boot --dry-run',
    'x',
    '--history x',
    '--rollback x y',
    '--unknown',
    '--json=1',
    '--app-root',
  ])('does not do %s', (line) => expect(refused(() => task(line))).toBe('usage'));
});

describe('config-update', () => {
  const options = (line: string) => parseFleetOptions(words(line));

  it('updates machines of Fly by default', () => {
    expect(options('')).toEqual({
      task: {
        kind: 'run',
        operation: 'update',
        publish: true,
        way: null,
        replaces: null,
        force: false,
        dates: true,
        undo: null,
      },
      target: 'fly',
      form: 'lines',
      verbose: false,
      user: null,
      appRoot: null,
      limits: { concurrency: null, timeoutS: null, deadlineS: null },
      broadcast: null,
      dashboard: { use: 'usual', deployConfig: null, deployKey: null, outbox: null },
    });
    const numbers = options('--concurrency 1000 --timeout 3600 --deadline 86400 --no-dates');
    expect(numbers.task).toMatchObject({ dates: false });
    expect(numbers.limits).toEqual({ concurrency: 1000, timeoutS: 3600, deadlineS: 86_400 });
    expect(options('--push --force --dry-run').task).toMatchObject({
      operation: 'dry-run',
      way: 'push',
      force: true,
    });
    expect(options('--replace "a"').task).toMatchObject({ replaces: '"a"' });
    expect(options('--broadcast s --broadcast-url u').broadcast).toEqual({ stream: 's', url: 'u' });
    expect(options('--history').task).toEqual({ kind: 'history' });
  });

  it.each([
    '--verify --dry-run',
    '--verify --no-publish',
    '--verify --no-dates',
    '--verify --replace a',
    '--replace a --no-publish',
    '--replace a b',
    '--push --publish',
    '--push --no-publish',
    '--publish --no-publish',
    '--verify --force',
    '--history --push',
    '--concurrency 0',
    '--concurrency 1001',
    '--timeout 3601',
    '--deadline 86401',
    '--deadline 1.5',
    '--broadcast-url u',
    '--broadcast=',
    'x',
  ])('does not do %s', (line) => expect(refused(() => options(line))).toBe('usage'));

  it('repeats no value, since it may be a password in the wrong place', () => {
    for (const line of ['correct-horse', '--replace=correct horse', '--timeout=correct-horse']) {
      const args = line.startsWith('--replace') ? [line] : words(line);
      expect(() => parseFleetOptions(args)).toThrow(expect.not.stringContaining('correct'));
    }
  });
});

describe('the way of the index to the machines', () => {
  const STORE = {
    AWS_ACCESS_KEY_ID: 'id',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_ENDPOINT_URL_S3: 'https://s.example',
  };
  const KEY = { UPDATE_CONFIG_KEY: newKey() };
  const ways = (line: string, env: Record<string, string>): string => {
    const parsed = parseFleetOptions(words(line));
    if (parsed.task.kind !== 'run') throw new Error('no run');
    const targets = createTargets(parsed.target, readFleetSettings(env));
    const world: World = { env, defaultAppRoot: '/', name: 'config-update' };
    const { task } = parsed;
    try {
      const chosen = chooseWays(targets, task, world);
      return chosen.map(({ target, isPushed }) => `${target.name}${isPushed ? ' pushed' : ''}`).join(', ');
    } catch (error) {
      return (error as Failure).code;
    }
  };

  it('is by the store for Fly, and by a push for a server, which needs a key', () => {
    expect([ways('', STORE), ways('--push', { ...STORE, ...KEY }), ways('--push', STORE)]).toEqual([
      'fly',
      'fly pushed',
      'config-invalid',
    ]);
    const kamal = '--target kamal';
    expect([ways(kamal, KEY), ways(kamal, STORE), ways(kamal, {})]).toEqual([
      'kamal pushed',
      'config-invalid',
      'kamal',
    ]);
    expect([ways(`${kamal} --publish`, { ...STORE, ...KEY }), ways(`${kamal} --no-publish`, KEY)]).toEqual([
      'kamal',
      'kamal',
    ]);
    expect([ways(`${kamal} --replace a`, KEY), ways(`${kamal} --verify`, {})]).toEqual([
      'kamal',
      'kamal pushed',
    ]);
  });

  it('has the published targets first, and allows force only for pushed ones', () => {
    const both = { ...STORE, ...KEY };
    expect(ways('--target kamal,fly', both)).toBe('fly, kamal pushed');
    expect(ways('-t fly --target=kamal', both)).toBe('fly, kamal pushed');
    expect(ways('--force', STORE)).toBe('usage');
    expect(ways('--push --force', both)).toBe('fly pushed');
    expect(ways('--push --replace a', both)).toBe('usage');
  });

  it('is never one on which others could read the index', () => {
    const open = { FLEET_FLY_URL: 'http://smooth.example/update_config' };
    expect(ways('--push', { ...KEY, ...open })).toBe('config-invalid');
    expect(ways('--push', { ...KEY, FLEET_FLY_URL: 'http://127.0.0.1/x' })).toBe('fly pushed');
    expect(ways('--push', { UPDATE_CONFIG_KEY: 'no key' })).toBe('config-invalid');
  });
});

it('the first signal asks for an end in order, and the next one ends the process as without a listener', () => {
  const before = (['SIGINT', 'SIGTERM'] as const).map((name) => process.listenerCount(name));
  const stop = stopOnSignals();
  const heard: string[] = [];
  stop.onStop((name) => heard.push(name));
  expect([stop.exitCode(), stop.signal.aborted]).toEqual([null, false]);
  process.emit('SIGTERM', 'SIGTERM');
  expect([stop.exitCode(), stop.signal.aborted, heard]).toEqual([143, true, ['SIGTERM']]);
  expect((['SIGINT', 'SIGTERM'] as const).map((name) => process.listenerCount(name))).toEqual(before);
  const other = stopOnSignals();
  process.emit('SIGINT', 'SIGINT');
  expect(other.exitCode()).toBe(130);
});
