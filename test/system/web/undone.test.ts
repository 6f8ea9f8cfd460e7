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

beforeAll(async () => {
  host = await FleetHost.start('--machines 2 --regions iad,gru'.split(' '), { real: true });
  host.writeIndex(webIndex().image);
  await host.run();
  site = await EventSite.start();
  site.has((path) => keys(host.machines[0]).includes(path.split('/').at(-1) ?? ''));
  server = await startWeb({
    command: [CONFIG_UPDATE],
    env: { ...host.environment(), FLEET_ATTEMPTS: '1', PUBLIC_URL_FLY: site.url },
  });
});
afterAll(async () => {
  await server.end();
  await host.close();
});

/** Sends a request, and resolves when its event is live. */
async function requested(name: string, firstDay: string): Promise<string> {
  const form = `/studios/${server.studios.owned}/request`;
  const answer = await server.post(form, { name, firstDay, lastDay: '' }, 'owner');
  const id = /\/requests\/(\w+)/.exec(answer.headers.get('location') ?? '')?.[1] ?? '';
  const { runs } = server.context;
  while (runs.change(id)?.state !== 'live')
    await runs.waitForChange(id, 60_000, new AbortController().signal);
  return id;
}

/** Keys of the events that an index has. */
function keys(place?: { path(name: 'index.sqlite3'): string }): unknown[] {
  const db = openDatabase((place ?? host.admin).path('index.sqlite3'));
  try {
    return db.prepare('SELECT key FROM showcases').pluck().all();
  } finally {
    db.close();
  }
}

const everywhere = () => [host.admin, ...host.machines].map((place) => keys(place));

describe('while showcase-web runs, an undo on the command line', () => {
  it('takes an event away that was asked for there, and the next request does not bring it back', async () => {
    const first = await requested('First Gala', '2027-03-05');
    for (const found of everywhere()) expect(found).toContain('first-gala');
    expect(await host.run(['--undo'])).toMatchObject({ exitCode: 0 });
    for (const found of everywhere()) expect(found).not.toContain('first-gala');
    await requested('Second Gala', '2027-04-05');
    for (const found of everywhere()) {
      expect(found).toContain('second-gala');
      expect(found).not.toContain('first-gala');
    }
    expect(server.context.runs.change(first)?.state).toBe('live');
    const { stdout, exitCode } = await host.run(['--verify']);
    expect({ stdout, exitCode }).toMatchObject({ exitCode: 0 });
  });
});
