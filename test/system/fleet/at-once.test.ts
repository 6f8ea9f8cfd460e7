import { cpSync, utimesSync, writeFileSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { FleetHost } from '../../support/fleet/fleet-host.ts';
import { Machine } from '../../support/machine/machine.ts';
import { indexContent } from '../../support/machine/stand.ts';

// Eight machines answer with a real CGI each.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

let host: FleetHost | null = null;
afterEach(async () => {
  await host?.close();
  host = null;
});

/** The same index with another studio's name. */
function renamed(index: Buffer, name: string): Buffer {
  const db = openDatabase(index);
  try {
    db.prepare('UPDATE locations SET name = ? WHERE id = 1').run(name);
    return db.serialize();
  } finally {
    db.close();
  }
}

describe('two runs at once', () => {
  it('on one host both succeed, and leave every machine with its index', async () => {
    const fleet = await FleetHost.start(['--machines', '3'], { real: true });
    host = fleet;
    expect(await fleet.run()).toMatchObject({ exitCode: 0 });
    fleet.changeIndex();
    const both = await Promise.all([fleet.report(), fleet.report()]);
    expect(both.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    const [first, second] = both.map(({ report }) => report.index?.etag);
    expect(first).toBe(second);
    const kinds = both.map(({ report }) => report.publish?.kind).sort();
    expect(kinds).toEqual(['published', 'unchanged']);
    const contents = fleet.machines.map((machine) => indexContent(machine.path('index.sqlite3')));
    expect(new Set([...contents, indexContent(fleet.admin.path('index.sqlite3'))]).size).toBe(1);
  });

  it('on two hosts with an index each publish one; the other run says who was first, and nothing is lost', async () => {
    const fleet = await FleetHost.start(['--machines', '2', '--delay', '5'], { real: false });
    host = fleet;
    const other = new Machine();
    try {
      expect(await fleet.run()).toMatchObject({ exitCode: 0 });
      // The other administrator's host has the same index, by an update.
      expect(await other.post('', { env: fleet.published.env })).toMatchObject({ status: 200 });
      const mine = renamed(fleet.index, 'Mine');
      const theirs = renamed(fleet.index, 'Theirs');
      fleet.writeIndex(mine);
      cpSync(fleet.admin.path('index.sqlite3'), other.path('index.sqlite3'), { preserveTimestamps: true });
      const later = Math.floor(Date.now() / 1000);
      writeFileSync(other.path('index.sqlite3'), theirs);
      utimesSync(other.path('index.sqlite3'), later, later);

      const runs = await Promise.all([fleet.run(), fleet.run([], other.env)]);
      expect(runs.map(({ exitCode }) => exitCode).sort(), JSON.stringify(runs)).toEqual([0, 4]);
      const loser = runs.find(({ exitCode }) => exitCode === 4);
      expect(loser?.stdout).toMatch(/^The index changed elsewhere: \S+@\S+ published "[0-9a-f]{32}" at /m);
      expect(loser?.stdout).toMatch(/^ {2}studio boston: .*name/m);

      const winners = runs[0].exitCode === 0 ? mine : theirs;
      const stored = await fleet.published.store.get('db/index.sqlite3', { maxBytes: 1 << 24 });
      if (stored.kind !== 'found') return expect.unreachable(stored.kind);
      const names = [stored.bytes, winners].map((image) => {
        const db = openDatabase(image);
        const name = db.prepare('SELECT name FROM locations WHERE id = 1').pluck().get();
        db.close();
        return name;
      });
      expect(names[0]).toBe(names[1]);

      const replaced = await fleet.run(
        ['--replace', stored.object.etag],
        runs[0].exitCode === 0 ? other.env : {},
      );
      expect(replaced.exitCode, replaced.stdout).toBe(0);
    } finally {
      other.remove();
    }
  });
});
