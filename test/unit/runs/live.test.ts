import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { closeServer } from '../../support/runs/close-server.ts';
import { QUICK } from '../../support/runs/parts.ts';
import { halfFailed, report, told } from '../../support/runs/played-update.ts';
import { Rig } from '../../support/runs/rig.ts';

let rig: Rig;
let server: Server;
let status: number;
let live: { url: string };

beforeEach(async () => {
  rig = new Rig({ limits: { ...QUICK, checkMs: 40 } });
  status = 200;
  server = createServer((_, response) => void response.writeHead(status).end()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  live = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/2027/boston/` };
});
afterEach(async () => {
  await rig.close();
  await closeServer(server);
});

const INDEX = { etag: '"e1"', sha256: null, size: 1, time: '2026-01-01T00:00:00.000Z', by: null };
const PUBLISHED = { ...INDEX, publishedAt: INDEX.time };

describe('after a run that ended well, a change with an address', () => {
  it('is live when that answers, and says with which index', async () => {
    rig.played.play({ lines: told(report({ index: PUBLISHED })) });
    rig.runs.start();
    const change = await rig.reaches(rig.save('one', { live }), 'live', 'failed');
    expect(change).toMatchObject({
      state: 'live',
      problem: null,
      live: { ...live, result: { isLive: true, status: 200, revision: '"e1"', reason: 'it answers 200' } },
    });
  });

  it('fails when that does not answer in time, and is published again by who tries again', async () => {
    status = 404;
    rig.runs.start();
    const id = rig.save('one', { live });
    const change = await rig.reaches(id, 'live', 'failed');
    expect(change).toMatchObject({
      state: 'failed',
      problem: { code: 'machine-failed', message: `${live.url} does not answer with it: it answers 404` },
      live: { result: { isLive: false, status: 404 } },
    });
    status = 401;
    rig.runs.retry(id, 'ann');
    expect(await rig.reaches(id, 'live')).toMatchObject({ problem: null });
    expect(rig.played.starts).toHaveLength(2);
  });

  it('that is checked when the server ends is checked again after the next start', async () => {
    await rig.runs.close();
    rig.open({ limits: { checkMs: 60_000 } });
    status = 502;
    rig.runs.start();
    const id = rig.save('one', { live });
    await rig.reaches(id, 'checking');
    await rig.runs.close();
    status = 200;
    rig.open().start();
    await rig.reaches(id, 'live');
    expect(rig.played.starts).toHaveLength(1);
  });
});

describe('after a run with which some machines failed, a change with an address', () => {
  it('is live at once if that answers, and says which machines failed until a later run has reached them', async () => {
    await rig.runs.close();
    rig.open({ limits: { ...QUICK, firstRetryMs: 1e9, longestRetryMs: 1e9 } });
    rig.played.play({ lines: told(halfFailed()), exit: 1 }, 1);
    rig.runs.start();
    const id = rig.save('one', { live });
    const change = await rig.reaches(id, 'live');
    expect(change.problem).toMatchObject({ code: 'machine-failed', message: expect.stringContaining('m2') });
    expect(rig.runs.run(change.run ?? '')).toMatchObject({ state: 'waiting', attempt: 2 });
    const other = rig.save('other');
    await rig.reaches(other, 'live');
    expect(rig.change(id)).toMatchObject({ state: 'live', problem: null });
  });

  it('waits for the retry if that does not answer, and is checked after it', async () => {
    await rig.runs.close();
    rig.open({ limits: { ...QUICK, checkMs: 5000 } });
    status = 404;
    rig.played.play({ lines: told(halfFailed()), exit: 1 }, 1);
    rig.runs.start();
    const id = rig.save('one', { live });
    await rig.has('done', 1);
    expect(rig.change(id).state).toBeOneOf(['asked', 'checking']);
    status = 200;
    expect(await rig.reaches(id, 'live', 'failed')).toMatchObject({ state: 'live', problem: null });
    expect(rig.states).toEqual(['failed', 'done']);
  });

  it('has failed in the end if neither its address answers nor a retry goes well', async () => {
    status = 503;
    rig.played.play({ lines: told(halfFailed()), exit: 1 });
    rig.runs.start();
    const change = await rig.reaches(rig.save('one', { live }), 'live', 'failed');
    expect(change).toMatchObject({ state: 'failed', problem: { message: expect.stringContaining('m2') } });
    expect(rig.states).toEqual(['failed', 'failed', 'failed', 'failed']);
  });
});

describe('if no machine was running, a change', () => {
  beforeEach(() => {
    rig.played.play({ lines: told(report({ outcome: 'nothing-to-do', machines: [] })), exit: 3 });
    rig.runs.start();
  });

  it('with an address is live when that answers, since a request wakes a machine', async () => {
    expect(await rig.reaches(rig.save('one', { live }), 'live', 'failed')).toMatchObject({ state: 'live' });
  });

  it('has failed, and says so', async () => {
    status = 503;
    const message = 'no machine was running, so none has it yet';
    for (const more of [{ live }, {}])
      expect(await rig.reaches(rig.save('one', more), 'live', 'failed')).toMatchObject({
        state: 'failed',
        problem: { message },
      });
  });
});
