/**
 * Somebody sets the clock. Navigator reloads when the mtime of navigator.yml is later than the end of its last load, by
 * the wall clock; so that mtime may only ever grow. All that is waited for and shared goes by another clock.
 */
import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeSampleIndex } from '../../../dev/sample/sample.ts';
import { readHistory } from '../../../src/journal/history.ts';
import type { RunResult } from '../../../src/report/results.ts';
import { altered } from '../../support/indexes/indexes.ts';
import { holder } from '../../support/journal/processes.ts';
import { Machine, ROOT } from '../../support/machine/machine.ts';
import { type Published, startPublished, storeEnvironment } from '../../support/machine/published.ts';
import { RunProcess } from '../../support/machine/run-process.ts';
import { always, type FaultProxy, never, startFaultProxy } from '../../support/store/fault-proxy.ts';
import { makeGate } from '../../support/suite/gate.ts';
import { FakeClock } from '../../support/system/fake-clock.ts';

const SAMPLE = makeSampleIndex();

let published: Published;
let proxy: FaultProxy;
let machine: Machine;
let clock: FakeClock;
let version = 0;
beforeAll(async () => {
  published = await startPublished();
  proxy = await startFaultProxy(published.settings.endpoint);
});
afterAll(async () => {
  await proxy.close();
  await published.close();
});
beforeEach(() => {
  proxy.plan(never);
  const env = storeEnvironment(published.settings, proxy.endpoint);
  machine = new Machine({ ...env, UPDATE_CONFIG_LOCK_TIMEOUT: '600' });
  clock = new FakeClock(machine);
  machine.env = { ...machine.env, ...clock.env };
});
afterEach(() => machine.remove());

/** Publishes another index than before, a second younger. */
async function publishNext(): Promise<void> {
  version += 1;
  const time = new Date(Date.parse('2026-01-02T03:04:05Z') + version * 1000);
  await published.publish(altered(SAMPLE, `UPDATE showcases SET name = 'v${version}'`), time);
}

async function update(): Promise<RunResult> {
  await publishNext();
  const answer = await machine.post();
  expect(answer, answer.body).toMatchObject({ status: 200, result: { outcome: 'updated', reload: true } });
  return answer.result;
}

const mtime = () => statSync(machine.path('navigator.yml')).mtimeMs;

/** What Navigator does when it reloads: it reads its configuration, then runs the start hook. Returns when it had read. */
async function load(): Promise<number> {
  const loadedAt = clock.now();
  const { exitCode, stdout } = await machine.run([], { executable: join(ROOT, 'scripts/start') });
  expect(exitCode, stdout).toBe(0);
  return loadedAt;
}

describe('the mtime of navigator.yml', () => {
  it.each([0, 5, -5])(
    'is a second or little more ahead of the clock, which is off by %s hours',
    async (hours) => {
      clock.set(hours);
      const before = clock.now();
      await update();
      const after = clock.now();
      expect(mtime()).toBeGreaterThanOrEqual(before + 1000);
      expect(mtime()).toBeLessThan(after + 2000);
    },
  );

  it('is later than the last load, and than before, even if the clock was set back by hours again and again', async () => {
    await update();
    let loadedAt = await load();
    for (const hours of [-3, -30, -29]) {
      const before = mtime();
      clock.set(hours);
      await update();
      expect(mtime(), `at ${hours} hours`).toBeGreaterThan(before);
      expect(mtime(), `at ${hours} hours`).toBeGreaterThan(loadedAt);
      loadedAt = await load();
    }
  });

  it('is later than the last load even if no start hook has run, and Navigator loads right after the run', async () => {
    await update();
    const loadedBy = (await readHistory(machine.dbDir, 1)).map(
      ({ beganAt, durationMs }) => Date.parse(beganAt) + (durationMs ?? 0) + 900,
    );
    clock.set(-3);
    await update();
    expect(mtime()).toBeGreaterThan(loadedBy[0] ?? Number.POSITIVE_INFINITY);
  });

  it('is later than the last load even if the journal was lost', async () => {
    await update();
    const before = mtime();
    rmSync(join(machine.dbDir, '.update_config'), { recursive: true });
    clock.set(-3);
    await update();
    expect(mtime()).toBeGreaterThan(before);
  });

  it('stays as it is if nothing has changed, whatever the clock says', async () => {
    await update();
    const before = machine.snapshot();
    for (const hours of [-3, 3]) {
      clock.set(hours);
      expect((await machine.post()).result).toMatchObject({ outcome: 'unchanged', reload: false });
    }
    expect(machine.snapshot()).toEqual(before);
  });
});

it('the newest generation is the last one even if the clock was set back, and a rollback undoes the last run', async () => {
  await update();
  const before = machine.read('showcases.yml');
  clock.set(-3);
  const { run } = await update();
  const generations = JSON.parse((await machine.run(['--generations', '--json'])).stdout) as {
    run: string;
  }[];
  expect(generations[0]?.run).toBe(run);
  clock.set(-6);
  expect((await machine.run(['--rollback'])).exitCode).toBe(0);
  expect(machine.read('showcases.yml')).toBe(before);
  const history = await readHistory(machine.dbDir, 10);
  expect(history.map(({ kind }) => kind)).toEqual(['rollback', 'plain', 'plain']);
});

describe('a clock that jumps during a run', () => {
  it.each([10, -10])(
    '(by %s hours) neither shortens nor prolongs a wait, and does not prevent sharing',
    async (hours) => {
      await update();
      await publishNext();
      const holding = await holder(machine.dbDir);
      const waiting = Array.from({ length: 5 }, () => new RunProcess(machine));
      await Promise.all(waiting.map((run) => run.begun()));
      const impatient = new RunProcess(machine, { env: { UPDATE_CONFIG_LOCK_TIMEOUT: '1' } });
      await impatient.begun();
      clock.set(hours);
      // While this one waits for its second, the others look at the lock, and at their clocks, again and again.
      expect(await impatient.answered).toMatchObject({
        status: 503,
        result: { error: { code: 'lock-timeout' } },
      });
      holding.kill('SIGKILL');
      const answers = await Promise.all(waiting.map((run) => run.answered));
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
      const runs = await readHistory(machine.dbDir, 10);
      expect(answers.filter(({ result }) => !result.shared).length).toBeLessThanOrEqual(4);
      const ended = runs.filter(({ outcome }) => outcome !== 'interrupted');
      expect(ended.filter(({ durationMs }) => durationMs === null || durationMs < 0)).toEqual([]);
      const steps = answers.flatMap(({ result }) => result.steps);
      expect(steps.filter(({ ms }) => ms < 0)).toEqual([]);
    },
  );

  it.each([10, -10])('(by %s hours) does not change the time that the store has', async (hours) => {
    await update();
    const asked = makeGate();
    proxy.plan(() => {
      asked.open();
      return { kind: 'hang', after: 'request' };
    });
    const run = new RunProcess(machine, { env: { UPDATE_CONFIG_STORE_TIMEOUT: '4' } });
    await asked.opened;
    clock.set(hours);
    expect(await run.answered).toMatchObject({ status: 504, result: { error: { code: 'store-timeout' } } });
    proxy.plan(always({ kind: 'slow', delay: 0, bytesPerSecond: 1_000_000 }));
    expect((await machine.post()).status).toBe(200);
  });
});
