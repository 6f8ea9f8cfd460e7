import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { WebRig } from '../../../dev/web/rig.ts';
import type { Watching } from '../../../dev/web/visitor.ts';
import type { Change } from '../../../src/runs/run-model.ts';
import { never } from '../../support/store/faults.ts';
import { makeGate } from '../../support/suite/gate.ts';
import { ownerOf, type Site, startSite } from '../../support/web-e2e/site.ts';

// Some 400 WebSockets in this process, and each of the runs starts config-update. Machines are played, and nobody
// asks whether an event answers: this is about the server alone.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

/** As many as a server takes. */
const MOST = 200;

let site: Site;
beforeAll(async () => {
  site = await startSite(2, { playedMs: 5, env: { PUBLIC_URL_FLY: '' } });
});
afterAll(() => site.close());

/** A run that is under way until the store is told to speak. */
async function heldRun(name: string, day: string) {
  const gate = makeGate();
  site.store.plan(() => gate.opened.then(() => undefined));
  const owner = ownerOf(site, 'newyork');
  const id = await owner.request('newyork', { name, firstDay: day, lastDay: '' });
  const { change } = await owner.json<{ change: Change }>(`/requests/${id}/state`);
  const { ticket, run } = await owner.events(change.run ?? '');
  return { owner, id, run: run.id, ticket, gate };
}

/** Asked of the server itself: Navigator does not hand it this path. */
const watchersOf = async ({ serverUrl }: WebRig): Promise<number> =>
  ((await (await fetch(`${serverUrl}/up`)).json()) as { watchers: number }).watchers;

const closeAll = (watchers: readonly Watching[]): Promise<unknown> => {
  for (const watching of watchers) watching.close();
  return Promise.all(watchers.map(({ ended }) => ended));
};

describe('200 watchers', () => {
  it('get every event, and one more is told to come back', async () => {
    const { rig } = site;
    const { owner, id, run, ticket, gate } = await heldRun('Watched Ball', '2027-03-01');
    const watchers = Array.from({ length: MOST }, () => owner.watch(run, ticket));
    await Promise.all(watchers.map(({ begun }) => begun));
    const direct = owner.watch(run, ticket, { site: rig.serverUrl });
    const refused = await direct.ended;
    expect(refused).toMatchObject({ status: 503, retryAfter: expect.stringMatching(/^\d+$/) });
    // Navigator says only that.
    expect(await owner.watch(run, ticket).ended).toMatchObject({ status: 502 });
    const poll = await owner.ask(`/runs/${run}/events?after=1000&wait=25`);
    expect([poll.status, poll.headers.get('retry-after')]).toEqual([503, expect.stringMatching(/^\d+$/)]);
    // What does not wait is answered.
    expect(await owner.ask(`/requests/${id}`)).toMatchObject({ status: 200 });
    gate.open();
    expect(await owner.untilOver(id)).toMatchObject({ state: 'live' });
    await Promise.all(watchers.map(({ ended }) => ended));
    const { events } = await owner.events(run);
    const all = events.map(({ seq }) => seq);
    for (const watching of watchers) {
      expect(watching.numbers).toEqual(all);
      expect(watching.frames.at(-1)?.frame).toEqual({ type: 'end' });
    }
    expect(await watchersOf(rig)).toBe(0);
  });

  it('that leave make room for others', async () => {
    const { rig } = site;
    const { owner, id, run, ticket, gate } = await heldRun('Left Ball', '2027-04-01');
    const watchers = Array.from({ length: MOST }, () => owner.watch(run, ticket));
    await Promise.all(watchers.map(({ begun }) => begun));
    await closeAll(watchers);
    await expect.poll(() => watchersOf(rig)).toBe(0);
    const next = owner.watch(run, ticket);
    await next.begun;
    expect(next.frames[0]?.frame).toMatchObject({ type: 'state' });
    gate.open();
    expect(await owner.untilOver(id)).toMatchObject({ state: 'live' });
    await next.ended;
    expect(rig.server.child.exitCode).toBeNull();
  });
});

describe('SIGTERM', () => {
  it('ends the server within 10 s, tells watchers to come back, and loses nothing', async () => {
    const { rig, store } = site;
    const { owner, id, run, ticket, gate } = await heldRun('Ended Ball', '2027-05-01');
    const direct = owner.watch(run, ticket, { site: rig.serverUrl });
    const through = owner.watch(run, ticket);
    const poll = owner.ask(`/runs/${run}/events?after=1000&wait=25`);
    await Promise.all([direct.begun, through.begun]);
    const { child } = rig.server;
    const late = AbortSignal.timeout(10_000);
    const gone = once(child, 'exit', { signal: late });
    child.kill('SIGTERM');
    expect(await gone).toEqual([0, null]);
    expect(await direct.ended).toMatchObject({ code: 1012 });
    // Navigator hands no codes on.
    expect(await through.ended).toMatchObject({ code: 1006 });
    expect([200, 502, 503]).toContain((await poll).status);
    gate.open();
    store.plan(never);
    await rig.startServer();
    expect(await owner.untilOver(id)).toMatchObject({ state: 'live', problem: null });
  });
});
