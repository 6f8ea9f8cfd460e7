import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { FleetHost } from '../../support/fleet/fleet-host.ts';
import { indexContent } from '../../support/machine/stand.ts';

// Machines answer with a real CGI each.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

let host: FleetHost;

beforeAll(async () => {
  host = await FleetHost.start('--machines 3 --regions iad,syd --states suspended=1 --workers 1'.split(' '), {
    real: true,
  });
});
afterAll(() => host.close());

/** One more is asleep, and never asked. */
const started = () => host.machines.slice(0, 2);

const studiosOf = (path: string): unknown[] => {
  const db = openDatabase(path, { readonly: true });
  try {
    return db.prepare('SELECT name FROM locations ORDER BY id').pluck().all();
  } finally {
    db.close();
  }
};

it('every machine takes the index that comes back, though it is older than what it has, and the one after it', async () => {
  expect((await host.run()).exitCode).toBe(0);
  const [machine] = started();
  if (!machine) throw new Error('no machine');
  const before = studiosOf(machine.path('index.sqlite3'));
  const files = machine.read('navigator.yml');
  const db = openDatabase(host.admin.path('index.sqlite3'));
  db.exec("UPDATE locations SET name = 'Another Name' WHERE id = 1");
  db.exec('DELETE FROM showcases WHERE id = (SELECT min(id) FROM showcases)');
  db.close();
  expect((await host.report()).report.machines.map(({ outcome }) => outcome)).toEqual(['updated', 'updated']);
  const after = studiosOf(machine.path('index.sqlite3'));
  expect(after).toContain('Another Name');

  const undone = await host.report(['--undo']);
  expect(undone).toMatchObject({
    exitCode: 0,
    report: { operation: 'undo', publish: { kind: 'published' } },
  });
  expect(undone.report.machines.map(({ outcome }) => outcome)).toEqual(['updated', 'updated']);
  for (const one of started()) {
    expect(studiosOf(one.path('index.sqlite3'))).toEqual(before);
    expect(indexContent(one.path('index.sqlite3'))).toEqual(indexContent(host.admin.path('index.sqlite3')));
  }
  expect(machine.read('navigator.yml')).toBe(files);
  expect(await host.run(['--verify'])).toMatchObject({ exitCode: 0 });

  expect(await host.report(['--undo'])).toMatchObject({ exitCode: 0 });
  for (const one of started()) expect(studiosOf(one.path('index.sqlite3'))).toEqual(after);
  expect(await host.run()).toMatchObject({ exitCode: 0 });
  expect(await host.run(['--verify'])).toMatchObject({ exitCode: 0 });
});
