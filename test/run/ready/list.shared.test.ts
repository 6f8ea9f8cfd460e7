import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { Machine } from '../../support/machine/machine.ts';
import { ready } from '../../support/ready/ready.ts';
import { shared } from '../../support/suite/shared.ts';

const CASES = ['fly-iad', 'fly-syd', 'kamal', 'local'] as const;

interface Golden {
  readonly env: Record<string, string>;
  readonly tenants: readonly string[];
  readonly prerender: {
    readonly regions: readonly string[];
    readonly studios: readonly string[];
    readonly years: readonly number[];
    readonly multi_event_studios: Readonly<Record<string, readonly string[]>>;
  };
}

/** What the built hook lists for production's own index, against what production prepares and prerenders. */
describe.each(CASES)('the list of the ready hook, as %s', (name) => {
  const golden = JSON.parse(readFileSync(join(shared ?? '', `golden/${name}.json`), 'utf8')) as Golden;
  const machine = new Machine(golden.env);
  afterAll(() => machine.remove());
  copyFileSync(join(shared ?? '', 'data/index.sqlite3'), machine.path('index.sqlite3'));

  it('has the databases of production, but for the index and the demo', async () => {
    const { exitCode, stdout } = await ready(machine, ['--list', '--only', 'tenants']);
    const expected = golden.tenants.filter((path) => !/\/(index|demo)\.sqlite3$/.test(path));
    expect(stdout.replaceAll(machine.dbDir, '/data/db').trimEnd().split('\n')).toEqual(
      expected.map((path) => `tenant ${path}`),
    );
    expect(exitCode).toBe(0);
  });

  it('has the pages of production, and those of studios without events', async () => {
    const { stdout } = await ready(machine, ['--list', '--json']);
    const { pages, tenants } = JSON.parse(stdout) as { pages: string[]; tenants: unknown[] };
    const db = openDatabase(machine.path('index.sqlite3'), { readonly: true });
    const all = db.prepare<[], string>('SELECT key FROM locations').pluck().all();
    db.close();
    const { regions, studios, years, multi_event_studios: multi } = golden.prerender;
    const expected = [
      '',
      'regions/',
      'studios/',
      ...regions.map((code) => `regions/${code}/`),
      ...new Set([...studios, ...all].map((key) => `studios/${key}/`)),
      ...years.map((year) => `${year}/`),
      ...Object.entries(multi).flatMap(([year, keys]) => keys.map((key) => `${year}/${key}/`)),
    ];
    expect(pages.toSorted()).toEqual(expected.map((path) => `${path}index.html`).sort());
    expect(tenants).toHaveLength(
      golden.tenants.length - (golden.env['FLY_REGION'] || name === 'kamal' ? 2 : 1),
    );
  });
});
