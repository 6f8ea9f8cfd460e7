/** Disks that are full, read-only or not there: a clear failure, and not a byte changed. */
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { changeSample, makeSampleIndex } from '../../../dev/sample/sample.ts';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { altered } from '../../support/indexes/indexes.ts';
import { type CgiAnswered, Machine } from '../../support/machine/machine.ts';
import { RunProcess } from '../../support/machine/run-process.ts';
import { INSTALLED, pathsOf, type Stand, standOf } from '../../support/machine/stand.ts';
import { EARLIER, FLY_MACHINE, LATER, useMachine } from '../../support/machine/use-machine.ts';
import { useSource } from '../../support/machine/use-source.ts';
import { Mounts } from '../../support/system/mounts.ts';

// A test lets a run fail at each of many writes.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

/** The whole sample: a disk gets full in the middle of its files. */
const FIRST = makeSampleIndex();
/** Every file changes with it, and the index grows. */
const SECOND = altered(
  changeSample(FIRST).index,
  "UPDATE locations SET name = 'Second City', latitude = 41 WHERE id = 2",
  'CREATE TABLE filler (bytes BLOB)',
  'INSERT INTO filler VALUES (zeroblob(50000))',
);

useSource();
const here = useMachine(FLY_MACHINE, FIRST);

const expectFailure = (answer: CgiAnswered, code: string) => {
  const { status, exitCode, result } = answer;
  expect({ status, exitCode, code: result.error?.code }, answer.body).toEqual({
    status: 500,
    exitCode: 1,
    code,
  });
  expect(result.files.filter((file) => file.changed)).toEqual([]);
};

describe('on a file system of its own', () => {
  let mounts: Mounts;
  beforeEach(async () => {
    mounts = await Mounts.open();
  });
  afterEach(() => mounts.close());
  const post = () => new RunProcess(here.machine, { through: mounts.through }).answered;

  /** The machine as it is seen from outside, where the mounts are elsewhere. */
  const seen = (): Machine =>
    Object.assign(Object.create(Machine.prototype), {
      ...here.machine,
      appRoot: mounts.outside(here.machine.appRoot),
      dbDir: mounts.outside(here.machine.dbDir),
    }) as Machine;

  async function install(): Promise<{ stand: Stand; paths: string[] }> {
    expect((await post()).result.outcome).toBe('updated');
    await here.published.publish(SECOND, LATER);
    return { stand: standOf(seen()), paths: pathsOf(seen()) };
  }

  async function expectConverged(before: Stand): Promise<void> {
    const after = standOf(seen());
    expect(INSTALLED.filter((name) => after[name] === before[name])).toEqual([]);
    expect(await post()).toMatchObject({ status: 200, result: { outcome: 'unchanged' } });
  }

  // In steps that end within each of what is written there: what is staged, what is kept, the journal, the index itself.
  it.each([
    ['the db dir', 'delete', 80],
    ['the db dir', 'wal', 80],
    ['the app root', 'delete', 5],
  ] as const)(
    '%s (%s) stays unchanged whenever it gets full, until there is room again',
    async (which, mode, stepKib) => {
      const place = which === 'the db dir' ? here.machine.dbDir : here.machine.appRoot;
      mounts.mountMemory(place, 4096);
      const { stand } = await install();
      const db = openDatabase(mounts.outside(here.machine.path('index.sqlite3')));
      db.pragma(`journal_mode = ${mode}`);
      db.close();
      const paths = pathsOf(seen());
      let failures = 0;
      for (let free = 0; ; free += stepKib * 1024) {
        mounts.leaveFree(place, free);
        const answer = await post();
        mounts.leaveFree(place, null);
        if (answer.status === 200) break;
        failures += 1;
        expectFailure(answer, 'disk');
        expect(answer.result.error?.hint).toMatch(/free/i);
        expect(standOf(seen()), `with ${free} bytes free`).toEqual(stand);
        expect(pathsOf(seen()), `with ${free} bytes free`).toEqual(paths);
      }
      expect(failures).toBeGreaterThan(4);
      await expectConverged(stand);
    },
  );

  it.each(['the db dir', 'the app root'])(
    '%s, read-only, stays unchanged until it can be written',
    async (which) => {
      const place = which === 'the db dir' ? here.machine.dbDir : here.machine.appRoot;
      mounts.mountMemory(place, 4096);
      const { stand, paths } = await install();
      mounts.setWritable(place, false);
      const answer = await post();
      expectFailure(answer, 'disk');
      expect(answer.result.error?.hint).toContain('writable');
      expect([standOf(seen()), pathsOf(seen())]).toEqual([stand, paths]);
      mounts.setWritable(place, true);
      expect(await post()).toMatchObject({ status: 200, result: { outcome: 'updated' } });
      await expectConverged(stand);
    },
  );

  it('navigator.yml as a mount of its own is named by the hint, and the next update completes it', async () => {
    const { stand } = await install();
    const path = here.machine.path('navigator.yml');
    mounts.run('mount', '--bind', path, path);
    const answer = await post();
    expectFailure(answer, 'disk');
    expect(answer.result.error?.message).toContain('only partly installed');
    expect(answer.result.error?.hint).toContain('mount its directory');
    mounts.run('umount', path);
    expect(await post()).toMatchObject({ status: 200, result: { outcome: 'updated' } });
    await expectConverged(stand);
  });
});

describe('a db dir that is not there', () => {
  it.each([
    ['missing', () => {}],
    ['a file', () => writeFileSync(here.machine.dbDir, '')],
  ])('(%s) is not made, since a failed mount must not be written under', async (_, spoil) => {
    rmdirSync(here.machine.dbDir);
    spoil();
    expectFailure(await here.machine.post(), 'db-dir-missing');
    expect(existsSync(join(here.machine.dbDir, '.update_config'))).toBe(false);
    expect(readdirSync(here.machine.appRoot)).toEqual([]);
    rmSync(here.machine.dbDir, { force: true });
    mkdirSync(here.machine.dbDir);
    expect(await here.machine.post()).toMatchObject({ status: 200, result: { outcome: 'updated' } });
  });
});

describe('an update with something else in the place of a file', () => {
  /** One for all: each test ends with another index installed, and nothing in the way. */
  let machine: Machine;
  let times = 0;
  beforeAll(async () => {
    machine = new Machine({ ...here.published.env, ...FLY_MACHINE });
    await here.published.publish(FIRST, EARLIER);
    expect((await machine.post()).result.outcome).toBe('updated');
  });
  afterAll(() => machine.remove());

  /** In turn the one and the other, each newer than the one before. */
  const publishAnother = async () => {
    times += 1;
    const at = new Date(LATER.getTime() + times * 1000);
    await here.published.publish(times % 2 === 1 ? SECOND : FIRST, at);
  };

  const spoilt: readonly [string, () => string][] = [
    // All files of one directory are put in place alike.
    ...INSTALLED.filter((name) => name !== 'map.yml' && name !== 'showcases.yml').map(
      (name): [string, () => string] => [name, () => machine.path(name)],
    ),
    ['journal.db', () => join(machine.dbDir, '.update_config/journal.db')],
    ['generations', () => join(machine.dbDir, '.update_config/generations')],
    ['tmp', () => join(machine.appRoot, 'tmp')],
    ['.update_config', () => join(machine.dbDir, '.update_config')],
  ];

  it.each(spoilt)('changes nothing until it is moved aside: %s', async (name, find) => {
    await publishAnother();
    const path = find();
    machine.isFromSource = !statSync(path).isDirectory(); // a process makes a directory once
    rmSync(path, { recursive: true });
    if (machine.isFromSource) mkdirSync(path);
    else writeFileSync(path, 'no directory');
    const before = machine.snapshot();
    const refused = await machine.post();
    expectFailure(refused, 'disk');
    expect(refused.result.error?.message).toContain(path);
    expect(refused.result.error?.hint).toMatch(/^Move aside |^Move .* aside|move aside/);
    expect(machine.snapshot()).toEqual(before);
    rmSync(path, { recursive: true });
    const answer = await machine.post();
    expect(answer, name).toMatchObject({ status: 200, result: { outcome: 'updated', reload: true } });
    expect((await machine.post()).result.outcome).toBe('unchanged');
  });
});

it('an index that cannot be read fails the update with a hint and changes nothing', async () => {
  const path = here.machine.path('index.sqlite3');
  symlinkSync(path, path);
  const answer = await here.machine.post();
  expectFailure(answer, 'disk');
  expect(answer.result.error?.message).toContain(`cannot look at ${path}`);
  expect(answer.result.error?.hint).toContain('aside');
});

describe('a log that cannot be written does not harm an update', () => {
  const logs = () => join(here.machine.home, 'log');
  const logFile = () => join(logs(), 'update_config.log');
  beforeEach(() => {
    mkdirSync(logs());
    here.machine.env = { ...here.machine.env, RAILS_LOG_VOLUME: logs() };
  });

  const expectUpdated = (answer: CgiAnswered) => {
    expect(answer).toMatchObject({ status: 200, exitCode: 0, result: { outcome: 'updated' } });
    expect(answer.stderr).toContain('"event":"end"');
  };

  it.each([
    ['its directory is missing', () => rmdirSync(logs())],
    ['a directory has its name', () => mkdirSync(logFile())],
    ['its name leads nowhere', () => symlinkSync('/nonexistent/log', logFile())],
    ['it is a pipe that nobody reads', () => execFileSync('mkfifo', [logFile()])],
  ])('because %s', async (_, spoil) => {
    spoil();
    expectUpdated(await here.machine.post());
  });

  it.each(['full', 'read-only'])('because its file system is %s', async (what) => {
    const mounts = await Mounts.open();
    try {
      mounts.mountMemory(logs(), 64);
      if (what === 'full') mounts.leaveFree(logs(), 0);
      else mounts.setWritable(logs(), false);
      expectUpdated(await new RunProcess(here.machine, { through: mounts.through }).answered);
    } finally {
      await mounts.close();
    }
  });
});
