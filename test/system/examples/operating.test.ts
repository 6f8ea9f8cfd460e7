/** Tasks of docs/OPERATING.md, done by its commands: each says what the page says that it does. */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { consoleBlocks, missingLines, type Shown } from '../../support/examples/console-blocks.ts';
import { Operated } from '../../support/examples/operated.ts';

// Each task takes some runs of config-update, behind whatever else runs.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const SECTIONS = consoleBlocks('docs/OPERATING.md');

let site: Operated;
beforeAll(async () => {
  site = await Operated.start();
  site.provide('systemctl', 'echo "$@" >>"$HOME/systemctl"');
  // fly ssh sftp get FROM TO
  site.provide(
    'fly',
    `[ "$1 $2 $3" = "ssh sftp get" ] && exec cp '${join(site.machineHome, 'db/index.sqlite3')}' "$5"`,
  );
});
afterAll(() => site.close());

/** Runs commands of a section, by their numbers. */
async function follow(section: string, from: number, to?: number): Promise<void> {
  const shown = SECTIONS.get(section)?.slice(from, to) ?? [];
  expect(shown.length, section).toBeGreaterThan(0);
  for (const one of shown) await check(one);
}

async function check(shown: Shown): Promise<void> {
  const { code, output } = await site.run(shown);
  const said = `${shown.command}\n${output}`;
  expect(code, said).toBe(0);
  expect(missingLines(shown.lines, output), said).toEqual([]);
}

const nameOfFirst = (path = site.rig.indexPath): unknown => {
  const db = openDatabase(readFileSync(path));
  try {
    return db.prepare('SELECT name FROM locations WHERE id = 1').pluck().get();
  } finally {
    db.close();
  }
};

it('an index is restored from the store, to the store, and from a machine', async () => {
  const name = nameOfFirst();
  writeFileSync(site.rig.indexPath, 'no database');
  await follow('Restore the index', 0, 5);
  expect(nameOfFirst()).toBe(name);
  expect(readFileSync(join(site.rig.home, 'home/systemctl'), 'utf8')).toBe(
    'stop showcase-web\nstart showcase-web\n',
  );

  site.published.remove('db/index.sqlite3');
  await follow('Restore the index', 5, 6);

  site.published.remove('db/index.sqlite3');
  rmSync(site.rig.indexPath);
  await follow('Restore the index', 6);
  expect(nameOfFirst()).toBe(name);
});

it('an admin host that is lost is built anew from the copy of its settings, and publishes again', async () => {
  const config = join(site.adminHome, 'rails/config');
  mkdirSync(config, { recursive: true });
  writeFileSync(join(config, 'showcase.env'), 'FLEET_ATTEMPTS=1\n', { mode: 0o600 });
  await site.run({ host: 'admin', command: 'scripts/showcase-web keys add </dev/null' });
  await follow('Lose and rebuild the admin host', 0, 3);

  for (const path of [config, join(site.adminHome, 'db')]) rmSync(path, { recursive: true });
  await follow('Lose and rebuild the admin host', 3);
  expect(readFileSync(join(config, 'showcase.env'), 'utf8')).toBe('FLEET_ATTEMPTS=1\n');

  site.edit("UPDATE locations SET name = 'Published again' WHERE id = 1");
  const { code, output } = await site.run({ host: 'admin', command: 'scripts/config-update' });
  expect([code, output]).toEqual([0, expect.stringContaining('Successfully updated: 2 machines')]);
  expect(nameOfFirst(site.rig.machineIndex(site.machine))).toBe('Published again');
});

it('of two hosts that own the index, the second is told, and goes on from what the first has published', async () => {
  const other = join(site.rig.home, 'other');
  site.link(other);
  mkdirSync(join(other, 'db'));
  cpSync(site.rig.indexPath, join(other, 'db/index.sqlite3'));
  await site.run({ host: 'other', command: 'scripts/config-update' });
  site.edit("UPDATE locations SET name = 'Of the first' WHERE id = 1");
  await site.run({ host: 'admin', command: 'scripts/config-update' });
  site.edit("UPDATE locations SET name = 'Of the second' WHERE id = 2", join(other, 'db/index.sqlite3'));
  await follow('Two administrators', 0);
  expect(nameOfFirst(join(other, 'db/index.sqlite3'))).toBe('Of the first');
});
