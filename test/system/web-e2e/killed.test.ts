import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Change } from '../../../src/runs/run-model.ts';
import { never } from '../../support/store/faults.ts';
import { makeGate } from '../../support/suite/gate.ts';
import { eventsNamed, ownerOf, runsOf, type Site, startSite } from '../../support/web-e2e/site.ts';

// Each run starts config-update and two real CGIs, and a killed one is done again.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

let site: Site;
beforeAll(async () => {
  site = await startSite(2);
});
afterAll(() => site.close());
afterEach(async () => {
  site.store.plan(never);
  site.rig.standIn.arePagesDown = false;
  await site.rig.setFaults('');
});

interface Moment {
  readonly when: string;
  /** Before the request. */
  readonly prepare: () => Promise<void>;
  /** Resolves at the moment itself. */
  readonly comes: (change: () => Promise<Change>) => Promise<void>;
}

/** Makes the store do that with what is put there, and resolves when something is. */
let put = makeGate();
const atPut = (fault: { kind: 'hang'; after: 'request' | number }) => async () => {
  put = makeGate();
  site.store.plan(({ method }) => {
    if (method !== 'PUT') return undefined;
    put.open();
    return fault;
  });
};

const hasEvent = async (change: () => Promise<Change>, phase: string): Promise<void> => {
  const { run } = await change();
  const visitor = site.rig.visitor(site.rig.sample.administrator);
  await expect
    .poll(async () => {
      const { events } = await visitor.events(run ?? '');
      return events.some(({ event }) => event.type === 'item' && event.phase === phase);
    })
    .toBe(true);
};

const MOMENTS: readonly Moment[] = [
  { when: 'as soon as the request was answered', prepare: async () => {}, comes: async () => {} },
  {
    when: 'before the store has the index',
    prepare: atPut({ kind: 'hang', after: 'request' }),
    comes: () => put.opened,
  },
  {
    when: 'before anybody knows that the store has it',
    prepare: atPut({ kind: 'hang', after: 0 }),
    comes: () => put.opened,
  },
  {
    when: 'while machines are asked',
    prepare: () => site.rig.setFaults('slow=2'),
    comes: (change) => hasEvent(change, 'asking'),
  },
  {
    when: 'while the address is asked',
    prepare: async () => {
      site.rig.standIn.arePagesDown = true;
    },
    comes: async (change) => {
      await expect.poll(async () => (await change()).state).toBe('checking');
    },
  },
];

describe('a server that is killed', () => {
  it.each(MOMENTS)(
    '$when loses no request and doubles none after its next start',
    async ({ when, prepare, comes }) => {
      const { rig, store } = site;
      const owner = ownerOf(site, 'newyork');
      const name = `Killed ${when}`;
      await prepare();
      const id = await owner.request('newyork', {
        name,
        firstDay: `2027-09-0${MOMENTS.findIndex((moment) => moment.when === when) + 1}`,
        lastDay: '',
      });
      const change = (): Promise<Change> =>
        owner.json<{ change: Change }>(`/requests/${id}/state`).then((state) => state.change);
      const { run } = await change();
      const { ticket } = await owner.events(run ?? '');
      const watching = owner.watch(run ?? '', ticket);
      await watching.begun;
      await comes(change);
      expect(await rig.endServer('SIGKILL')).toMatchObject({ signal: 'SIGKILL' });
      await watching.ended;
      store.plan(never);
      rig.standIn.arePagesDown = false;
      await rig.setFaults('');
      await rig.startServer();
      expect(await owner.untilOver(id)).toMatchObject({ state: 'live', problem: null });
      expect(eventsNamed(rig.indexPath, name)).toHaveLength(1);
      for (const machine of rig.machines)
        expect(eventsNamed(rig.machineIndex(machine), name)).toHaveLength(1);

      // Whoever watched goes on where she was, to the end.
      const again = owner.watch(run ?? '', ticket, { after: watching.numbers.at(-1) ?? 0 });
      await again.ended;
      expect(again.frames.at(-1)?.frame).toEqual({ type: 'end' });
      const { run: kept } = await owner.events(run ?? '');
      expect([...watching.numbers, ...again.numbers]).toEqual(
        Array.from({ length: kept.lastSeq }, (_, at) => at + 1),
      );
      const states = new Set((await runsOf(site)).map(({ state }) => state));
      for (const open of ['waiting', 'running']) expect(states).not.toContain(open);
    },
  );
});
