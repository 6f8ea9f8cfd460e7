/** docs/TROUBLESHOOTING.md: each symptom is produced, and its two commands say what the page says that they do. */
import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { SAMPLE_HASHES } from '../../../dev/sample/people.ts';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { consoleBlocks, missingLines } from '../../support/examples/console-blocks.ts';
import { Operated } from '../../support/examples/operated.ts';
import { FleetSimProcess } from '../../support/fleet/fleet-sim.ts';
import { atEnd } from '../../support/suite/at-end.ts';

// Each symptom takes some runs of config-update, behind whatever else runs.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

let site: Operated;
beforeAll(async () => {
  site = await Operated.start();
});
afterAll(() => site.close());

const SECTIONS = consoleBlocks('docs/TROUBLESHOOTING.md');

const AWAY = { AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1' };

/** How each symptom comes about, after those before it. */
const CAUSES: Readonly<Record<string, () => unknown>> = {
  'A new event gives 404': () => {
    const columns = 'year, key, name, location_id, created_at, updated_at';
    const row = (key: string) => `(2026, '${key}', 'New', 1, '2026-01-01', '2026-01-01')`;
    site.edit(`INSERT INTO showcases (${columns}) VALUES ${row('gala')}, ${row('x/y')}`);
  },
  'An old password still works': async () => {
    await publishPast(() => site.edit(setPassword(2)));
    site.edit(setPassword(3));
  },
  'One machine shows old data': () =>
    publishPast(() => site.edit("UPDATE locations SET name = 'Newer' WHERE id = 1")),
  'Stuck in maintenance': () => {
    const empty = join(site.rig.home, 'empty');
    mkdirSync(empty);
    site.env = { machine: { RAILS_DB_VOLUME: empty, ...AWAY } };
  },
  'config-update ends with exit 4': async () => {
    const db = openDatabase(site.rig.indexPath);
    const image = openDatabase(db.serialize());
    db.close();
    image.exec("UPDATE locations SET name = 'Elsewhere' WHERE id = 1");
    await site.published.publish(image.serialize());
    image.close();
    site.edit("UPDATE locations SET name = 'Here' WHERE id = 1");
  },
  'config-update ends with exit 3': async () => {
    const asleep = await FleetSimProcess.start([
      '--machines',
      '2',
      '--states',
      'suspended=2',
      '--etag',
      '"x"',
    ]);
    atEnd(() => asleep.stop());
    site.env = { admin: asleep.variables };
  },
  'A machine serves from the index of its own': async () => {
    site.env = { machine: AWAY };
    await site.run({ host: 'machine', command: 'cgi-bin/update_config --boot' });
  },
  'An event answers with an error': () => {},
  'What was entered at an event is gone': async () => {
    const path = join(site.machineHome, 'db/2026-boston.sqlite3');
    site.edit('CREATE TABLE events (id INTEGER PRIMARY KEY, name TEXT)', path);
    await site.run({ host: 'machine', command: 'scripts/sync-databases --only 2026-boston' });
    for (const [name, put] of [
      ['theirs', true],
      ['ours', false],
    ] as const) {
      site.edit(`INSERT INTO events (name) VALUES ('${name}')`, path);
      if (!put) continue;
      await site.published.store.put('db/2026-boston.sqlite3', readFileSync(path), {
        condition: { replaces: 'anything' },
        metadata: { 'last-modified': new Date().toISOString() },
        contentType: 'application/vnd.sqlite3',
      });
    }
  },
  'Pages show old events': () => {},
  'The pages below admin/ answer 502': async () => {
    const holder = createServer((socket) => socket.end('not HTTP\n'));
    holder.listen(0, '127.0.0.1');
    await once(holder, 'listening');
    atEnd(() => void holder.close());
    site.webPort = (holder.address() as AddressInfo).port;
    site.env = { admin: { WEB_LISTEN: `127.0.0.1:${site.webPort}` } };
  },
};

const setPassword = (id: number): string =>
  `UPDATE users SET password = userid || ':${SAMPLE_HASHES['bcrypt 2a']}' WHERE id = ${id}`;

/** Publishes while no machine can be reached. */
async function publishPast(change: () => void): Promise<void> {
  change();
  await site.rig.setFaults('fail=2');
  await site.run({ host: 'admin', command: 'scripts/config-update' });
  await site.rig.setFaults('');
}

it('every section has two commands, and a cause that a test knows', () => {
  expect([...SECTIONS.keys()]).toEqual(Object.keys(CAUSES));
  for (const [heading, shown] of SECTIONS) {
    expect([heading, shown.length]).toEqual([heading, 2]);
    for (const { lines } of shown) expect(lines.length).toBeGreaterThan(0);
  }
});

it.each(Object.keys(CAUSES))('what is said of "%s" is what its commands say', async (heading) => {
  site.env = {};
  await CAUSES[heading]?.();
  for (const shown of SECTIONS.get(heading) ?? []) {
    const { output } = await site.run(shown);
    expect(missingLines(shown.lines, output), `${shown.command}\n${output}`).toEqual([]);
  }
});
