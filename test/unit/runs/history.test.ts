import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inFleetJournal } from '../../../src/journal/fleet.ts';
import type { FleetRunEnd } from '../../../src/journal/journal-model.ts';
import { report, told } from '../../support/runs/played-update.ts';
import { Room } from '../../support/runs/room.ts';

let room: Room;

beforeEach(() => {
  room = new Room('http://127.0.0.1:1/');
});
afterEach(() => room.remove());

const FLEET_RUN = report().run;
const END: FleetRunEnd = {
  ...{ durationMs: 5, outcome: 'done', published: 'published', etag: null, updated: 1 },
  ...{ failed: [], skipped: 0, errorCode: null },
};

/** A server is killed while a run is under way of which it knows no more than that it began. */
async function killedUnderWay(): Promise<void> {
  const [began = ''] = told(report({ run: FLEET_RUN })).split('\n');
  room.played.play({ lines: `${began}\n`, last: 'sleep 1000' }, 1);
  const save = ['intend one', 'put one', 'saved one', 'until-event', 'die'];
  expect((await room.hold(['start', ...save])).signal).toBe('SIGKILL');
}

/** What the journal of the admin host knows of that run; null for no end. */
async function journal(end: Partial<FleetRunEnd> | null, run = FLEET_RUN): Promise<void> {
  await inFleetJournal({ dbDir: join(room.home, 'db'), timeoutMs: 60_000 }, (fleet) => {
    fleet.begin({ run, who: 'ann@host', target: 'fly' });
    if (end) fleet.finish(run, { ...END, ...end });
  });
}

describe('a run of which a killed server did not hear the end', () => {
  it('ended as the journal says, if that knows', async () => {
    await killedUnderWay();
    await journal({});
    const { changes, runs } = await room.settle();
    expect(changes).toMatchObject([{ state: 'live' }]);
    expect(runs).toMatchObject([{ state: 'done', report: null, error: null }]);
    expect(room.played.starts).toHaveLength(1);
  });

  it.each([
    [{ outcome: 'failed', errorCode: 'store-timeout' }, 'failed', 'store-timeout', 2],
    [{ outcome: 'failed', failed: ['m7'] }, 'failed', 'machine-failed', 2],
    [{ outcome: 'failed', errorCode: 'index-invalid' }, 'failed', 'index-invalid', 1],
    [{ outcome: 'changed-elsewhere' }, 'failed', 'changed-elsewhere', 1],
    [{ outcome: 'nothing-to-do' }, 'failed', 'fleet-unreachable', 1],
  ] as const)('is tried again only where that may help: %j', async (end, state, code, starts) => {
    await killedUnderWay();
    await journal(end);
    const { changes, runs } = await room.settle();
    expect(runs[0]).toMatchObject({ state, error: { code, message: expect.stringContaining(FLEET_RUN) } });
    expect(room.played.starts).toHaveLength(starts);
    expect(changes[0]?.state).toBe(starts === 1 ? 'failed' : 'live');
  });

  it.each([
    ['knows no end of it', null, FLEET_RUN],
    ['knows another run alone', {}, report().run],
  ])('is interrupted, and done again, if the journal %s', async (_, end, run) => {
    await killedUnderWay();
    await journal(end, run);
    const { changes, runs } = await room.settle();
    expect(changes).toMatchObject([{ state: 'live' }]);
    expect(runs.map(({ state }) => state)).toEqual(['interrupted', 'done']);
  });
});

it('a killed server takes the end that it has kept, whatever the journal says', async () => {
  room.played.play({ lines: told(report({ run: FLEET_RUN })), last: 'sleep 1000' }, 1);
  const save = ['intend one', 'put one', 'saved one', 'until-ended', 'die'];
  await room.hold(['start', ...save]);
  await journal({ outcome: 'failed', errorCode: 'disk' });
  const { runs } = await room.settle();
  expect(runs).toMatchObject([{ state: 'done', report: { run: FLEET_RUN } }]);
  expect(room.played.starts).toHaveLength(1);
});
