import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeSampleIndex } from '../../dev/sample/sample.ts';
import { openDatabase } from '../../src/database/sqlite.ts';
import { entriesOf } from '../../src/index/index-model.ts';
import { readValidIndex } from '../../src/index/read-index.ts';
import { databaseOf } from '../../src/index/tenant-names.ts';
import { ROOT } from '../support/machine.ts';
import { type Scene, startScene } from './support/admin-host.ts';

type Fields = Record<string, unknown>;

let scene: Scene;
beforeEach(async () => {
  scene = await startScene();
});
afterEach(async () => await scene.close());

/** The rows of a table of docs/FLEET.md: its first column, and the names in its last one. */
function documented(heading: string): Record<string, string[]> {
  const text = readFileSync(join(ROOT, 'docs/FLEET.md'), 'utf8');
  const [, table = ''] = text.split(`${heading} |\n`);
  const rows = (table.split('\n\n')[0] ?? '').split('\n').slice(1);
  return Object.fromEntries(
    rows.map((row) => {
      const cells = row.split('|').slice(1, -1);
      const names = (cells.at(-1) ?? '').replaceAll(/\([^)]*\)|of `[a-z-]+`/g, '').matchAll(/`(\w+)`/g);
      return [
        (cells[0] ?? '').replaceAll(/[` ]/g, ''),
        [...new Set([...names].map(([, name = '']) => name))].sort(),
      ];
    }),
  );
}

/** Every field that was seen in any event of a type, or in any object of a name. */
class Seen {
  readonly types: Record<string, Set<string>> = {};
  readonly objects: Record<string, Set<string>> = {};

  add(stdout: string): void {
    for (const line of stdout.trimEnd().split('\n')) {
      const { at, type, ...fields } = JSON.parse(line) as Fields;
      expect(at).toMatch(/^\d{4}-.*Z$/);
      this.#note(this.types, String(type), fields);
    }
  }

  #note(into: Record<string, Set<string>>, name: string, fields: Fields): void {
    into[name] ??= new Set();
    const known = into[name];
    for (const [key, value] of Object.entries(fields)) {
      known.add(key);
      for (const one of Array.isArray(value) ? value : [value]) this.#object(key, one);
    }
  }

  #object(key: string, value: unknown): void {
    if (typeof value !== 'object' || value === null) return;
    const meant = {
      active: 'machine',
      skipped: 'machine',
      replaces: 'index',
      theirs: 'index',
      machines: 'outcome',
    };
    this.#note(this.objects, meant[key as keyof typeof meant] ?? key, value as Fields);
  }

  static sorted(all: Record<string, Set<string>>): Record<string, string[]> {
    return Object.fromEntries(Object.entries(all).map(([name, keys]) => [name, [...keys].sort()]));
  }
}

it('the events of --json have the fields that are documented, and no other', async () => {
  const host = scene.host();
  const seen = new Seen();
  const run = async (...args: string[]) => seen.add((await host.configUpdate(['--json', ...args])).stdout);
  Object.assign(host.env, { APP_USER: 'root', CONFIG_UPDATE_BEFORE: 'echo made' });
  const { index } = readValidIndex(makeSampleIndex());
  const [entry] = entriesOf(index);
  const [first] = entry?.events ?? [];
  if (!entry || !first) return expect.unreachable('no event');
  const event = openDatabase(join(host.dbDir, `${databaseOf(entry, first)}.sqlite3`));
  event.exec("CREATE TABLE events (date TEXT); INSERT INTO events VALUES ('2026-12-31')");
  event.close();
  await run('--dry-run');
  scene.fleet.behave('m1', (response, nth, succeed) =>
    nth === 2 ? response.writeHead(503).end() : succeed(),
  );
  host.list({ id: 'm1' }, { id: 'm2', region: 'syd' }, { id: 'm3', state: 'suspended' });
  scene.fleet.behave('m2', (response) => {
    const error = { code: 'disk', message: 'it is full', hint: 'Free some space.' };
    response.writeHead(400).end(`RESULT ${JSON.stringify({ machine: 'm2', outcome: 'failed', error })}\n`);
  });
  await run('--verbose', '--user', 'ada:secret');
  await run('--verify');
  await run('--target', 'nowhere');
  host.env['FLY_CLI_PATH'] = '/bin/false';
  await run();
  const other = scene.host(makeSampleIndex({ events: 30, studios: 20 }));
  seen.add((await other.configUpdate(['--json'])).stdout);
  expect(Seen.sorted(seen.types)).toEqual(documented('| type | when | fields'));
  expect(Seen.sorted(seen.objects)).toEqual(documented('| object | fields'));
});
