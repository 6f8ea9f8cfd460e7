/**
 * SIGKILL at every stage of a run. A run makes some 600 calls. Those after which a kill leaves another state on disk (`turns`)
 * are gone through in one run, which strace stops after each of them, and the machine is copied as it stands then; where a
 * scenario differs from the first one in a part only, after most renames and some of the rest. At each named step, and
 * twice in a row, the real executable is killed; before each kill the machine is put back to where it began.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { changeSample, makeSampleIndex } from '../../../dev/sample/sample.ts';
import { repage } from '../../../src/database/swap.ts';
import { altered } from '../../support/indexes/indexes.ts';
import { type Aftermath, KillRig, type Scenario } from '../../support/machine/kill-rig.ts';
import { type Machine, ROOT } from '../../support/machine/machine.ts';
import { type Published, startPublished } from '../../support/machine/published.ts';
import { RunProcess } from '../../support/machine/run-process.ts';
import { INSTALLED, writeAndDie } from '../../support/machine/stand.ts';
import { type Call, changesBelow, killAt, mostOf, spread, turns } from '../../support/system/strace.ts';

// A test has dozens of runs killed and made good, one after the other.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const FIRST = makeSampleIndex();
/** Every generated file changes with it. */
const SECOND = altered(
  changeSample(FIRST).index,
  "UPDATE locations SET name = 'Second City', latitude = 41 WHERE id = 2",
);
const EARLIER = new Date('2026-01-02T03:04:05Z');
/** Later than any change that is made by hand below. */
const LATER = new Date(Date.now() + 24 * 60 * 60 * 1000);

let published: Published;
beforeAll(async () => {
  published = await startPublished();
});
afterAll(() => published.close());

/** Chooses the calls to kill at; called with all calls of one run, and the machine's directory. */
type Choice = (calls: readonly Call[], home: string) => Call[];

/**
 * Most renames, or as many as are told, and so many of the other calls that leave another state. (`every`: all renames,
 * removals and changes of times; of what is written in many pieces, such as pages, about every other state.)
 */
const some =
  (count: number, renames = 4): Choice =>
  (calls, home) => {
    const chosen = turns(home, calls);
    const [single, others] = split(chosen, ({ name }) => name === 'rename');
    return [...spread(single, renames), ...spread(others, count)];
  };
const every: Choice = (calls, home) => {
  const [single, others] = split(turns(home, calls), ({ name }) => /^rename|^unlink|^utimensat/.test(name));
  return [...single, ...spread(others, 14)];
};

function split<T>(list: readonly T[], is: (one: T) => boolean): [T[], T[]] {
  return [list.filter(is), list.filter((one) => !is(one))];
}

type Kill = Parameters<KillRig['kill']>[0];

/** A machine on which the scenario's run has gone through once. */
async function begin(scenario: Scenario, index: Buffer): Promise<KillRig> {
  const rig = new KillRig(scenario);
  await published.publish(FIRST, EARLIER);
  await rig.begin(() => published.publish(index, LATER));
  return rig;
}

/** Has a run killed in some ways. */
async function killEach<T>(rig: KillRig, ways: readonly T[], kill: (way: T) => Kill): Promise<Aftermath[]> {
  const aftermaths: Aftermath[] = [];
  for (const way of ways) {
    const aftermath = await rig.kill(kill(way));
    if (!aftermath) continue;
    const found = aftermath.problems.map((problem) => `${problem} (killed at ${JSON.stringify(way)})`);
    aftermaths.push({ ...aftermath, problems: found });
  }
  expect(aftermaths.length).toBeGreaterThanOrEqual(mostOf(ways));
  return aftermaths;
}

async function killAfter(rig: KillRig, choose: Choice): Promise<Aftermath[]> {
  const calls = choose(rig.calls, rig.home);
  const aftermaths = await rig.killAfter(calls);
  expect(aftermaths.length).toBeGreaterThanOrEqual(mostOf(calls));
  return aftermaths;
}

/** The same on a machine for this test alone. */
async function killOnce(scenario: Scenario, index: Buffer, choose: Choice): Promise<Aftermath[]> {
  const rig = await begin(scenario, index);
  onTestFinished(() => rig.remove());
  return await killAfter(rig, choose);
}

const fly = (): Record<string, string> => ({ ...published.env, FLY_APP_NAME: 'smooth', FLY_REGION: 'iad' });

const install = async (machine: Machine) => {
  expect((await machine.post()).result.outcome).toBe('updated');
};

/** With the index in WAL mode, and a change in it that a killed writer left in the log alone. */
const installWal = async (machine: Machine) => {
  await install(machine);
  const sql = "PRAGMA journal_mode = WAL; UPDATE users SET name1 = 'Changed by hand'";
  writeAndDie(machine.path('index.sqlite3'), sql);
};

const problems = (aftermaths: readonly Aftermath[]) => aftermaths.flatMap((one) => one.problems);
const counts = (aftermaths: readonly Aftermath[]) => new Set(aftermaths.map((one) => one.installed));
const upTo = (count: number) => new Set(Array.from({ length: count + 1 }, (_, at) => at));

describe('an update that SIGKILL ends leaves every file old or new, in order, and the next POST completes it,', () => {
  describe('with the index in rollback mode', () => {
    let rig: KillRig;
    beforeAll(async () => {
      rig = await begin({ env: fly(), prepare: install }, SECOND);
    });
    afterAll(() => rig.remove());

    it('at each change on disk', async () => {
      const aftermaths = await killAfter(rig, every);
      expect(problems(aftermaths)).toEqual([]);
      expect(counts(aftermaths)).toEqual(upTo(INSTALLED.length));
      const recorded = new Set(aftermaths.map((one) => one.recorded));
      expect(recorded).toEqual(new Set([null, 'interrupted', 'updated']));
    });

    it('at the end of each named step', async () => {
      const names = ['lock', 'fetch', 'read', 'generate', 'check', 'install'];
      const after =
        (name: string): Kill =>
        async (machine, command) => {
          const run = new RunProcess(machine, command);
          await run.logged((line) => line['event'] === 'step-done' && line['step'] === name);
          run.signal('SIGKILL');
          return (await run.answered).signal === 'SIGKILL';
        };
      const aftermaths = await killEach(rig, names, after);
      expect(problems(aftermaths)).toEqual([]);
      expect(aftermaths.length).toBeGreaterThanOrEqual(names.length - 1);
    });

    it('if the run that would have completed a killed one is killed, too', async () => {
      const renames = rig.calls.filter((call) => call.name === 'rename' && changesBelow(rig.home, call));
      const pairs = spread(some(4)(rig.calls, rig.home), 3).map((call, at): [Call, Call] => [
        renames[at % renames.length] ?? call,
        call,
      ]);
      const twice =
        ([first, second]: [Call, Call]): Kill =>
        async (machine, command) =>
          (await killAt(machine, first, command)) && ((await killAt(machine, second, command)) || true);
      const aftermaths = await killEach(rig, pairs, twice);
      expect(problems(aftermaths)).toEqual([]);
    });
  });

  it('with the index in WAL mode, and a log that holds more than the database', async () => {
    const aftermaths = await killOnce({ env: fly(), prepare: installWal }, SECOND, some(4));
    expect(problems(aftermaths)).toEqual([]);
    expect(counts(aftermaths).size).toBeGreaterThan(3);
  });

  it('with the index in WAL mode, and the new one with pages of another size', async () => {
    // What differs are the writes to the index, and what follows on them.
    const pages: Choice = (calls, home) =>
      spread(
        turns(home, calls).filter(
          ({ name, text }) => name === 'rename' || text.includes('/db/index.sqlite3'),
        ),
        6,
      );
    const larger = repage(SECOND, 8192, join(tmpdir(), `repaged-${process.pid}`));
    const aftermaths = await killOnce({ env: fly(), prepare: installWal }, larger, pages);
    expect(problems(aftermaths)).toEqual([]);
  });

  it('on an empty machine, without even compiled code', async () => {
    const prepare = async (machine: Machine) => {
      machine.env = { ...machine.env, UPDATE_CONFIG_CACHE_DIR: join(machine.home, 'cache') };
    };
    const aftermaths = await killOnce({ env: fly(), prepare, isBuilt: true }, SECOND, some(3, 5));
    expect(problems(aftermaths)).toEqual([]);
    expect(counts(aftermaths).size).toBeGreaterThan(3);
  });

  it('if the killed run is the start hook, which finishes a killed update', async () => {
    const prepare = async (machine: Machine) => {
      await install(machine);
      await published.publish(SECOND, LATER);
      expect(await killAt(machine, { name: 'rename', nth: 3, text: '' }, {})).toBe(true);
      // Databases of new events are left to others by the start hook.
      rmSync(join(machine.dbDir, '.update_config/new-events.json'));
      // What only the start hook makes, a plain POST does not make after it.
      for (const name of ['log', 'storage']) mkdirSync(join(machine.appRoot, name));
    };
    // The process that does the work, without the one that watches it.
    const env = { UPDATE_CONFIG_SUPERVISED: '1' };
    const command = { executable: join(ROOT, 'scripts/start'), args: [], env };
    const aftermaths = await killOnce({ env: fly(), prepare, command }, SECOND, some(3, 3));
    expect(problems(aftermaths)).toEqual([]);
    expect(counts(aftermaths).size).toBeGreaterThan(2);
  });
});

it('after a rollback that was killed, the next POST leaves all files old or all files new', async () => {
  const prepare = async (machine: Machine) => {
    await install(machine);
    await published.publish(SECOND, LATER);
    await install(machine);
  };
  const scenario = { env: fly(), prepare, command: { args: ['--rollback'] }, mayReturn: true };
  const aftermaths = await killOnce(scenario, SECOND, some(4));
  expect(problems(aftermaths)).toEqual([]);
  expect(counts(aftermaths).size).toBeGreaterThan(3);
});
