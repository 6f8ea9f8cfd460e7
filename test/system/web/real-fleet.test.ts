import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { CONFIG_UPDATE, FleetHost } from '../../support/fleet/fleet-host.ts';
import { EventSite } from '../../support/web/event-site.ts';
import { webIndex } from '../../support/web/web-people.ts';
import { startWeb, type TestServer } from '../../support/web/web-server.ts';

// Machines answer with a real CGI each, to the built config-update.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

let host: FleetHost;
let site: EventSite;
let server: TestServer;
let form: string;

beforeAll(async () => {
  host = await FleetHost.start('--machines 4 --regions iad,gru'.split(' '), { real: true });
  host.writeIndex(webIndex().image);
  await host.run();
  site = await EventSite.start();
  // It has an event as soon as every machine has it.
  site.has((path) => machinesWith(path.split('/').at(-1) ?? '') === host.machines.length);
  server = await startWeb({
    command: [CONFIG_UPDATE],
    env: { ...host.environment(), FLEET_ATTEMPTS: '1', PUBLIC_URL_FLY: site.url },
  });
  form = `/studios/${server.studios.owned}/request`;
});
afterAll(async () => {
  await server.end();
  await host.close();
});

/** Sends a request, and resolves when nothing more happens to it. */
async function settled(name: string, firstDay: string) {
  const answer = await server.post(form, { name, firstDay, lastDay: '' }, 'owner');
  const id = /\/requests\/(\w+)/.exec(answer.headers.get('location') ?? '')?.[1] ?? '';
  const { runs } = server.context;
  const { signal } = new AbortController();
  for (;;) {
    const change = runs.change(id);
    if (change?.state === 'live' || change?.state === 'failed') return change;
    await runs.waitForChange(id, 60_000, signal);
  }
}

/** How many machines have an event in their index. */
function machinesWith(key: string): number {
  return host.machines.filter((machine) => {
    const db = openDatabase(machine.path('index.sqlite3'));
    try {
      return db.prepare('SELECT 1 FROM showcases WHERE key = ?').get(key) !== undefined;
    } finally {
      db.close();
    }
  }).length;
}

describe('over real machines', () => {
  it('a request is live when every machine serves it, and its page names them', async () => {
    const change = await settled('Real Gala', '2027-03-05');
    expect(change).toMatchObject({ state: 'live', problem: null });
    expect(machinesWith('real-gala')).toBe(4);
    const page = await (await server.ask(`/requests/${change.id}`, 'owner')).text();
    for (const { id } of host.machines) expect(page).toContain(id);
    expect(page.match(/badge good">Has it/g)).toHaveLength(4);
    const run = await (await server.ask(`/runs/${change.run}`, 'owner')).text();
    expect(run).toContain('It ended well');
    expect(run).toContain('Syncing index database');
  });

  it('a machine that fails is named with its line, and has it once the run is done again', async () => {
    await host.sim.setFaults('fail=1');
    const [broken = ''] = Object.keys((await host.sim.status()).faults);
    site.has(() => true);
    const change = await settled('Half Gala', '2027-04-05');
    const first = server.context.runs.runs({ states: ['failed'] }).rows.at(-1);
    const run = await (await server.ask(`/runs/${first?.id}`, 'administrator')).text();
    expect(run).toMatch(new RegExp(`<li><a href="#L\\d+">${broken}</a>`));
    const page = await (await server.ask(`/requests/${change.id}`, 'owner')).text();
    expect(page).toContain(broken);
    await host.sim.setFaults('');
    server.context.runs.retry(first?.id ?? '', 'ada');
    const { signal } = new AbortController();
    while (server.context.runs.change(change.id)?.problem !== null)
      await server.context.runs.waitForChange(change.id, 60_000, signal);
    expect(machinesWith('half-gala')).toBe(4);
  });
});
