/** The application has the index open while it is replaced, and may write to it. */
import { chmodSync, chownSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { makeSampleIndex, SAMPLE_ADMINISTRATOR } from '../../../dev/sample/sample.ts';
import { type Database, openDatabase } from '../../../src/database/sqlite.ts';
import { repage } from '../../../src/database/swap.ts';
import { altered } from '../../support/indexes/indexes.ts';
import { FirstUpdate } from '../../support/machine/first-update.ts';
import { basic, type Machine } from '../../support/machine/machine.ts';
import { type Published, startPublished } from '../../support/machine/published.ts';
import { RunProcess } from '../../support/machine/run-process.ts';
import { indexContent, writeAndDie } from '../../support/machine/stand.ts';
import { FLY_MACHINE } from '../../support/machine/use-machine.ts';
import { useSource } from '../../support/machine/use-source.ts';
import { Hammers, stamped } from '../../support/system/hammers.ts';
import { goOn } from '../../support/system/strace.ts';

// Processes that never rest share the CPUs with what is tested.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const SAMPLE = makeSampleIndex();
/** test/unit/install/swap-live.test.ts swaps many more times, and in all haste; this is what an update does with it. */
const SWAPS = 4;

useSource();
let published: Published;
let machine: Machine;
let hour = 0;
const first = new FirstUpdate();
beforeAll(async () => {
  published = await startPublished();
});
afterAll(async () => {
  first.close();
  await published.close();
});
beforeEach(async () => {
  // On a machine, unlike the admin host, the store's index wins over what the application has written.
  machine = first.machine({ ...published.env, ...FLY_MACHINE });
  await publish(stamped(SAMPLE, 0));
  await first.installOn(machine);
});
afterEach(() => machine.remove());

/** Always later than before, and than any change that is made by hand. */
async function publish(index: Buffer): Promise<void> {
  hour += 1;
  await published.publish(index, new Date(Date.now() + hour * 60 * 60 * 1000));
}

const live = () => machine.path('index.sqlite3');

/** Publishes an index and has it installed; what readers then see is exactly what was published. */
async function replaceBy(index: Buffer): Promise<void> {
  await publish(index);
  expect(await machine.post()).toMatchObject({ status: 200, result: { outcome: 'updated' } });
}

function expectContent(index: Buffer): void {
  const expected = join(machine.home, 'expected.sqlite3');
  writeFileSync(expected, index);
  expect(indexContent(live())).toBe(indexContent(expected));
}

/** Its journal mode, its page size, its permission bits and its owner. */
function character(): unknown[] {
  const db = openDatabase(live());
  try {
    const { mode, uid, gid } = statSync(live());
    return [
      db.pragma('journal_mode', { simple: true }),
      db.pragma('page_size', { simple: true }),
      mode & 0o777,
      uid,
      gid,
    ];
  } finally {
    db.close();
  }
}

function setMode(mode: 'wal' | 'delete'): void {
  const db = openDatabase(live());
  db.pragma(`journal_mode = ${mode}`);
  db.close();
  chownSync(live(), 1234, 4321);
  chmodSync(live(), 0o660);
}

function withLargerPages(index: Buffer): Buffer {
  return repage(index, 8192, join(tmpdir(), `larger-${process.pid}`));
}

describe.each(['wal', 'delete'] as const)('a live index with journal mode %s', (mode) => {
  beforeEach(() => setMode(mode));

  it('is replaced again and again while others read and write, and none of them sees an error or a mixture', async () => {
    machine.isFromSource = mode === 'wal';
    const hammers = await Hammers.start(live(), ['read', 'reopen', 'write'], SWAPS + 1);
    let swaps = 0;
    try {
      while (swaps < SWAPS || !hammers.haveHadEnough) {
        swaps += 1;
        const index = stamped(SAMPLE, swaps);
        await replaceBy(swaps % 3 === 0 ? withLargerPages(index) : index);
      }
      const seen = await hammers.stop();
      expect(seen.flatMap(({ errors }) => errors)).toEqual([]);
      for (const { rounds } of seen) expect(rounds).toBeGreaterThan(SWAPS);
    } finally {
      hammers.kill();
    }
    // With pages of the usual size again, whatever the last one had.
    await replaceBy(stamped(SAMPLE, swaps + 1));
    expectContent(stamped(SAMPLE, swaps + 1));
    expect(character()).toEqual([mode, 4096, 0o660, 1234, 4321]);
  });

  it('is replaced by one with pages of another size', async () => {
    const larger = withLargerPages(stamped(SAMPLE, 1));
    await replaceBy(larger);
    expectContent(larger);
    expect(character()).toEqual([mode, mode === 'wal' ? 4096 : 8192, 0o660, 1234, 4321]);
    expect((await machine.post()).result.outcome).toBe('unchanged');
  });

  it('with a transaction that a killed writer left half done is as it was before that', async () => {
    writeAndDie(
      live(),
      "PRAGMA cache_size = 1; PRAGMA cache_spill = 1; BEGIN; UPDATE showcases SET name = 'half done'; UPDATE users SET name2 = hex(zeroblob(2000))",
    );
    if (mode === 'delete') expect(statSync(`${live()}-journal`).size).toBeGreaterThan(4096);
    expect((await machine.post()).result.outcome).toBe('unchanged');
    expectContent(stamped(SAMPLE, 0));
  });

  it('that is missing is made again, and the log or journal of the old one is not applied to it', async () => {
    const half =
      "BEGIN; UPDATE showcases SET name = 'from the dead'; UPDATE users SET name2 = hex(zeroblob(2000));";
    writeAndDie(
      live(),
      `PRAGMA cache_size = 1; PRAGMA cache_spill = 1; ${half} ${mode === 'wal' ? 'COMMIT' : ''}`,
    );
    const side = `${live()}-${mode === 'wal' ? 'wal' : 'journal'}`;
    expect(statSync(side).size).toBeGreaterThan(4096);
    rmSync(live());
    await replaceBy(stamped(SAMPLE, 2));
    expectContent(stamped(SAMPLE, 2));
    expect(existsSync(side)).toBe(false);
  });
});

describe('an index file that is not a database', () => {
  beforeEach(() => {
    chownSync(live(), 1234, 4321);
    chmodSync(live(), 0o660);
  });

  it.each([
    ['garbage', () => writeFileSync(live(), Buffer.alloc(20_000, 'garbage '))],
    ['empty', () => writeFileSync(live(), '')],
    ['cut short', () => writeFileSync(live(), readFileSync(live()).subarray(0, 10_000))],
    [
      'a header with nonsense behind it',
      () =>
        writeFileSync(
          live(),
          Buffer.concat([readFileSync(live()).subarray(0, 100), Buffer.alloc(30_000, 'x')]),
        ),
    ],
  ])('(%s) is replaced, with its owner and mode', async (_, spoil) => {
    spoil();
    await replaceBy(stamped(SAMPLE, 1));
    expectContent(stamped(SAMPLE, 1));
    expect(character()).toEqual(['delete', 4096, 0o660, 1234, 4321]);
    expect((await machine.post()).result.outcome).toBe('unchanged');
  });

  it('is replaced even if another process locks the new one at once', async () => {
    writeFileSync(live(), 'garbage');
    await publish(stamped(SAMPLE, 1));
    // The run stops just after the rename, until the other one has its lock.
    const stop = 'inject=rename:signal=SIGSTOP:when=1';
    const through = ['strace', '-y', '-e', 'trace=fcntl,rename', '-e', stop];
    const run = new RunProcess(machine, { through });
    const holder = await lockWhenPossible(run);
    const refusal = run.printed((line) => line.includes('/index.sqlite3>') && line.includes('EAGAIN'));
    await goOn(run, refusal);
    holder?.close();
    expect(await run.answered).toMatchObject({ status: 200, result: { outcome: 'updated' } });
    expect(await refusal).not.toBe(null);
    expectContent(stamped(SAMPLE, 1));
  });
});

/** Tries until the live index is a database, and locked; null when the run ends before that. */
async function lockWhenPossible(run: RunProcess): Promise<Database | null> {
  while (!run.ended) {
    const db = openDatabase(live(), { busyTimeoutMs: 0 });
    try {
      db.exec('BEGIN EXCLUSIVE');
      return db;
    } catch {
      db.close();
      await nextTurn();
    }
  }
  return null;
}

it('a completed update is answered as such, even if the index is locked before its caller is verified', async () => {
  const index = altered(stamped(SAMPLE, 1), "UPDATE locations SET key = 'not/a/key' WHERE id = 3");
  await publish(index);
  const { userid, password } = SAMPLE_ADMINISTRATOR;
  // It stops after each of the last lines of its log, and at the very last one until the index is locked.
  const stop = 'inject=write:signal=SIGSTOP:when=15+';
  const through = ['strace', '-o', '/dev/null', '-e', 'trace=write', '-e', stop];
  const run = new RunProcess(machine, { through, env: { HTTP_AUTHORIZATION: basic(userid, password) } });
  await goOn(
    run,
    run.logged((line) => line['event'] === 'end'),
  );
  const db = await lockWhenPossible(run);
  try {
    await goOn(run, run.answered);
    const { status, result } = await run.answered;
    expect({ status, outcome: result.outcome }).toEqual({ status: 200, outcome: 'updated' });
    expect(result.warningCount).toBeGreaterThan(0);
    expect(db).not.toBe(null);
  } finally {
    db?.close();
  }
});
