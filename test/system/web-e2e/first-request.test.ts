import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Change } from '../../../src/runs/run-model.ts';
import { always, never } from '../../support/store/faults.ts';
import { makeGate } from '../../support/suite/gate.ts';
import { eventsNamed, ownerOf, runsOf, type Site, startSite } from '../../support/web-e2e/site.ts';

// Each run starts config-update and two real CGIs, and a failed one is tried again after up to 10 s.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

let site: Site;
beforeAll(async () => {
  site = await startSite(2);
});
afterAll(() => site.close());
afterEach(async () => {
  site.store.plan(never);
  await site.rig.setFaults('');
});

/** Another one for each number. */
const dayOf = (at: number): string => new Date(Date.UTC(2028, 0, 1 + at)).toISOString().slice(0, 10);

/** Each once. */
const areOnAll = (...names: readonly string[]): void => {
  for (const machine of site.rig.machines)
    expect(eventsNamed(site.rig.machineIndex(machine), ...names).map(({ name }) => name)).toEqual(names);
};

describe('a request through Navigator', () => {
  it('is live at its own address after one run, which all who watched have seen whole', async () => {
    const { rig, store } = site;
    const owner = ownerOf(site, 'newyork');
    const gate = makeGate();
    store.plan(() => gate.opened.then(() => undefined));
    const id = await owner.request('newyork', {
      name: 'First Gala',
      firstDay: '2027-03-01',
      lastDay: '2027-03-02',
    });
    const page = await owner.ask(`/requests/${id}?go=1`);
    expect(page).toMatchObject({ status: 200, text: expect.stringContaining('First Gala') });
    const { change } = await owner.json<{ change: Change }>(`/requests/${id}/state`);
    const { ticket, run, end } = await owner.events(change.run ?? '');
    expect(end).toBe(false);
    const watchers = [
      owner.watch(run.id, ticket),
      owner.watch(run.id, ticket, { connection: 'keep-alive, Upgrade' }),
      owner.watch(run.id, ticket, { site: rig.serverUrl }),
    ];
    await Promise.all(watchers.map(({ begun }) => begun));
    gate.open();
    expect(await owner.untilOver(id)).toMatchObject({
      state: 'live',
      problem: null,
      live: { url: `${rig.standIn.url}/2027/newyork/first-gala`, result: { isLive: true } },
    });
    const { events, run: over } = await owner.events(run.id);
    const all = events.map(({ seq }) => seq);
    expect(all).toEqual(Array.from({ length: over.lastSeq }, (_, at) => at + 1));
    for (const watching of watchers) {
      await watching.ended;
      expect(watching.numbers).toEqual(all);
      expect(watching.frames.at(-1)?.frame).toEqual({ type: 'end' });
    }
    areOnAll('First Gala');
    const live = (await owner.ask(`/requests/${id}`)).text;
    for (const machine of rig.machines) expect(live).toContain(machine.id);
    expect(live.match(/badge good">Has it/g)).toHaveLength(rig.machines.length);
    const administrator = rig.visitor(rig.sample.administrator);
    const ended = (await administrator.ask(`/runs/${run.id}`)).text;
    expect(ended).toContain('It ended well');
    expect(ended).toContain('Syncing index database');
    const event = await fetch(change.live?.url ?? '', { headers: owner.headers });
    expect(event.status).toBe(200);
    expect(await event.text()).toContain('<b>2027-newyork-first-gala</b>');
  });

  it('is refused for a studio of somebody else, and nothing is written', async () => {
    const { rig } = site;
    const [owner, other] = [ownerOf(site, 'newyork'), ownerOf(site, 'philadelphia')];
    const page = await owner.ask('/studios/newyork/request');
    const form = { name: 'Stolen', firstDay: '2027-01-01', lastDay: '' };
    expect(await other.submit(page, form)).toMatchObject({ status: 403 });
    expect(await rig.visitor(null).submit(page, form)).toMatchObject({ status: 401 });
    expect(eventsNamed(rig.indexPath, 'Stolen')).toEqual([]);
  });

  it('is one of twenty-four by ten owners at once, which take two runs more and are all live', async () => {
    const { rig, store } = site;
    const gate = makeGate();
    store.plan(() => gate.opened.then(() => undefined));
    const before = (await runsOf(site)).length;
    const asked = Array.from({ length: 24 }, (_, at) => ({ name: `Crowd ${at + 1}`, at }));
    const ids = await Promise.all(
      asked.map(async ({ name, at }) => {
        const owner = rig.sample.owners[at % 10];
        if (!owner) throw new Error('there are too few owners');
        const visitor = rig.visitor(owner);
        const id = await visitor.request(owner.studio, {
          name,
          firstDay: dayOf(at),
          lastDay: '',
        });
        return { visitor, id, name };
      }),
    );
    gate.open();
    for (const { visitor, id } of ids)
      expect(await visitor.untilOver(id)).toMatchObject({ state: 'live', problem: null });
    const names = ids.map(({ name }) => name).sort();
    expect(eventsNamed(rig.indexPath, ...names).map(({ name }) => name)).toEqual(names);
    areOnAll(...names);
    expect((await runsOf(site)).length - before).toBeLessThanOrEqual(2);
  });
});

describe('a failure', () => {
  it('of the store is told, and mends itself when the store is back', async () => {
    const { store } = site;
    const owner = ownerOf(site, 'newyork');
    store.plan(always({ kind: 'reset', when: 'before-request' }));
    const id = await owner.request('newyork', { name: 'Store Ball', firstDay: '2027-04-01', lastDay: '' });
    await expect
      .poll(async () => (await owner.ask(`/requests/${id}`)).text)
      .toContain('It is tried again by itself.');
    store.plan(never);
    expect(await owner.untilOver(id)).toMatchObject({ state: 'live', problem: null });
    areOnAll('Store Ball');
  });

  it('of all machines names them, and "Try again" mends it', async () => {
    const { rig } = site;
    const owner = ownerOf(site, 'newyork');
    const before = (await runsOf(site)).length;
    await rig.setFaults('refuse=2');
    const id = await owner.request('newyork', { name: 'Refused Ball', firstDay: '2027-05-01', lastDay: '' });
    const failed = await owner.untilOver(id);
    expect(failed).toMatchObject({ state: 'failed', problem: { code: 'machine-failed' } });
    expect((await runsOf(site)).length - before).toBe(4);
    const page = await owner.ask(`/requests/${id}`);
    for (const machine of rig.machines) {
      expect(failed.problem?.message).toContain(machine.id);
      expect(page.text).toContain(machine.id);
    }
    await rig.setFaults('');
    const answer = await owner.submit(page, {}, 'Try again');
    expect(answer.status).toBe(303);
    expect(await owner.untilOver(id)).toMatchObject({ state: 'live', problem: null });
    areOnAll('Refused Ball');
  });

  it('of one machine names it on the page of a live event, until it is mended', async () => {
    const { rig } = site;
    await rig.setFaults('refuse=1');
    const { faults } = (await (await fetch(`${rig.simUrl}/_sim/status`)).json()) as {
      faults: Record<string, string>;
    };
    const broken = rig.machines.find(({ id }) => id in faults);
    // A studio whose events another machine serves.
    const studio = broken?.region === 'iad' ? 'seattle' : 'newyork';
    const owner = ownerOf(site, studio);
    const id = await owner.request(studio, { name: 'Broken Ball', firstDay: '2027-06-01', lastDay: '' });
    const change = await owner.untilOver(id);
    expect(change).toMatchObject({ state: 'live', problem: { code: 'machine-failed' } });
    expect(change.problem?.message).toContain(broken?.id);
    expect((await owner.ask(`/requests/${id}`)).text).toContain(broken?.id);
    const run = (await runsOf(site)).find(({ state }) => state === 'failed');
    const line = await rig.visitor(rig.sample.administrator).ask(`/runs/${run?.id}`);
    expect(line.text).toMatch(new RegExp(`<li><a href="#L\\d+">${broken?.id}</a>`));
    await rig.setFaults('');
    await expect.poll(async () => (await runsOf(site))[0]?.state).toBe('done');
    areOnAll('Broken Ball');
    expect(await owner.untilOver(id)).toMatchObject({ state: 'live', problem: null });
  });
});
