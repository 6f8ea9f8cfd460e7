import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { altered } from '../../support/indexes/indexes.ts';
import { Machine } from '../../support/machine/machine.ts';
import { type Published, startPublished, storeEnvironment } from '../../support/machine/published.ts';
import { updateHere } from '../../support/machine/run-here.ts';
import { RunProcess } from '../../support/machine/run-process.ts';
import { FEW, notesOf, publicFiles, READY, readyJson } from '../../support/ready/ready.ts';
import { type FaultProxy, startFaultProxy } from '../../support/store/fault-proxy.ts';
import { makeGate } from '../../support/suite/gate.ts';
import { goOn, recordCalls } from '../../support/system/strace.ts';

/** An index whose pages say which one it is. */
const indexOf = (number: number): Buffer =>
  altered(FEW, `UPDATE locations SET name = 'Edition ${number} of it' WHERE id = 1`);

let published: Published;
let proxy: FaultProxy;
let machine: Machine;

beforeEach(async () => {
  published = await startPublished();
  proxy = await startFaultProxy(published.settings.endpoint);
  // A region with few tenants: they are not what this is about.
  machine = new Machine({
    ...storeEnvironment(published.settings, proxy.endpoint),
    FLY_APP_NAME: 'smooth',
    FLY_REGION: 'jnb',
    APP_USER: 'root',
  });
  await install(0);
});

afterEach(async () => {
  machine.remove();
  await proxy.close();
  await published.close();
});

async function install(number: number): Promise<void> {
  await published.publish(indexOf(number), new Date(Date.UTC(2026, 0, 1, 0, 0, number)));
  expect((await updateHere(machine)).result.outcome).toBe('updated');
}

/** The number of the index that the pages were rendered from. */
const rendered = (): string | undefined =>
  /Edition (\d+) of it/.exec(readFileSync(join(machine.appRoot, 'public/studios/index.html'), 'utf8'))?.[1];

/** Starts a hook, which is then held up by the store until the gate is opened. */
async function startHeldUp(): Promise<{ first: ReturnType<typeof readyJson>; open: () => void }> {
  const [begun, gate] = [makeGate(), makeGate()];
  proxy.plan(async ({ path }) => {
    if (path.includes('list-type=2')) {
      begun.open();
      await gate.opened;
    }
    return undefined;
  });
  const first = readyJson(machine);
  await begun.opened;
  return { first, open: gate.open };
}

/** As many as come at once: more are only more of the same. `rounds.test.ts` has ten. */
const HOOKS = 3;

const HANDED_OVER = { exitCode: 0, summaries: [{ outcome: 'handed-over', failures: [] }] };

describe('while a ready hook is running,', () => {
  it('more of them, each after another index was installed, end at once, and the last index wins', async () => {
    const { first, open } = await startHeldUp();
    for (let number = 1; number <= HOOKS; number += 1) {
      await install(number);
      expect(await readyJson(machine)).toMatchObject(HANDED_OVER);
    }
    open();
    const { exitCode, summaries } = await first;
    expect(exitCode).toBe(0);
    expect(summaries.map(({ outcome, steps }) => [outcome, steps.length])).toEqual([
      ['done', 2],
      ['done', 3],
      ['done', 2],
    ]);
    expect(rendered()).toBe(String(HOOKS));
    expect(notesOf(machine)).toEqual([]);
  });

  it('more of them at once cost one more round: their tenants while the pages are rendered, then their pages', async () => {
    const { first, open } = await startHeldUp();
    await install(1);
    const others = await Promise.all(Array.from({ length: HOOKS }, () => readyJson(machine)));
    for (const other of others) expect(other).toMatchObject(HANDED_OVER);
    open();
    const { exitCode, summaries } = await first;
    expect({ exitCode, rounds: summaries.length }).toEqual({ exitCode: 0, rounds: 3 });
    expect(rendered()).toBe('1');
    expect(notesOf(machine)).toEqual([]);
  });

  it('another that is killed at its start leaves nothing undone', async () => {
    const { first, open } = await startHeldUp();
    await install(1);
    let pid = 0;
    const killed = readyJson(machine, [], {
      onSpawn: (spawned) => {
        pid = spawned;
      },
    });
    expect(process.kill(pid, 'SIGKILL')).toBe(true);
    await killed;
    await readyJson(machine, ['--only', 'tenants']);
    open();
    expect((await first).exitCode).toBe(0);
    // Its note was left or not; the next hook of a reload decides.
    expect((await readyJson(machine)).exitCode).toBe(0);
    expect(rendered()).toBe('1');
    expect(notesOf(machine)).toEqual([]);
  });
});

describe('a ready hook that has read the notes for the last time, and still has the lock,', () => {
  it('does another round for a hook that starts just then', async () => {
    const env = { READY_PRERENDER: 'off' };
    const command = { executable: READY, args: ['--only', 'pages'], env };
    const looks = (await recordCalls(machine, command)).filter(
      ({ name, text }) => name === 'rename' && text.includes('/again.pages'),
    );
    expect(looks).toHaveLength(2);
    const log = join(machine.home, 'strace.log');
    const stop = `inject=rename:signal=SIGSTOP:when=${looks.at(-1)?.nth}`;
    const through = ['strace', '-o', log, '-e', 'trace=rename', '-e', stop];
    const first = new RunProcess(machine, { ...command, through });
    await expect
      .poll(() => existsSync(log) && readFileSync(log, 'utf8').includes('stopped by SIGSTOP'))
      .toBe(true);
    expect(await readyJson(machine, ['--only', 'pages'], { env })).toMatchObject(HANDED_OVER);
    await goOn(first, first.answered);
    const { exitCode, stdout } = await first.answered;
    expect({ exitCode, notes: notesOf(machine) }).toEqual({ exitCode: 0, notes: [] });
    expect(stdout).toContain('round 2: ');
  });
});

describe('a container that replaces another one on the same volume', () => {
  it('renders its own pages while the other one is running', async () => {
    const { first, open } = await startHeldUp();
    const other = new Machine({ ...machine.env, RAILS_DB_VOLUME: machine.dbDir });
    other.env = { ...other.env, APP_ROOT: other.appRoot };
    const { exitCode, summaries } = await readyJson(other, ['--only', 'pages']);
    expect({ exitCode, outcome: summaries[0]?.outcome }).toEqual({ exitCode: 0, outcome: 'done' });
    expect(publicFiles(other).size).toBeGreaterThan(20);
    other.remove();
    open();
    expect((await first).exitCode).toBe(0);
  });
});

describe('simultaneous ready hooks', () => {
  it('all succeed, write the pages, and leave nothing to do', async () => {
    const all = await Promise.all(Array.from({ length: HOOKS }, () => readyJson(machine)));
    expect(all.map(({ exitCode }) => exitCode)).toEqual(Array(HOOKS).fill(0));
    const rounds = all.flatMap(({ summaries }) => summaries.filter(({ outcome }) => outcome === 'done'));
    expect(rounds.length).toBeGreaterThan(0);
    expect(rounds.length).toBeLessThanOrEqual(HOOKS);
    expect(rendered()).toBe('0');
    expect(notesOf(machine)).toEqual([]);
  });

  it('leave the pages of the last index while indexes are being installed', async () => {
    const hooks: ReturnType<typeof readyJson>[] = [];
    for (let number = 1; number <= HOOKS; number += 1) {
      await install(number);
      hooks.push(readyJson(machine));
    }
    expect((await Promise.all(hooks)).map(({ exitCode }) => exitCode)).toEqual(Array(HOOKS).fill(0));
    expect(rendered()).toBe(String(HOOKS));
    expect(notesOf(machine)).toEqual([]);
  });
});
