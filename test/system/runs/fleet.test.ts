import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { readFleetHistory } from '../../../src/journal/fleet-history.ts';
import { createRuns } from '../../../src/runs/create-runs.ts';
import type { Change } from '../../../src/runs/run-model.ts';
import type { Runs } from '../../../src/runs/runs.ts';
import { CONFIG_UPDATE, FleetHost } from '../../support/fleet/fleet-host.ts';
import { altered } from '../../support/indexes/indexes.ts';
import { indexContent } from '../../support/machine/stand.ts';
import { newChange, quiet } from '../../support/runs/parts.ts';

// Machines answer with a real CGI each, to the built config-update.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

let host: FleetHost;
let stateDir: string;
let runs: Runs | null = null;

beforeAll(async () => {
  host = await FleetHost.start('--machines 2 --regions iad,gru'.split(' '), { real: true });
});
afterAll(async () => {
  await host.close();
});
afterEach(async () => {
  await runs?.close();
  runs = null;
  rmSync(stateDir, { recursive: true });
});

function open(): Runs {
  stateDir = mkdtempSync(join(tmpdir(), 'runs-fleet-'));
  runs = createRuns({
    stateDir,
    dbDir: host.admin.dbDir,
    target: 'fly',
    command: [CONFIG_UPDATE],
    cwd: host.admin.appRoot,
    env: { ...host.environment(), FLEET_ATTEMPTS: '1' },
    isInIndex: () => true,
    authorization: () => null,
    report: (problem) => expect.unreachable(problem),
    limits: { firstRetryMs: 10, longestRetryMs: 20 },
  });
  runs.start();
  return runs;
}

let count = 0;

/** Somebody renames a studio in the live index, and asks for a run; gives the change's id. */
function rename(room: Runs): string {
  count += 1;
  const id = room.intend(newChange(`name ${count}`, { kind: 'studio', action: 'update' }));
  const db = openDatabase(host.admin.path('index.sqlite3'));
  db.prepare('UPDATE locations SET name = ? WHERE id = 1').run(`name ${count}`);
  db.close();
  room.saved(id, { publish: true });
  return id;
}

async function settled(room: Runs): Promise<readonly Change[]> {
  await quiet(room);
  return room.changes({ limit: 1000 }).rows;
}

const expectConverged = (): void => {
  const ours = indexContent(host.admin.path('index.sqlite3'));
  for (const machine of host.machines) expect(indexContent(machine.path('index.sqlite3'))).toBe(ours);
};

describe('over real machines', () => {
  it('fifty changes at once cost two runs at most, after which every machine has all of them', async () => {
    const room = open();
    for (let change = 0; change < 50; change += 1) rename(room);
    const changes = await settled(room);
    expect(new Set(changes.map(({ state }) => state))).toEqual(new Set(['live']));
    const { rows } = room.runs();
    expect(rows.length).toBeLessThanOrEqual(2);
    expectConverged();
    const [last] = rows;
    expect(last).toMatchObject({ state: 'done', exitCode: 0, error: null, by: 'ann' });
    expect(last?.report?.machines).toHaveLength(2);
    expect(last?.report?.by).toMatch(/^ann@/);
    // What it says itself is what was kept of it.
    const events = room.events(last?.id ?? '', 0, 1000);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, at) => at + 1));
    expect(events.at(-1)?.event).toMatchObject({ type: 'run-ended', result: last?.report });
    expect((await readFleetHistory(host.admin.dbDir, 1))[0]?.run).toBe(last?.report?.run);
  });

  it('an index that was published elsewhere stops it, without a retry, until somebody decides', async () => {
    const room = open();
    const elsewhere = altered(host.index, "UPDATE locations SET name = 'elsewhere' WHERE id = 2");
    await host.published.publish(elsewhere);
    rename(room);
    const [change] = await settled(room);
    expect(change).toMatchObject({ state: 'failed', problem: { code: 'changed-elsewhere' } });
    expect(room.runs().rows).toMatchObject([{ state: 'failed', exitCode: 4, next: null }]);
  });
});
