import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { assignFaults, parseFaults } from '../../../src/rehearsal/faults.ts';
import { makeMachines } from '../../../src/rehearsal/machines.ts';
import { FleetSimProcess, resultOf } from '../../support/fleet/fleet-sim.ts';

const ETAG = '"abc"';
const KINDS = 'slow fail refuse busy hang truncate wrong-etag wrong-machine no-result die'.split(' ');

describe('a played machine with the fault', () => {
  let sim: FleetSimProcess;

  beforeEach(async () => {
    const faults = KINDS.map((kind) => `${kind}=1`).join(',');
    sim = await FleetSimProcess.start([
      '--machines',
      '12',
      '--delay',
      '2',
      '--slow',
      '50',
      '--etag',
      ETAG,
      '--faults',
      faults,
    ]);
  });
  afterEach(() => sim.stop());

  const answer = async (kind: string) => {
    const { id } = sim.faulty(kind);
    const response = await sim.post(id);
    const body = await response.text();
    return { id, status: response.status, headers: response.headers, body, result: resultOf(body) };
  };

  it('slow: answers as it should', async () => {
    const { id, status, result } = await answer('slow');
    expect({ status, result }).toMatchObject({ status: 200, result: { machine: id, index: { etag: ETAG } } });
    const line = await sim.printed((text) => text.includes(id) && text.includes('slow: '));
    expect(line).not.toBe(null);
  });

  it.each([
    ['fail', 500],
    ['refuse', 403],
    ['busy', 503],
  ])('%s: answers %i at every request, without a RESULT line', async (kind, expected) => {
    for (const _ of [1, 2]) {
      const { status, result, headers } = await answer(kind);
      expect({ status, result }).toEqual({ status: expected, result: null });
      expect(headers.get('retry-after')).toBe(kind === 'busy' ? '1' : null);
    }
  });

  it('wrong-etag, wrong-machine, no-result: answer 200 all the same', async () => {
    const etag = await answer('wrong-etag');
    expect(etag).toMatchObject({ status: 200, result: { machine: etag.id, outcome: 'updated' } });
    expect(etag.result['index']).not.toMatchObject({ etag: ETAG });
    const machine = await answer('wrong-machine');
    expect(machine).toMatchObject({ status: 200, result: { index: { etag: ETAG } } });
    expect(machine.result['machine']).not.toBe(machine.id);
    const { status, result } = await answer('no-result');
    expect({ status, result }).toEqual({ status: 200, result: null });
  });

  it('truncate: announces more than it sends', async () => {
    const response = await sim.post(sim.faulty('truncate').id);
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
  });

  it('hang: answers nothing for as long as the client waits', async () => {
    const { id } = sim.faulty('hang');
    const gone = new AbortController();
    const post = sim.post(id, '', { signal: gone.signal });
    await expect.poll(async () => (await sim.status()).asked[id]).toBe(1);
    gone.abort();
    await expect(post).rejects.toThrow();
    expect(await sim.printed((line) => line.includes(id) && line.includes('no answer'))).not.toBe(null);
  });

  it('die: breaks the connection, and is stopped from then on', async () => {
    const { id } = sim.faulty('die');
    await expect(sim.post(id)).rejects.toThrow();
    expect((await sim.post(id)).status).toBe(503);
    expect(await (await sim.api(`/${id}`)).json()).toMatchObject({ id, state: 'stopped' });
  });
});

describe('a fault with once', () => {
  let sim: FleetSimProcess;
  beforeAll(async () => {
    const faults = KINDS.filter((kind) => kind !== 'hang')
      .map((kind) => `${kind}-once=1`)
      .join(',');
    sim = await FleetSimProcess.start([
      '--machines',
      '9',
      '--delay',
      '2',
      '--slow',
      '1',
      '--etag',
      ETAG,
      '--faults',
      faults,
    ]);
  });
  afterAll(() => sim.stop());

  it('is over at the second request, even of a machine that died', async () => {
    for (const { id } of sim.machines) {
      await sim.post(id).then(
        (response) => response.text().catch(() => {}),
        () => {},
      );
      const response = await sim.post(id);
      const result = resultOf(await response.text());
      expect({ status: response.status, result }).toMatchObject({
        status: 200,
        result: { machine: id, index: { etag: ETAG } },
      });
    }
  });
});

describe('faults of the simulator', () => {
  it('can be given and taken away while it runs', async () => {
    const sim = await FleetSimProcess.start(['--machines', '2', '--delay', '0', '--etag', ETAG]);
    try {
      await sim.setFaults('fail=100%');
      const failing = await Promise.all(sim.machines.map(async ({ id }) => (await sim.post(id)).status));
      expect(failing).toEqual([500, 500]);
      await expect(sim.setFaults('fail=3')).rejects.toThrow('more faults than started machines');
      await expect(sim.setFaults('slow=0,'.repeat(20_000))).rejects.toThrow('the list of faults is too long');
      await sim.setFaults('');
      const well = await Promise.all(sim.machines.map(async ({ id }) => (await sim.post(id)).status));
      expect(well).toEqual([200, 200]);
    } finally {
      await sim.stop();
    }
  });

  const machines = makeMachines({
    machines: 100,
    regions: ['iad'],
    states: { suspended: 40 },
    workers: 5,
    seed: 1,
  });

  it('are given to started machines of the app alone, one to each, the same for the same seed', () => {
    const shares = parseFaults('fail-once=5%, hang=2,slow=90%');
    const assigned = assignFaults(machines, shares, 7);
    const kinds = [...assigned.values()].map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'fail')).toHaveLength(3);
    expect(kinds.filter((kind) => kind === 'slow')).toHaveLength(54);
    expect(kinds).toHaveLength(3 + 2 + 54);
    expect([...assigned.keys()].every((id) => machines.findIndex((one) => one.id === id) < 60)).toBe(true);
    expect(assignFaults(machines, shares, 7)).toEqual(assigned);
    expect([...assignFaults(machines, shares, 8).keys()]).not.toEqual([...assigned.keys()]);
  });
});
