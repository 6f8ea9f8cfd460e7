import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EventBody } from '../../../src/report/events.ts';
import type { StoredEvent } from '../../../src/runs/run-model.ts';
import { machine, report, told } from '../../support/runs/played-update.ts';
import { Rig } from '../../support/runs/rig.ts';

let rig: Rig;

beforeEach(() => {
  rig = new Rig();
});
afterEach(() => rig.close());

const NEVER = new AbortController().signal;
const notes = (count: number): EventBody[] =>
  Array.from({ length: count }, (_, at) => ({ type: 'note', message: `note ${at}` }));

/** Follows a run as a page does, a few events at a time, until it is over and all were read. */
async function follow(run: string, limit: number): Promise<StoredEvent[]> {
  const read: StoredEvent[] = [];
  for (;;) {
    const after = read.at(-1)?.seq ?? 0;
    const state = rig.runs.run(run);
    const events = rig.runs.events(run, after, limit);
    read.push(...events);
    if (events.length > 0) continue;
    if (state && !['waiting', 'running'].includes(state.state)) return read;
    await rig.runs.waitFor(run, after, 60_000, NEVER);
  }
}

describe('the events of a run', () => {
  it('are numbered from 1 without a gap, and are what config-update said', async () => {
    const lines = told(report(), notes(500));
    rig.played.play({ lines });
    rig.runs.start();
    const run = rig.change(rig.save('one')).run ?? '';
    const read = await follow(run, 7);
    expect(read.map(({ seq }) => seq)).toEqual(Array.from({ length: 502 }, (_, at) => at + 1));
    expect(read.map(({ event }) => event)).toEqual(
      lines
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    );
    expect(rig.runs.run(run)).toMatchObject({ lastSeq: 502, state: 'done' });
  });

  it('reach every watcher, the slow ones and those that come late, in the same order', async () => {
    rig.played.hold();
    rig.played.play({ lines: told(report(), notes(50)) });
    rig.runs.start();
    const run = rig.change(rig.save('one')).run ?? '';
    const early = Array.from({ length: 20 }, (_, at) => follow(run, at + 1));
    await rig.played.letGo();
    const [first, ...others] = await Promise.all(early);
    expect(first).toHaveLength(52);
    for (const other of [...others, await follow(run, 1000)]) expect(other).toEqual(first);
    expect(rig.runs.events(run, 40, 3).map(({ seq }) => seq)).toEqual([41, 42, 43]);
  });

  it('are kept by the time that somebody is woken', async () => {
    rig.played.hold();
    rig.runs.start();
    const run = rig.change(rig.save('one')).run ?? '';
    await rig.has('running', 1);
    const woken = rig.runs.waitFor(run, 0, 60_000, NEVER);
    await rig.played.letGo();
    await woken;
    expect(rig.runs.events(run, 0, 10).length).toBeGreaterThan(0);
  });

  it('of no run are none', () => {
    expect(rig.runs.events('nothing', 0, 10)).toEqual([]);
  });
});

describe('who waits', () => {
  it('is told at once what is there already', async () => {
    rig.runs.start();
    const id = rig.save('one');
    await rig.reaches(id, 'live');
    await rig.runs.waitFor(rig.change(id).run ?? '', 1, 60_000, NEVER);
    await rig.runs.waitFor('nothing', 0, 60_000, NEVER);
    await rig.runs.waitForChange('nothing', 60_000, NEVER);
  });

  it('is told of each state of a run and of a change', async () => {
    const id = rig.save('one');
    const run = rig.change(id).run ?? '';
    const both = Promise.all([
      rig.runs.waitFor(run, 0, 60_000, NEVER),
      rig.runs.waitForChange(id, 60_000, NEVER),
    ]);
    rig.runs.cancel(run, 'bob');
    await both;
    expect(rig.change(id).state).toBe('pending');
  });

  it('waits no longer than wanted, nor when he has gone, nor when the server ends', async () => {
    const id = rig.save('one');
    const run = rig.change(id).run ?? '';
    await rig.runs.waitFor(run, 0, 1, NEVER);
    await rig.runs.waitFor(run, 0, 60_000, AbortSignal.abort());
    const gone = new AbortController();
    const waiting = [rig.runs.waitFor(run, 0, 60_000, gone.signal)];
    gone.abort();
    await waiting[0];
    const last = rig.runs.waitForChange(id, 60_000, NEVER);
    await rig.runs.close();
    await last;
    rig.open();
  });
});

it('the tally tells of the last report, also after another one', async () => {
  rig.runs.start();
  expect(rig.runs.tally().lastReport).toBeNull();
  for (const machines of [[machine('m1')], [machine('m1'), machine('m2')]]) {
    rig.played.play({ lines: told(report({ machines })) });
    await rig.reaches(rig.save(`with ${machines.length}`), 'live');
    expect(rig.runs.tally().lastReport?.machines).toHaveLength(machines.length);
  }
});
