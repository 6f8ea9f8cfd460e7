import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { SAMPLE_ADMINISTRATOR } from '../../../dev/sample/people.ts';
import { entriesOf } from '../../../src/index/index-model.ts';
import { readValidIndex } from '../../../src/index/read-index.ts';
import { scopeOf } from '../../../src/index/tenant-names.ts';
import { createRuns } from '../../../src/runs/create-runs.ts';
import type { Change } from '../../../src/runs/run-model.ts';
import type { Runs } from '../../../src/runs/runs.ts';
import { CONFIG_UPDATE, FleetHost } from '../../support/fleet/fleet-host.ts';
import { altered } from '../../support/indexes/indexes.ts';
import { newChange, quiet } from '../../support/runs/parts.ts';

// Machines answer with a real CGI each, to the built config-update.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

let host: FleetHost;
let runs: Runs;
let login: string | null = null;
const stateDir = mkdtempSync(join(tmpdir(), 'runs-live-'));

beforeAll(async () => {
  host = await FleetHost.start('--machines 2 --regions iad,syd'.split(' '), { real: true });
  runs = createRuns({
    ...{
      stateDir,
      dbDir: host.admin.dbDir,
      target: 'fly',
      command: [CONFIG_UPDATE],
      cwd: host.admin.appRoot,
    },
    env: host.environment(),
    isInIndex: () => true,
    authorization: () => login,
    report: (problem) => expect.unreachable(problem),
    limits: { checkMs: 1500 },
  });
  runs.start();
  runs.publish('ann', 'administrator');
  await quiet(runs);
});
afterAll(async () => {
  await runs.close();
  await host.close();
  rmSync(stateDir, { recursive: true });
});

const { userid, password } = SAMPLE_ADMINISTRATOR;
const ADA = `Basic ${Buffer.from(`${userid}:${password}`).toString('base64')}`;

/** Addresses of all events of an index. */
const addresses = (index: Buffer): string[] =>
  [...entriesOf(readValidIndex(index).index)].flatMap((entry) =>
    entry.events.map((event) => `${host.sim.url}/showcase/${scopeOf(entry, event)}/`),
  );

const statusOf = async (url: string): Promise<number> =>
  (await fetch(url, { headers: { Authorization: ADA }, redirect: 'manual' })).status;

async function saved(url: string): Promise<Change | null> {
  const id = runs.intend(newChange(url));
  runs.saved(id, { publish: true, live: { url } });
  await quiet(runs);
  return runs.change(id);
}

describe('an event', () => {
  it('is live when a machine answers at its address, which it did not before', async () => {
    login = ADA;
    const changed = altered(
      host.index,
      `INSERT INTO showcases (year, key, name, date, "order", location_id, created_at, updated_at)
       VALUES (2031, 'gala', 'Gala', '2031-05-01', 999, 1, '2026-01-02', '2026-01-02')`,
    );
    const old = addresses(host.index);
    const url = addresses(changed).find((each) => !old.includes(each)) ?? '';
    expect(await statusOf(url)).toBe(404);
    host.writeIndex(changed);
    expect(await saved(url)).toMatchObject({
      state: 'live',
      live: { url, result: { isLive: true, status: 200, revision: expect.stringMatching(/^"/) } },
    });
    expect(await statusOf(url)).toBe(200);
  });

  it('is not live if no machine knows its address, though each was updated', async () => {
    login = ADA;
    expect(await saved(`${host.sim.url}/showcase/2031/nowhere/`)).toMatchObject({
      state: 'failed',
      problem: { code: 'machine-failed' },
      live: { result: { isLive: false, status: 404 } },
    });
  });

  it('counts as live without credentials if it asks for a login, and the check says so', async () => {
    login = null;
    expect(await saved(`${host.sim.url}/showcase/2031/nowhere/`)).toMatchObject({
      state: 'live',
      live: { result: { status: 401, reason: expect.stringContaining('was not seen') } },
    });
  });
});
