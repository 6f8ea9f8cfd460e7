import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { altered } from '../../support/indexes/indexes.ts';
import { Machine } from '../../support/machine/machine.ts';
import { FEW, ready, readyJson } from '../../support/ready/ready.ts';

let machine: Machine;

beforeEach(() => {
  machine = new Machine({ KAMAL_CONTAINER_NAME: 'showcase-web', APP_USER: 'root', READY_PRERENDER: 'off' });
});

afterEach(() => machine.remove());

/** Gives the application these migrations, and the index a memory of those; null for none. */
function release(migrations: readonly string[], applied: readonly string[] | null): void {
  const directory = join(machine.appRoot, 'db/migrate');
  mkdirSync(directory, { recursive: true });
  for (const version of migrations) writeFileSync(join(directory, `${version}_change.rb`), '');
  const rows = (applied ?? []).map((version) => `INSERT INTO schema_migrations VALUES ('${version}')`);
  const table = 'CREATE TABLE IF NOT EXISTS schema_migrations (version varchar NOT NULL PRIMARY KEY)';
  const memory =
    applied === null
      ? ['DROP TABLE IF EXISTS schema_migrations']
      : [table, 'DELETE FROM schema_migrations', ...rows];
  writeFileSync(machine.path('index.sqlite3'), altered(FEW, memory.join(';')));
}

const RELEASE = ['20250101000000', '20260101000000', '20260201000000'];

it('the ready hook warns about an index that lacks migrations of the application, with a hint', async () => {
  release(RELEASE, ['20250101000000']);
  const before = machine.read('index.sqlite3');
  const told =
    'the index lacks 2 migrations of the application on this machine (20260101000000, 20260201000000): its own pages may fail. Migrate the index on the admin host and publish it (config-update)';
  for (const args of [[], ['--dry-run']])
    expect((await ready(machine, ['--only', 'tenants', ...args])).stdout).toContain(`Warning: ${told}\n`);
  const { summaries } = await readyJson(machine, ['--only', 'tenants']);
  expect(summaries).toMatchObject([{ notes: expect.arrayContaining([told]) }]);
  expect(machine.read('index.sqlite3')).toBe(before);
});

it('the ready hook names the first of many migrations that the index lacks', async () => {
  release([...RELEASE, '20260301000000', '20260401000000'], ['20250101000000']);
  const { stdout } = await ready(machine, ['--only', 'tenants']);
  expect(stdout).toContain(
    'lacks 4 migrations of the application on this machine (20260101000000, 20260201000000, 20260301000000, ...)',
  );
});

it.each([
  ['has them all, and one of a release to come', [...RELEASE, '20270101000000']],
  ['says of no migration whether it was applied', null],
])('the ready hook does not warn about an index that %s', async (_, applied) => {
  release(RELEASE, applied);
  expect((await ready(machine, ['--only', 'tenants'])).stdout).not.toContain('the index lacks');
});
