/**
 * SIGKILL at every stage of a run. strace kills the real executable as it makes a chosen system call; before each kill
 * the machine is put back to where it began.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { changeSample, makeSampleIndex } from '../../dev/sample/sample.ts';
import { repage } from '../../src/database/swap.ts';
import { altered } from '../support/indexes.ts';
import { type Aftermath, KillRig, type Scenario } from '../support/kill-rig.ts';
import { type Machine, ROOT } from '../support/machine.ts';
import { type Published, startPublished } from '../support/published.ts';
import { RunProcess } from '../support/run-process.ts';
import { INSTALLED, writeAndDie } from '../support/stand.ts';
import { type Call, changesBelow, killAt, spread } from '../support/strace.ts';

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

let kills = 0;

/** Chooses the calls to kill at; called with all calls of one run, and the machine's directory. */
type Choice = (calls: readonly Call[], home: string) => Call[];

/** Every file that is made, written, renamed or removed; of the many flushes and pages some; every log line; some of the rest. */
const everywhere: Choice = (calls, home) => {
  const changing = calls.filter((call) => changesBelow(home, call));
  const many = ['pwrite64', 'fsync'];
  const telling = calls.filter(({ text }) => /^write\([12]</.test(text));
  const others = calls.filter((call) => !changing.includes(call) && !telling.includes(call));
  return [
    ...changing.filter((call) => !many.includes(call.name)),
    ...many.flatMap((name) =>
      spread(
        changing.filter((call) => call.name === name),
        14,
      ),
    ),
    ...telling,
    ...spread(others, 12),
  ];
};

/** Every rename, and so many of the other calls that change something. */
const some =
  (count: number): Choice =>
  (calls, home) => {
    const changing = calls.filter((call) => changesBelow(home, call));
    const isRename = (call: Call) => call.name === 'rename';
    return [
      ...changing.filter(isRename),
      ...spread(
        changing.filter((call) => !isRename(call)),
        count,
      ),
    ];
  };

type Kill = Parameters<KillRig['kill']>[0];

/** Has a scenario's run killed in many ways, two at a time. */
async function killEach<T>(
  scenario: Scenario,
  index: Buffer,
  ways: (calls: readonly Call[], home: string) => readonly T[],
  kill: (way: T) => Kill,
): Promise<Aftermath[]> {
  const rigs = [new KillRig(scenario), new KillRig(scenario)];
  const aftermaths: Aftermath[] = [];
  try {
    for (const rig of rigs) {
      await published.publish(FIRST, EARLIER);
      await rig.begin(() => published.publish(index, LATER));
    }
    const lane = async (rig: KillRig, at: number) => {
      for (const way of ways(rig.calls, rig.home).filter((_, nth) => nth % rigs.length === at)) {
        const aftermath = await rig.kill(kill(way));
        if (!aftermath) continue;
        const problems = aftermath.problems.map((problem) => `${problem} (killed at ${JSON.stringify(way)})`);
        aftermaths.push({ ...aftermath, problems });
      }
    };
    await Promise.all(rigs.map(lane));
  } finally {
    for (const rig of rigs) rig.remove();
  }
  kills += aftermaths.length;
  return aftermaths;
}

const atCall =
  (call: Call): Kill =>
  (machine, command) =>
    killAt(machine, call, command);

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

describe('after SIGKILL every file is old or new, in order, and the next POST completes the update', () => {
  it('with the index in rollback mode: at each change on disk, each log line, and in between', async () => {
    const aftermaths = await killEach({ env: fly(), prepare: install }, SECOND, everywhere, atCall);
    expect(problems(aftermaths)).toEqual([]);
    expect(counts(aftermaths)).toEqual(upTo(INSTALLED.length));
    const recorded = new Set(aftermaths.map((one) => one.recorded));
    expect(recorded).toEqual(new Set([null, 'interrupted', 'updated']));
  });

  it('with the index in WAL mode, and a log that holds more than the database', async () => {
    const aftermaths = await killEach({ env: fly(), prepare: installWal }, SECOND, some(22), atCall);
    expect(problems(aftermaths)).toEqual([]);
    expect(counts(aftermaths).size).toBeGreaterThan(3);
  });

  it('with the index in WAL mode, and the new one with pages of another size', async () => {
    const larger = repage(SECOND, 8192, join(tmpdir(), `repaged-${process.pid}`));
    const aftermaths = await killEach({ env: fly(), prepare: installWal }, larger, some(10), atCall);
    expect(problems(aftermaths)).toEqual([]);
  });

  it('on a machine that has nothing yet, not even compiled code', async () => {
    const prepare = async (machine: Machine) => {
      machine.env = { ...machine.env, UPDATE_CONFIG_CACHE_DIR: join(machine.home, 'cache') };
    };
    const aftermaths = await killEach({ env: fly(), prepare }, SECOND, some(18), atCall);
    expect(problems(aftermaths)).toEqual([]);
    expect(counts(aftermaths).size).toBeGreaterThan(3);
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
    const aftermaths = await killEach({ env: fly(), prepare: install }, SECOND, () => names, after);
    expect(problems(aftermaths)).toEqual([]);
    expect(aftermaths.length).toBeGreaterThanOrEqual(names.length - 1);
  });

  it('when the run that would have completed a killed one is killed, too', async () => {
    const pairs: (calls: readonly Call[], home: string) => [Call, Call][] = (calls, home) => {
      const renames = calls.filter((call) => call.name === 'rename' && changesBelow(home, call));
      const chosen = some(6)(calls, home);
      return chosen.map((call, at) => [renames[at % renames.length] ?? call, call]);
    };
    const twice =
      ([first, second]: [Call, Call]): Kill =>
      async (machine, command) =>
        (await killAt(machine, first, command)) && ((await killAt(machine, second, command)) || true);
    const aftermaths = await killEach({ env: fly(), prepare: install }, SECOND, pairs, twice);
    expect(problems(aftermaths)).toEqual([]);
  });

  it('when the killed run is the start hook, which finishes a killed update', async () => {
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
    const aftermaths = await killEach({ env: fly(), prepare, command }, SECOND, some(9), atCall);
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
  const aftermaths = await killEach(scenario, SECOND, some(12), atCall);
  expect(problems(aftermaths)).toEqual([]);
  expect(counts(aftermaths).size).toBeGreaterThan(3);
});

it('there were at least 200 kills', () => {
  expect(kills).toBeGreaterThanOrEqual(200);
});
