import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../src/report/events.ts';
import type { Change, Run } from '../../src/runs/run-model.ts';
import { daysWords, sentence } from '../../src/web/request/request-page.ts';
import { standingOf, updatingPercent } from '../../src/web/request/request-standing.ts';
import { medianOf, timeLeft, timeLeftWords } from '../../src/web/request/time-left.ts';
import { progressOf } from '../../src/web/run/machine-standings.ts';
import { machine, report } from '../runs/support/played-update.ts';
import { fleetEvents } from './support/fleet-events.ts';

const CHANGE: Change = {
  id: 'c',
  at: '2026-11-30T12:00:00.000Z',
  by: 'ann',
  kind: 'event',
  action: 'create',
  subject: '2027/boston/gala',
  studio: 'boston',
  before: null,
  after: { name: 'Gala' },
  state: 'asked',
  target: 'fly',
  run: 'r',
  live: { url: 'https://smooth.example/showcase/2027/boston/gala' },
  problem: null,
  rows: [],
};
const RUN: Run = {
  id: 'r',
  target: 'fly',
  state: 'running',
  attempt: 1,
  trigger: 'request',
  by: 'ann',
  madeAt: CHANGE.at,
  beganAt: CHANGE.at,
  endedAt: null,
  notBefore: null,
  report: null,
  error: null,
  exitCode: null,
  lastSeq: 0,
  next: null,
};
const FAILED: Run = {
  ...RUN,
  id: 'before',
  state: 'failed',
  error: { code: 'machine-failed', message: 'm2 does not answer', hint: 'Look at it.' },
};

function stand(
  change: Partial<Change>,
  {
    run = RUN,
    before = null,
    isBehind = false,
    events = [],
  }: Partial<{ run: Run | null; before: Run | null; isBehind: boolean; events: readonly RunEvent[] }> = {},
) {
  return standingOf({
    change: { ...CHANGE, ...change },
    run,
    before,
    isBehind,
    progress: progressOf(events),
  });
}

const PROBLEM = { code: 'machine-failed', message: 'm2 failed', hint: 'Look at it.' } as const;

describe('the words about a request', () => {
  it('follow a run from its beginning to its end, and the bar never goes back', () => {
    const events = fleetEvents(report({ machines: [machine('m1'), machine('m2')] }));
    const seen = events.map((_, at) => stand({}, { events: events.slice(0, at + 1) }));
    const percents = seen.map(({ percent }) => percent ?? -1);
    expect(percents).toEqual(percents.toSorted((a, b) => a - b));
    expect([...new Set(seen.map(({ detail }) => detail))]).toEqual([
      'The update begins.',
      'The index goes to the store.',
      'Asking which machines are running.',
      '0 of 2 machines have it.',
      '1 of 2 machines has it.',
      '2 of 2 machines have it.',
    ]);
    expect(percents.at(-1)).toBeLessThan(stand({ state: 'checking' }).percent ?? 0);
  });

  it('name each machine with how it stands, also those that sleep', () => {
    const events = fleetEvents(
      report({
        machines: [machine('m1'), machine('m2', { outcome: 'failed', error: PROBLEM })],
        skipped: [{ id: 'm3', region: 'ams', state: 'suspended' }],
      }),
    );
    expect(stand({}, { events }).machines).toMatchObject([
      { name: 'm1', region: 'iad', tone: 'good', state: 'Has it' },
      { name: 'm2', tone: 'bad', state: 'Failed', detail: 'm2 failed' },
      {
        name: 'm3',
        region: 'ams',
        tone: 'none',
        state: 'Sleeps',
        detail: expect.stringContaining('suspended'),
      },
    ]);
  });

  it('take the machines from the report where the events are forgotten', () => {
    const run = { ...RUN, state: 'done', report: report({ machines: [machine('m1')] }) } as const;
    expect(stand({ state: 'live' }, { run }).machines).toMatchObject([{ name: 'm1', state: 'Has it' }]);
  });

  it('tell which address is asked', () => {
    const { detail, kind, address } = stand({ state: 'checking' });
    expect(detail).toContain('Asking https://smooth.example/showcase/2027/boston/gala whether it answers.');
    expect({ kind, address }).toEqual({ kind: 'moving', address: null });
  });

  it('give the address only once it has answered', () => {
    const live = {
      url: 'https://smooth.example/x',
      result: {
        isLive: true,
        reason: 'it answers 401',
        status: 401,
        revision: null,
        at: CHANGE.at,
        tries: 1,
      },
    };
    expect(stand({ state: 'live', live })).toMatchObject({
      kind: 'live',
      title: 'The event is live',
      detail: 'https://smooth.example/x answers.',
      percent: 100,
      address: 'https://smooth.example/x',
    });
  });

  it('say that a run waits behind another one', () => {
    const run = { ...RUN, state: 'waiting', beganAt: null } as const;
    expect(stand({}, { run, isBehind: true }).detail).toContain('Another update is under way');
    expect(stand({}, { run }).detail).toBe('The update begins in a moment.');
  });

  it('say what failed while it is tried again, and that it is', () => {
    const run = { ...RUN, state: 'waiting', attempt: 2, beganAt: null } as const;
    const standing = stand({}, { run, before: FAILED });
    expect(standing).toMatchObject({ kind: 'moving', problem: { message: 'm2 does not answer' } });
    expect(standing.next).toBe('It is tried again by itself.');
  });

  it('say of a failure what is saved, what failed, and what happens next', () => {
    expect(stand({ state: 'failed', problem: PROBLEM })).toMatchObject({
      kind: 'failed',
      title: 'The event is saved, but not live',
      problem: { message: 'm2 failed' },
      next: expect.stringContaining('Try again'),
    });
  });

  it('do not promise that trying again helps where another host has published', () => {
    const problem = { ...PROBLEM, code: 'changed-elsewhere' } as const;
    expect(stand({ state: 'failed', problem }).next).toContain('an administrator has to decide');
  });

  it('say of one that is live for some machines only which ones are not', () => {
    expect(stand({ state: 'live', problem: PROBLEM })).toMatchObject({
      kind: 'live',
      problem: { message: 'm2 failed' },
      next: expect.stringContaining('do not have it yet'),
    });
  });

  it.each([
    ['password', 'update', 'The password is being published'],
    ['update', 'publish', 'The machines are being updated'],
    ['event', 'delete', 'The event is being removed'],
  ] as const)('fit a change of the kind %s (%s)', (kind, action, title) => {
    expect(stand({ kind, action }).title).toBe(title);
  });

  it.each([
    ['intended', 'moving'],
    ['pending', 'saved'],
    ['dropped', 'dropped'],
  ] as const)('know what a change is that is %s', (state, kind) => {
    expect(stand({ state }, { run: null })).toMatchObject({ kind, address: null });
  });
});

describe('the bar', () => {
  it('goes from 30 to 88 while machines answer, also where there is none', () => {
    expect([
      updatingPercent(0, 0),
      updatingPercent(0, 8),
      updatingPercent(4, 8),
      updatingPercent(8, 8),
    ]).toEqual([30, 30, 59, 88]);
  });
});

describe('the time left', () => {
  const base = { now: 10_000, began: null, aheadBegan: null, notBefore: null, usual: 4000 };

  it.each([
    ['nobody knows without an earlier run', { ...base, usual: null }, null],
    ['is that of earlier runs before the beginning', base, 4000],
    ['is what is left of that afterwards', { ...base, began: 9000 }, 3000],
    ['is 0 where it takes longer', { ...base, began: 1000 }, 0],
    ['counts the run that is ahead', { ...base, aheadBegan: 8000 }, 6000],
    ['counts the pause before a retry', { ...base, notBefore: 15_000 }, 9000],
  ] as const)('%s', (_, timing, left) => expect(timeLeft(timing)).toBe(left));

  it.each([
    [null, ''],
    [0, 'It takes longer than usual'],
    [300, 'About a second left'],
    [2500, 'About 3 seconds left'],
    [89_000, 'About 89 seconds left'],
    [130_000, 'About 2 minutes left'],
  ] as const)('of %s ms has words', (ms, words) => expect(timeLeftWords(ms)).toBe(words));

  it('is that of the middle one of earlier runs', () => {
    expect([medianOf([]), medianOf([5]), medianOf([9, 1, 5]), medianOf([1, 3])]).toEqual([null, 5, 5, 2]);
  });
});

describe('dates and sentences', () => {
  it.each([
    ['2027-03-05', '5 March 2027'],
    ['2027-03-05 - 2027-03-07', '5 March 2027 to 7 March 2027'],
    ['Spring 2027', 'Spring 2027'],
    ['', ''],
  ])('the date %j is shown as %j', (date, words) => expect(daysWords(date)).toBe(words));

  it('a message that is a part of a line becomes a sentence', () => {
    expect([sentence('it failed'), sentence('Look at it.'), sentence('')]).toEqual([
      'It failed.',
      'Look at it.',
      '',
    ]);
  });
});
