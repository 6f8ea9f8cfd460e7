import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { concludeReport } from '../../../src/runs/conclude.ts';
import type { Run } from '../../../src/runs/run-model.ts';
import { halfFailed, machine, type Part, report, told } from '../../support/runs/played-update.ts';
import { Rig } from '../../support/runs/rig.ts';

let rig: Rig;

beforeEach(() => {
  rig = new Rig();
});
afterEach(() => rig.close());

const failure = (code: NonNullable<ReturnType<typeof report>['error']>['code']) =>
  told(
    report({ outcome: 'failed', machines: [], error: { code, message: `it is ${code}`, hint: 'Do it.' } }),
  );

/** The run that has a change in the end. */
function lastRun(id: string): Run {
  return rig.runs.run(rig.change(id).run ?? '') ?? expect.unreachable('no run');
}

describe('a run that fails by what may pass', () => {
  it('is tried three times more, with the same changes, and given up then', async () => {
    rig.played.play({ lines: failure('store-unreachable'), exit: 1 });
    rig.runs.start();
    const id = rig.save('one');
    const change = await rig.reaches(id, 'failed');
    expect(change.problem).toEqual({
      code: 'store-unreachable',
      message: 'it is store-unreachable',
      hint: 'Do it.',
    });
    const runs = rig.runs.runs().rows.toReversed();
    expect(runs.map(({ attempt, state }) => [attempt, state])).toEqual(
      [1, 2, 3, 4].map((at) => [at, 'failed']),
    );
    expect(runs.map(({ next }) => next)).toEqual([...runs.slice(1).map((run) => run.id), null]);
    expect(runs.map(({ trigger }) => trigger)).toEqual(['request', 'retry', 'retry', 'retry']);
    expect(rig.played.starts).toHaveLength(4);
  });

  it('is done with the first attempt that ends well', async () => {
    rig.played.play({ lines: failure('busy'), exit: 1 }, 1);
    rig.played.play({ lines: '', last: 'kill -9 $$' }, 2);
    rig.runs.start();
    const id = rig.save('one');
    expect(await rig.reaches(id, 'live', 'failed')).toMatchObject({ state: 'live', problem: null });
    expect(rig.states).toEqual(['failed', 'failed', 'done']);
    expect(lastRun(id)).toMatchObject({ attempt: 3, exitCode: 0 });
  });

  it('waits before it is tried again, but not if somebody asks for a run meanwhile', async () => {
    await rig.runs.close();
    rig.open({ limits: { firstRetryMs: 50_000_000, longestRetryMs: 50_000_000 } });
    rig.played.play({ lines: failure('lock-timeout'), exit: 1 }, 1);
    rig.runs.start();
    const first = rig.save('first');
    await rig.has('failed', 1);
    const waiting = lastRun(first);
    expect(waiting).toMatchObject({ state: 'waiting', attempt: 2 });
    expect(Date.parse(waiting.notBefore ?? '')).toBeGreaterThan(Date.now() + 20_000_000);
    const second = rig.save('second');
    expect(lastRun(second)).toMatchObject({ id: waiting.id, attempt: 1 });
    await rig.reaches(first, 'live');
    await rig.reaches(second, 'live');
    expect(rig.played.starts).toHaveLength(2);
  });

  it('hands its changes to the run that waits already', async () => {
    rig.played.hold();
    rig.played.play({ lines: failure('out-of-time'), exit: 1 }, 1);
    rig.runs.start();
    const first = rig.save('first');
    await rig.has('running', 1);
    const second = rig.save('second');
    await rig.played.letGo();
    await rig.has('failed', 1);
    expect(rig.change(first).run).toBe(rig.change(second).run);
    await rig.played.letGo();
    await rig.reaches(first, 'live');
    await rig.reaches(second, 'live');
  });
});

const cases: readonly (readonly [string, Part, number, string])[] = [
  [
    'the index was published elsewhere',
    { lines: told(report({ outcome: 'changed-elsewhere', machines: [] })), exit: 4 },
    1,
    'changed-elsewhere',
  ],
  ['its arguments are not usable', { lines: failure('usage'), exit: 2 }, 1, 'usage'],
  ['its configuration is not valid', { lines: failure('config-invalid'), exit: 1 }, 1, 'config-invalid'],
  ['the index is not valid', { lines: failure('index-invalid'), exit: 1 }, 1, 'index-invalid'],
  [
    'no machine was running',
    { lines: told(report({ outcome: 'nothing-to-do', machines: [] })), exit: 3 },
    1,
    'fleet-unreachable',
  ],
  [
    'a machine has other passwords',
    { lines: told(halfFailed('unauthorized')), exit: 1 },
    1,
    'machine-failed',
  ],
  ['a machine failed', { lines: told(halfFailed()), exit: 1 }, 4, 'machine-failed'],
  ['somebody ended it', { lines: failure('cancelled'), exit: 143 }, 4, 'cancelled'],
  ['it was killed', { lines: '', last: 'kill -9 $$' }, 4, 'command-failed'],
  ['it says nothing, and ends badly', { lines: '', exit: 1 }, 4, 'command-failed'],
  ['it says nothing of its end', { lines: '', exit: 0 }, 1, 'internal'],
  ['it does not know its arguments', { lines: '', exit: 2 }, 1, 'usage'],
  ['it writes nonsense', { lines: 'No such command\n', exit: 0 }, 1, 'internal'],
];

describe('a run fails with a word for it', () => {
  it.each(cases)('if %s', async (_, part, attempts, code) => {
    rig.played.play(part);
    rig.runs.start();
    const id = rig.save('one');
    const change = await rig.reaches(id, 'failed', 'live');
    expect(change).toMatchObject({ state: 'failed', problem: { code } });
    expect(change.problem?.hint).toMatch(/\.$/);
    expect(rig.played.starts).toHaveLength(attempts);
    expect(lastRun(id)).toMatchObject({ state: 'failed', error: change.problem });
  });

  it('if it cannot be started', async () => {
    await rig.runs.close();
    rig.open({ command: [join(rig.home, 'nothing')] });
    rig.runs.start();
    const id = rig.save('one');
    const { problem } = await rig.reaches(id, 'failed');
    expect(problem).toMatchObject({
      code: 'command-failed',
      message: expect.stringContaining('cannot be started'),
    });
    expect(rig.states).toHaveLength(4);
  });

  it('if it takes too long', async () => {
    await rig.runs.close();
    rig.open({ limits: { runMs: 100, firstRetryMs: 1, longestRetryMs: 1 } });
    rig.played.play({ lines: '', last: 'sleep 1000' });
    rig.runs.start();
    const id = rig.save('one');
    const { problem } = await rig.reaches(id, 'failed');
    expect(problem).toMatchObject({ code: 'out-of-time', message: expect.stringContaining('after 0.1 s') });
  });

  it('with its last words, from which secrets are taken', async () => {
    await rig.runs.close();
    rig.open({ env: { PATH: process.env['PATH'], FLEET_PASSWORD: 'hunter2hunter2' } });
    rig.played.play({ lines: '', exit: 2, last: 'echo "no login for $FLEET_PASSWORD" >&2' });
    rig.runs.start();
    const { problem } = await rig.reaches(rig.save('one'), 'failed');
    expect(problem?.message).toMatch(/its last words: no login for \[redacted\]$/);
  });

  it('with a version of its events that is not known, from which secrets are taken', async () => {
    await rig.runs.close();
    rig.open({ env: { PATH: process.env['PATH'], FLEET_PASSWORD: 'hunter2hunter2' } });
    rig.played.play({ lines: '{"v":"hunter2hunter2"}\n' });
    rig.runs.start();
    const { problem } = await rig.reaches(rig.save('one'), 'failed');
    expect(problem?.message).toContain('(version "[redacted]" is not known)');
  });

  it('though it has written something that is not an event, not if it says that all went well', async () => {
    rig.played.play({ lines: `Loading...\n${told(report())}` });
    rig.runs.start();
    await rig.reaches(rig.save('one'), 'live');
  });
});

describe('what has failed', () => {
  it('is done again when somebody asks for it: one change, or the whole run', async () => {
    rig.played.play({ lines: failure('config-invalid'), exit: 1 });
    rig.runs.start();
    const [one, two] = [rig.save('one'), rig.save('two')];
    await rig.reaches(one, 'failed');
    await rig.reaches(two, 'failed');
    const failed = lastRun(one);
    expect(rig.runs.retry(one, 'bob')).toBe(rig.change(one).run);
    await rig.reaches(one, 'failed');
    rig.played.play({});
    const next = rig.runs.retry(failed.id, 'bob');
    expect(rig.runs.run(failed.id)?.next).toBe(next);
    await rig.reaches(two, 'live');
    expect(rig.runs.retry(failed.id, 'bob'), 'it was done again').toBeNull();
    // It had all of the index, whoever asked for it.
    expect((await rig.reaches(one, 'live')).problem).toBeNull();
    expect(rig.runs.retry(one, 'bob')).toBeNull();
    expect(rig.played.starts.at(-1)).toMatch(/^bob /);
  });

  it('is the only thing that is done again', async () => {
    rig.runs.start();
    const id = rig.save('one');
    await rig.reaches(id, 'live');
    expect(rig.runs.retry(id, 'bob')).toBeNull();
    expect(rig.runs.retry(lastRun(id).id, 'bob')).toBeNull();
    expect(rig.runs.retry('nothing', 'bob')).toBeNull();
    expect(rig.runs.retry(rig.save('two', {}, false), 'bob')).toBeNull();
  });

  it('says which machines failed, five at most', async () => {
    const error = { code: 'unauthorized', message: 'HTTP 401', hint: 'Look.' } as const;
    const machines = Array.from({ length: 7 }, (_, at) => machine(`m${at}`, { outcome: 'failed', error }));
    rig.played.play({ lines: told(report({ outcome: 'failed', machines })), exit: 1 });
    rig.runs.start();
    const { problem } = await rig.reaches(rig.save('one'), 'failed');
    expect(problem?.message).toBe('7 machines failed (m0, m1, m2, m3, m4 and others): HTTP 401');
    const five = report({ outcome: 'failed', machines: machines.slice(0, 5) });
    expect(concludeReport(five).error?.message).toBe('5 machines failed (m0, m1, m2, m3, m4): HTTP 401');
  });
});
