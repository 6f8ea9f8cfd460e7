/**
 * Navigator does not queue: every POST is a process of its own, at once. Here the store keeps the first of them waiting
 * until all have arrived, so that nothing depends on how fast they are.
 */
import { once } from 'node:events';
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { readHistory } from '../../../src/journal/history.ts';
import { holder } from '../../support/journal/processes.ts';
import { FirstUpdate } from '../../support/machine/first-update.ts';
import { type CgiAnswered, type Machine, ROOT } from '../../support/machine/machine.ts';
import { type Published, startPublished, storeEnvironment } from '../../support/machine/published.ts';
import { type ProcessOptions, RunProcess } from '../../support/machine/run-process.ts';
import { EARLIER, FIRST, LATER, SECOND } from '../../support/machine/use-machine.ts';
import { type FaultProxy, never, s3Error, startFaultProxy } from '../../support/store/fault-proxy.ts';
import type { Fault } from '../../support/store/faults.ts';
import { makeGate } from '../../support/suite/gate.ts';

// A test waits for twenty processes that have started all at once.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const TOKEN = 'a-token-of-some-length';
/** More callers than there are runs for them at most: the third and the others share one. */
const SOME = 5;
const plain = (count: number) => Array.from({ length: count }, (): ProcessOptions => ({}));
const FORCED: ProcessOptions = { query: 'force=1', env: { HTTP_AUTHORIZATION: `Bearer ${TOKEN}` } };

let published: Published;
let proxy: FaultProxy;
let machine: Machine;
const first = new FirstUpdate();
beforeAll(async () => {
  published = await startPublished();
  proxy = await startFaultProxy(published.settings.endpoint);
});
afterAll(async () => {
  first.close();
  await proxy.close();
  await published.close();
});
beforeEach(async () => {
  proxy.plan(never);
  await published.publish(FIRST, EARLIER);
  const env = storeEnvironment(published.settings, proxy.endpoint);
  // All wait for as long as it takes to start them.
  machine = first.machine({ ...env, UPDATE_CONFIG_TOKEN: TOKEN, UPDATE_CONFIG_LOCK_TIMEOUT: '600' });
});
afterEach(() => machine.remove());

async function installThenChange(): Promise<void> {
  await first.installOn(machine);
  await published.publish(SECOND, LATER);
}

/** Has the store keep its first requests waiting; resolves `asked` when they have come, and goes on at `release`. */
function holdFirst(fault?: Fault, count = 1): { asked: Promise<void>; release(): void } {
  const asked = makeGate();
  const held = makeGate();
  proxy.plan(async ({ number }) => {
    if (number > count) return fault;
    if (number === count) asked.open();
    await held.opened;
    return fault;
  });
  return { asked: asked.opened, release: held.open };
}

/** A run that waits for the store, until `release`. */
async function waitingRun() {
  const { asked, release } = holdFirst();
  const run = new RunProcess(machine);
  return await asked.then(() => ({ run, release }));
}

/** Starts processes that have all arrived before the two that may ask the store at a time get anything from it. */
async function together(callers: readonly ProcessOptions[], fault?: Fault): Promise<CgiAnswered[]> {
  const { asked, release } = holdFirst(fault, 2);
  const runs = callers.map((options) => new RunProcess(machine, options));
  await Promise.all([asked, ...runs.map((run) => run.begun())]);
  const sent = proxy.requests.length;
  release();
  const answers = await Promise.all(runs.map((run) => run.answered));
  expect(sent, 'requests while the first runs wait for the store').toBe(2);
  return answers;
}

const statuses = (answers: readonly CgiAnswered[]) =>
  new Set(answers.map(({ status, exitCode }) => `${status}, exit ${exitCode}`));

/** That at most so many runs took place, and everybody else shares the result of one of them. */
async function expectShared(answers: readonly CgiAnswered[], runsBefore: number, most: number) {
  const history = await readHistory(machine.dbDir, 100);
  const runs = history.slice(0, history.length - runsBefore);
  expect(runs.length).toBeLessThanOrEqual(most);
  const own = answers.filter(({ result }) => !result.shared).map(({ result }) => result.run);
  expect(own.sort()).toEqual(runs.map(({ run }) => run).sort());
  const known = new Set(own);
  expect(answers.filter(({ result }) => !known.has(result.run))).toEqual([]);
  return runs;
}

describe('simultaneous POSTs', () => {
  it('cost at most four runs and four requests to the store if the index has changed, even for twenty of them', async () => {
    await installThenChange();
    const answers = await together(plain(20));
    expect(statuses(answers)).toEqual(new Set(['200, exit 0']));
    const runs = await expectShared(answers, 1, 4);
    expect(proxy.requests.length).toBeLessThanOrEqual(4);
    expect(runs.at(-1)?.outcome).toBe('updated');
    expect(machine.read('navigator.yml')).toContain('tea-dance');
  });

  it('cost at most four of each if nothing has changed, and touch nothing', async () => {
    await first.installOn(machine);
    const before = machine.snapshot();
    const answers = await together(plain(SOME));
    expect(statuses(answers)).toEqual(new Set(['200, exit 0']));
    await expectShared(answers, 1, 4);
    expect(proxy.requests.length).toBeLessThanOrEqual(4);
    expect(answers.filter(({ result }) => result.outcome !== 'unchanged')).toEqual([]);
    expect(machine.snapshot()).toEqual(before);
  });

  it('cost at most four of each on an empty machine', async () => {
    const answers = await together(plain(SOME));
    expect(statuses(answers)).toEqual(new Set(['200, exit 0']));
    await expectShared(answers, 0, 4);
    expect(machine.read('navigator.yml')).toContain('auth:');
  });

  it('all get 502 if the store refuses, after at most four requests, and change nothing', async () => {
    await first.installOn(machine);
    const before = machine.snapshot();
    const answers = await together(plain(SOME), s3Error(403, 'AccessDenied'));
    expect(statuses(answers)).toEqual(new Set(['502, exit 1']));
    await expectShared(answers, 1, 4);
    expect(proxy.requests.length).toBeLessThanOrEqual(4);
    expect(machine.snapshot()).toEqual(before);
    proxy.plan(never);
    expect((await machine.post()).result.outcome).toBe('unchanged');
  });

  it('cost at most six runs if half of them are forced, and each forced one gets a reinstallation', async () => {
    await first.installOn(machine);
    const callers = plain(8).map((each, at) => (at % 2 === 0 ? each : FORCED));
    const answers = await together(callers);
    expect(statuses(answers)).toEqual(new Set(['200, exit 0']));
    const runs = await expectShared(answers, 1, 6);
    const forced = new Set(runs.filter((row) => row.kind === 'forced').map((row) => row.run));
    const gotten = answers.filter((_, at) => callers[at] === FORCED).map(({ result }) => result);
    expect(gotten.filter(({ run, outcome }) => !forced.has(run) || outcome !== 'updated')).toEqual([]);
  });

  it('install into each of two app roots that share a db dir', async () => {
    const other = join(machine.home, 'other');
    mkdirSync(other);
    const there = { env: { APP_ROOT: other } };
    const answers = await together(plain(10).map((each, at) => (at % 2 === 0 ? each : there)));
    expect(statuses(answers)).toEqual(new Set(['200, exit 0']));
    await expectShared(answers, 0, 8);
    expect(machine.read('navigator.yml')).toContain('auth:');
    expect(statSync(join(other, 'config', 'navigator.yml')).isFile()).toBe(true);
  });
});

describe('while one run waits for the store', () => {
  beforeEach(installThenChange);

  it('another run does not wait for it, so a user who lost access is out at once', async () => {
    const { run, release } = await waitingRun();
    const { status, result } = await machine.post();
    expect([status, result.outcome, result.shared]).toEqual([200, 'updated', false]);
    expect(machine.read('navigator.yml')).toContain('tea-dance');
    release();
    expect((await run.answered).result).toMatchObject({ outcome: 'updated', shared: true });
  });

  it('the start hook does not wait for it either', async () => {
    const { run, release } = await waitingRun();
    expect((await machine.run([], { executable: join(ROOT, 'scripts/start') })).exitCode).toBe(0);
    release();
    expect((await run.answered).result.outcome).toBe('updated');
  });

  it('its death does not affect the others, and the next run does its work', async () => {
    const { run } = await waitingRun();
    run.signal('SIGKILL');
    expect((await run.answered).signal).toBe('SIGKILL');
    const { status, result } = await machine.post();
    expect([status, result.outcome, result.shared]).toEqual([200, 'updated', false]);
  });

  it('a rollback in between stays, even if the store has said that nothing is new', async () => {
    await machine.post();
    const { run, release } = await waitingRun();
    expect((await machine.run(['--rollback'])).exitCode).toBe(0);
    release();
    expect((await run.answered).result.outcome).toBe('unchanged');
    expect(machine.read('navigator.yml')).not.toContain('tea-dance');
  });

  it('a dry run and a refusal are answered without waiting for it', async () => {
    const { run, release } = await waitingRun();
    const dryRun = await machine.post('dry_run=1', { env: FORCED.env ?? {} });
    expect(dryRun).toMatchObject({ status: 200, result: { outcome: 'dry-run', reload: true } });
    expect((await machine.post('force=1')).status).toBe(401);
    expect((await machine.post('', { env: { REQUEST_METHOD: 'GET' } })).status).toBe(405);
    release();
    expect((await run.answered).result.outcome).toBe('updated');
  });
});

describe('while another process holds the lock', () => {
  beforeEach(installThenChange);

  it('its death leaves the lock to the next POST at once', async () => {
    const holding = await holder(machine.dbDir);
    holding.kill('SIGKILL');
    await once(holding, 'exit');
    // Not a moment to wait: the first look at the lock must find it free.
    const answer = await machine.post('', { env: { UPDATE_CONFIG_LOCK_TIMEOUT: '0' } });
    expect(answer).toMatchObject({ status: 200, result: { outcome: 'updated', shared: false } });
    const outcomes = (await readHistory(machine.dbDir, 3)).map((row) => row.outcome);
    expect(outcomes).toEqual(['updated', 'interrupted', 'updated']);
  });

  it('its death lets the waiting runs go on, and so does the death of one of these', async () => {
    const holding = await holder(machine.dbDir);
    const waiting = plain(4).map((options) => new RunProcess(machine, options));
    await Promise.all(waiting.map((run) => run.begun()));
    const [unlucky, ...others] = waiting;
    unlucky?.signal('SIGKILL');
    holding.kill('SIGKILL');
    const answers = await Promise.all(others.map((run) => run.answered));
    expect(statuses(answers)).toEqual(new Set(['200, exit 0']));
    expect(machine.read('navigator.yml')).toContain('tea-dance');
  });

  it('a POST that waits too long gets 503 with Retry-After and changes nothing', async () => {
    const holding = await holder(machine.dbDir);
    const before = machine.snapshot();
    const answer = await machine.post('', { env: { UPDATE_CONFIG_LOCK_TIMEOUT: '1' } });
    expect(answer).toMatchObject({ status: 503, exitCode: 1, result: { error: { code: 'lock-timeout' } } });
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect(machine.snapshot()).toEqual(before);
    holding.kill('SIGKILL');
    expect((await machine.post()).result.outcome).toBe('updated');
  });
});
