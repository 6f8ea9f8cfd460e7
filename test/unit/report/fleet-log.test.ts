import { describe, expect, it } from 'vitest';
import { fleetLog } from '../../../src/fleet-view/fleet-log.ts';
import { FleetProgress } from '../../../src/fleet-view/fleet-progress.ts';
import { renderFleetHistory, renderMachines } from '../../../src/fleet-view/fleet-table.ts';
import {
  adviceLines,
  complaint,
  dateLine,
  foreign,
  publishLines,
  sortedOut,
} from '../../../src/fleet-view/fleet-words.ts';
import type { EventBody } from '../../../src/report/events.ts';
import {
  type FleetReport,
  type Machine,
  type MachineOutcome,
  nameOf,
} from '../../../src/report/fleet-results.ts';
import { AT, told } from '../../support/report/results.ts';

const machine = (id: string, target?: string) => ({
  id,
  region: 'iad',
  state: 'started',
  ...(target ? { target } : {}),
});
const outcome = (id: string, more: Partial<MachineOutcome> = {}): MachineOutcome => ({
  machine: machine(id),
  outcome: 'updated',
  etag: '"e"',
  detail: '',
  attempts: 1,
  ms: 1000,
  ...more,
});
const FAILED = outcome('d2', {
  outcome: 'failed',
  error: { code: 'machine-failed', message: 'bad', hint: 'look' },
});
const DIFFERS = outcome('d3', { outcome: 'differs', etag: null, detail: 'x' });
const report = (more: Partial<FleetReport> = {}): FleetReport => ({
  run: 'r',
  by: 'ann@x',
  target: 'fly',
  operation: 'update',
  outcome: 'done',
  publish: null,
  index: null,
  machines: [outcome('d1')],
  skipped: [],
  beganAt: AT,
  ms: 5,
  ...more,
});

const itemOf = (one: Machine) =>
  ({ type: 'item', kind: 'machine', step: 'update', name: nameOf(one), machine: one }) as const;
const doneItem = ({ machine: one, attempts, ...rest }: MachineOutcome): EventBody => ({
  ...itemOf(one),
  phase: 'done',
  attempt: attempts,
  ...rest,
});

describe('the log of a run over the fleet', () => {
  const logged = (event: EventBody): EventBody | undefined => {
    const out: EventBody[] = [];
    fleetLog((one) => out.push(one))(told(event));
    return out[0];
  };

  it('has each machine with its outcome', () => {
    const item = (one: MachineOutcome) => logged(doneItem(one));
    expect(item(outcome('d1'))).toMatchObject({
      outcome: 'changed',
      detail: 'updated after 1 attempt, 1000 ms',
    });
    expect(item(outcome('d1', { outcome: 'unchanged', detail: 'x' }))).toMatchObject({
      outcome: 'left-alone',
      detail: 'unchanged after 1 attempt, 1000 ms: x',
    });
    expect(item(FAILED)).toMatchObject({ outcome: 'failed', detail: 'failed after 1 attempt, 1000 ms: bad' });
    expect(item(DIFFERS)).toMatchObject({ outcome: 'failed' });
  });

  it('ends with how the run did', () => {
    const end = (more: Partial<FleetReport>) => {
      const event = logged({ type: 'run-ended', kind: 'fleet', result: report(more) });
      return event?.type === 'run-ended' && event.kind === 'operation' ? event.result : null;
    };
    const outcomes = (['done', 'nothing-to-do', 'failed', 'changed-elsewhere'] as const).map(
      (one) => end({ outcome: one })?.outcome,
    );
    expect(outcomes).toEqual(['done', 'done', 'failed', 'failed']);
    expect(end({ operation: 'verify' })?.outcome).toBe('dry-run');
    const theirs = { ...FAILED, error: { ...FAILED.error, hintFrom: 'machine' } } as MachineOutcome;
    expect(
      end({ machines: [outcome('d1'), theirs, DIFFERS], skipped: [machine('d4')], outcome: 'failed' }),
    ).toMatchObject({
      counts: { good: 1, bad: 2, skipped: 1 },
      failures: [
        { name: 'd2', code: 'machine-failed', message: 'bad', hint: 'it says: look' },
        { name: 'd3', message: 'has no index that was published or pushed (x)' },
      ],
    });
  });
});

describe('how far a run is', () => {
  const progress = () => {
    const one = new FleetProgress();
    const say = (event: EventBody, ms: number) => one.apply(told(event, new Date(ms).toISOString()));
    for (const id of ['a', 'b', 'c'])
      say({ ...itemOf(machine(id)), phase: 'waiting', outcome: null, detail: 'started', attempt: 0 }, 0);
    say({ type: 'step', number: 3, of: 3, name: 'update', title: 'Update' }, 0);
    say({ type: 'progress', step: 'update', done: 0, total: 3, concurrency: 2 }, 0);
    return { one, say };
  };

  it('counts machines that are done, and those of them that are not as they should be', () => {
    const { one, say } = progress();
    expect([one.total, one.done, one.failed, one.timeLeft(0)]).toEqual([3, 0, 0, null]);
    say({ ...itemOf(machine('a')), phase: 'asking', outcome: null, detail: '', attempt: 1 }, 100);
    say(
      { ...itemOf(machine('a')), phase: 'pausing', outcome: null, detail: 'slow', attempt: 1, waitMs: 50 },
      200,
    );
    expect(one.machines.get('a')).toMatchObject({
      state: 'pausing',
      reason: 'slow',
      again: 250,
      began: 100,
      attempt: 1,
    });
    say(doneItem(outcome('a')), 300);
    expect(one.machines.get('a')).toMatchObject({ state: 'done', again: null, began: 100 });
    say(doneItem({ ...FAILED, machine: machine('b') }), 400);
    expect([one.done, one.failed, one.timeLeft(400)]).toEqual([2, 1, 1000]);
  });

  it('has as much time left as the others have taken, for as many at a time as may be', () => {
    const { one, say } = progress();
    say(doneItem(outcome('a')), 0);
    expect(one.timeLeft(0)).toBe(1000);
    say({ ...itemOf(machine('b')), phase: 'asking', outcome: null, detail: '', attempt: 1 }, 0);
    expect([one.timeLeft(400), one.timeLeft(5000)]).toEqual([800, 625]);
  });
});

describe('the message for an operator', () => {
  it('has the problem of a machine, and each hint once, with its origin', () => {
    expect([complaint(outcome('d1')), complaint(FAILED), complaint(DIFFERS)]).toEqual([
      null,
      'bad',
      'has no index that was published or pushed (x)',
    ]);
    const says = (id: string) =>
      ({
        ...FAILED,
        machine: machine(id),
        error: { ...FAILED.error, hintFrom: 'machine' },
      }) as MachineOutcome;
    expect(adviceLines([FAILED, { ...FAILED, machine: machine('d9') }])).toEqual([
      'What to do (d2, d9): look',
    ]);
    expect(adviceLines([says('a')])).toEqual(['What to do (says a): look']);
    expect(adviceLines(['a', 'b', 'c', 'd'].map(says))).toEqual([
      'What to do (say a, b, c and 1 more): look',
    ]);
    expect(adviceLines([FAILED, says('a')])).toHaveLength(2);
    expect(adviceLines([DIFFERS])[0]).toContain('Run config-update');
    const { good, bad } = sortedOut(report({ machines: [outcome('d1'), FAILED, DIFFERS] }));
    expect([good.length, bad.length]).toEqual([1, 2]);
    expect([nameOf(machine('a')), nameOf(machine('a', 'fly')), foreign('✓ ok ✓')]).toEqual([
      'a',
      'fly a',
      '* ok *',
    ]);
  });

  it('has the outcome for the index', () => {
    const index = { etag: '"e"', sha256: null, size: 1, time: 't', publishedAt: 'p', by: null };
    expect(publishLines({ kind: 'published', index })).toEqual([
      'Published the index: ETag "e", 1 bytes, changed t',
    ]);
    expect(publishLines({ kind: 'unchanged', index: { ...index, by: 'bob' } })[0]).toContain(
      'published by bob',
    );
    const would = { kind: 'would-publish', index, differences: ['a'] } as const;
    expect(publishLines({ ...would, replaces: null })[1]).toBe('The store has no index yet.');
    expect(publishLines({ ...would, replaces: index }).at(-1)).toBe('  a');
    expect(publishLines({ kind: 'changed-elsewhere', theirs: index, differences: ['a'] }).at(-1)).toContain(
      '--replace e',
    );
  });

  it('has each event with a new date', () => {
    const item = { type: 'item', kind: 'tenant', step: 'dates', name: '2026-boston', phase: 'done' } as const;
    expect(dateLine({ ...item, outcome: 'changed', detail: 'from "a" to "b"', attempt: 1 })).toBe(
      'Date of 2026-boston: from "a" to "b"',
    );
  });
});

describe('a table of machines', () => {
  it('has a line for each, and on a terminal ETags that are cut so that it fits', () => {
    expect(renderMachines(report({ machines: [] }))).toBe('');
    const etag = `"${'e'.repeat(32)}"`;
    const machines = [outcome('d1', { etag }), outcome('d2', { etag: null, attempts: 0 })];
    const wide = renderMachines(report({ machines }));
    expect(wide).toContain(etag);
    expect(wide.split('\n')[2]).toMatch(/^d2 .* - +0 +-$/);
    const widest = (text: string) => Math.max(...text.split('\n').map((line) => line.length));
    expect(widest(renderMachines(report({ machines }), 70))).toBe(70);
    expect(renderMachines(report({ machines }), 60)).toContain(`"${'e'.repeat(7)}`);
    expect(renderMachines(report({ machines }), 10)).toBe(
      'machine  outcome\nd1       updated\nd2       updated\n',
    );
    expect(
      renderMachines(report({ machines: [outcome('d1'), outcome('a', { machine: machine('a', 'fly') })] })),
    ).toMatch(/^target/);
  });

  it('of past runs has what came of them', () => {
    expect(renderFleetHistory([])).toBe('No run has been recorded here yet.\n');
    const row = {
      run: 'r',
      who: 'ann@x',
      operation: 'update',
      undoes: null,
      target: 'fly',
      beganAt: 'b',
      durationMs: 1000,
      outcome: 'failed',
      published: 'published',
      etag: '"e"',
      updated: 2,
      failed: ['a', 'b'],
      skipped: 1,
      errorCode: 'cancelled',
    } as const;
    const text = renderFleetHistory([
      row,
      { ...row, outcome: 'running', durationMs: null, published: null, errorCode: null },
    ]);
    expect(text).toContain('failed (cancelled)  2 updated, 2 failed: a b, 1 skipped  1.00 s');
    expect(text.trimEnd().split('\n').at(-1)).toMatch(/ - +running +- +-$/);
  });
});
