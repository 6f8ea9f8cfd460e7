/** An update that cannot begin leaves no run in the history: METRICS_DIR gets it all the same. */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { ROOT } from '../../../support/machine/machine.ts';
import { readMetrics } from '../../../support/machine/metrics.ts';
import { FLY_MACHINE, useMachine } from '../../../support/machine/use-machine.ts';
import { useSource } from '../../../support/machine/use-source.ts';

useSource();
const here = useMachine(FLY_MACHINE);
let directory: string;

beforeEach(() => {
  directory = join(here.machine.home, 'textfile');
  mkdirSync(directory);
  here.machine.env = { ...here.machine.env, METRICS_DIR: directory };
});

const written = (name: string) => readMetrics(readFileSync(join(directory, name), 'utf8'));
const refused = () => written('showcase-update.prom').value('showcase_machine_update_refused');
const reason = (code: string) =>
  written('showcase-update.prom').value('showcase_machine_update_refused_reason', { code });

/** Settings with which no part of a machine can be built. */
const WRONG = [
  { NAVIGATOR_OVERRIDES: '/nowhere/overrides.yml' },
  { UPDATE_CONFIG_LOCK_TIMEOUT: 'a minute' },
  { APP_ROOT: '/nowhere/rails' },
];
const hook = (name: string) => ({ executable: join(ROOT, 'scripts', name) });

describe('METRICS_DIR, where an update cannot begin,', () => {
  it.each(WRONG)('says so of a request with %o, and of the next good one that it could', async (env) => {
    await here.machine.post();
    expect(refused()).toBe(0);
    const before = readFileSync(join(directory, 'showcase-machine.prom'), 'utf8');
    expect((await here.machine.post('', { env })).status).toBe(500);
    expect([refused(), reason('config-invalid')]).toEqual([1, 1]);
    expect(readFileSync(join(directory, 'showcase-machine.prom'), 'utf8')).toBe(before);
    await here.machine.post();
    expect([refused(), reason('config-invalid')]).toEqual([0, undefined]);
  });

  it.each([
    ['an update by hand', async (env: object) => await here.machine.run([], { env: { ...env } })],
    ['a rollback', async (env: object) => await here.machine.run(['--rollback'], { env: { ...env } })],
    [
      'the start hook',
      async (env: object) => await here.machine.run([], { env: { ...env }, ...hook('start') }),
    ],
    [
      'the resume hook',
      async (env: object) => await here.machine.run([], { env: { ...env }, ...hook('resume') }),
    ],
  ])('says so of %s', async (_, run) => {
    expect((await run(WRONG[0] ?? {})).exitCode).toBe(1);
    expect([refused(), reason('config-invalid')]).toEqual([1, 1]);
  });

  it('gets nothing of requests that would change nothing, nor of options that make no sense', async () => {
    const [env = {}] = WRONG;
    await here.machine.post('state=1', { env });
    await here.machine.post('dry_run=1', { env });
    await here.machine.post('nonsense=1', { env });
    await here.machine.run(['--history'], { env });
    await here.machine.run(['--nonsense'], { env });
    expect(readdirSync(directory)).toEqual([]);
  });

  it('tells of the ready hook that it failed', async () => {
    const [env = {}] = WRONG;
    expect((await here.machine.run([], { env, ...hook('ready') })).exitCode).toBe(1);
    const { value } = written('showcase-ready.prom');
    expect(value('showcase_operation_last_run_outcome', { operation: 'ready', outcome: 'failed' })).toBe(1);
  });
});
