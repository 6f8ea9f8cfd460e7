import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FleetSimProcess, resultOf } from '../../support/fleet/fleet-sim.ts';

const ETAG = '"0123456789abcdef0123456789abcdef"';

let sim: FleetSimProcess;

beforeAll(async () => {
  sim = await FleetSimProcess.start(
    '--machines 5 --regions iad,syd --states suspended=1,stopped=1 --workers 1 --delay 1 --etag'
      .split(' ')
      .concat(ETAG),
  );
});
afterAll(() => sim.stop());

const inState = (state: string) => sim.machines.filter((machine) => machine.state === state);
const post = async (id: string | null, query = '', init: RequestInit = {}) => {
  const response = await sim.post(id, query, init);
  return { status: response.status, body: await response.text() };
};

describe('the address of the played fleet', () => {
  it('is played for machines with ids as Fly gives them, their regions in turn', () => {
    expect(new Set(sim.machines.map(({ id }) => id)).size).toBe(6);
    expect(sim.machines.map(({ region, group, state }) => `${region} ${group} ${state}`)).toEqual([
      'iad app started',
      'syd app started',
      'iad app started',
      'syd app suspended',
      'iad app stopped',
      'syd worker started',
    ]);
  });

  it('leads to the machine that the header names and to no other', async () => {
    for (const { id, region, group, state } of sim.machines) {
      if (group !== 'app' || state !== 'started') continue;
      const { status, body } = await post(id);
      expect({ status, ...resultOf(body) }).toMatchObject({
        status: 200,
        machine: id,
        region,
        index: { etag: ETAG, source: 'store' },
      });
    }
  });

  it('leads to any started machine without the header', async () => {
    const answers = await Promise.all(Array.from({ length: 6 }, () => post(null)));
    const named = new Set(answers.map(({ body }) => resultOf(body)['machine']));
    expect([...named].sort()).toEqual(
      inState('started')
        .filter(({ group }) => group === 'app')
        .map(({ id }) => id)
        .sort(),
    );
  });

  it('answers 503 for a machine that it does not know, that is not started, or that serves nothing', async () => {
    const ids = [
      ...inState('suspended'),
      ...inState('stopped'),
      ...sim.machines.filter(({ group }) => group === 'worker'),
    ].map(({ id }) => id);
    for (const id of [...ids, '00000000000000', '']) {
      const { status, body } = await post(id);
      expect({ status, result: resultOf(body) }).toEqual({ status: 503, result: null });
    }
  });

  it('answers 404 at any other path', async () => {
    expect((await fetch(`${sim.url}/showcase/`)).status).toBe(404);
  });
});

describe('a played machine without a CGI', () => {
  it('answers updated once and unchanged from then on, and gives its state', async () => {
    const other = await FleetSimProcess.start(['--machines', '1', '--delay', '0', '--etag', 'abc']);
    try {
      const [id = ''] = other.machines.map((machine) => machine.id);
      const outcomes: unknown[] = [];
      for (const query of ['?state=1', '', '', '?state=1']) {
        const { outcome, index } = resultOf(await (await other.post(id, query)).text());
        outcomes.push([outcome, (index as { etag: string } | null)?.etag]);
      }
      expect(outcomes).toEqual([
        ['state', undefined],
        ['updated', '"abc"'],
        ['unchanged', '"abc"'],
        ['state', '"abc"'],
      ]);
    } finally {
      await other.stop();
    }
  });

  it('requires credentials for a dry run', async () => {
    const [id = ''] = sim.machines.map((machine) => machine.id);
    const refused = await post(id, '?dry_run=1');
    expect({ status: refused.status, ...resultOf(refused.body) }).toMatchObject({
      status: 401,
      outcome: 'failed',
      error: { code: 'unauthorized' },
    });
    const allowed = await post(id, '?dry_run=1', { headers: { Authorization: 'Basic YTpi' } });
    expect({ status: allowed.status, ...resultOf(allowed.body) }).toMatchObject({
      status: 200,
      outcome: 'dry-run',
    });
  });

  it('says in a dry run that nothing is to be done where the index is there already', async () => {
    const [id = ''] = sim.machines.map((machine) => machine.id);
    await post(id);
    const { body } = await post(id, '?dry_run=1', { headers: { Authorization: 'Basic YTpi' } });
    expect(resultOf(body)).toMatchObject({ files: [{ changed: false }], reload: false });
  });

  it('answers in JSON where that is asked for', async () => {
    const { body } = await post(null, '', { headers: { Accept: 'application/json' } });
    expect(JSON.parse(body)).toMatchObject({ index: { etag: ETAG } });
  });

  it('answers GET with 405, and says so to standard output', async () => {
    const [id = ''] = sim.machines.map((machine) => machine.id);
    const headers = { 'Fly-Force-Instance-Id': id };
    const response = await fetch(`${sim.url}/showcase/update_config?x=%0Aforged`, { headers });
    expect(response.status).toBe(405);
    const line = await sim.printed((text) => text.includes('x=%0Aforged'));
    expect(line).toMatch(
      new RegExp(`^\\S+ ${id} \\w+: GET /showcase/update_config\\?x=%0Aforged: 405, \\d+ ms$`),
    );
  });
});

describe('many simultaneous requests to the simulator', () => {
  it('are served at once, and counted', async () => {
    const many = await FleetSimProcess.start('--machines 300 --delay 200 --etag abc --quiet'.split(' '));
    try {
      const listing = (await (await many.api()).json()) as { id: string }[];
      const answers = await Promise.all(
        listing.map(async ({ id }) => resultOf(await (await many.post(id)).text())['machine'] === id),
      );
      expect(answers.every(Boolean)).toBe(true);
      const { asked, mostAtOnce } = await many.status();
      expect(Object.values(asked)).toEqual(Array(300).fill(1));
      expect(mostAtOnce).toBeGreaterThan(1);
    } finally {
      await many.stop();
    }
  });
});
