/**
 * `node test/support/upgrade/earlier-process.ts OLD`: writes test/fixtures/earlier-release anew, with the executables of an
 * earlier release that was built in the directory OLD. What it does there is told in that directory's README.md.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { changeSample, makeSampleIndex } from '../../../dev/sample/sample.ts';
import { renderTime } from '../../../src/bucket/object-names.ts';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { FleetSimProcess } from '../fleet/fleet-sim.ts';
import { postVariables } from '../machine/machine.ts';
import { startPublished } from '../machine/published.ts';
import { EmptyRoot } from '../system/empty-root.ts';
import { ADMIN_HOST, FIXTURE, MACHINE, type Place, runInside, STORED } from './places.ts';

const old = resolve(process.argv[2] ?? '');
const event = (text: string): Buffer => {
  const db = openDatabase(':memory:');
  db.exec('CREATE TABLE events (id INTEGER PRIMARY KEY, name TEXT)');
  db.prepare('INSERT INTO events (name) VALUES (?)').run(text);
  const bytes = db.serialize();
  db.close();
  return bytes;
};

const directory = mkdtempSync(join(tmpdir(), 'earlier-'));
const root = await EmptyRoot.open(directory);
const published = await startPublished();
const sim = await FleetSimProcess.start(['--machines', '2', '--delay', '0'], published.env);
try {
  // What begins with FLEET_ today had another name then.
  const renamed = Object.entries(sim.variables).map(([name, value]) => [
    name.replace(/^FLEET_/, 'CONFIG_UPDATE_'),
    value,
  ]);
  const env = { ...published.env, ...Object.fromEntries(renamed) };
  const run = async (place: Place, script: string, args: readonly string[] = [], more = {}) => {
    const { exitCode, stdout, stderr } = await runInside(root, place, script, args, { ...env, ...more });
    process.stdout.write(`== ${place.appRoot} ${script}\n${stdout}${stderr}`);
    if (exitCode !== 0) throw new Error(`${script} ended with ${exitCode}`);
    return stdout;
  };
  for (const { appRoot, dbDir } of [MACHINE, ADMIN_HOST]) {
    mkdirSync(root.outside(dbDir), { recursive: true });
    for (const folder of ['cgi-bin', 'scripts'])
      cpSync(join(old, folder), root.outside(join(appRoot, folder)), { recursive: true });
  }
  const publish = async (index: Buffer) => {
    writeFileSync(root.outside(join(ADMIN_HOST.dbDir, 'index.sqlite3')), index);
    await run(ADMIN_HOST, 'scripts/config-update');
    await run(MACHINE, 'cgi-bin/update_config', [], postVariables());
  };
  const first = makeSampleIndex({ studios: 6, events: 12 });
  await publish(first);
  await publish(changeSample(first).index);

  const listed = await run(MACHINE, 'scripts/ready', ['--list', '--only', 'tenants', '--json']);
  const [one = '', two = ''] = (JSON.parse(listed) as { tenants: { name: string }[] }).tenants.map(
    ({ name }) => name,
  );
  const modified = { 'last-modified': renderTime(new Date('2026-01-02T03:04:05Z')) };
  for (const name of [one, two]) {
    await published.store.put(`db/${name}.sqlite3`, event('stored'), {
      condition: { replaces: 'nothing' },
      metadata: modified,
      contentType: 'application/vnd.sqlite3',
    });
  }
  await run(MACHINE, 'scripts/ready', ['--only', 'tenants']);
  writeFileSync(root.outside(join(MACHINE.dbDir, `${one}.sqlite3`)), event('changed here'));
  await run(MACHINE, 'scripts/idle');

  const stored = [];
  mkdirSync(FIXTURE, { recursive: true });
  for (const key of ['db/index.sqlite3', `db/${one}.sqlite3`, `db/${two}.sqlite3`, 'inventory/iad.json']) {
    const got = await published.store.get(key, { maxBytes: 1e9 });
    if (got.kind !== 'found') throw new Error(`the store has no ${key}`);
    const { sha256: _, ...metadata } = got.object.metadata;
    stored.push({ key, metadata, base64: got.bytes.toString('base64') });
  }
  writeFileSync(root.outside(STORED), JSON.stringify(stored));
  const kept = [
    join(MACHINE.appRoot, 'config'),
    join(MACHINE.appRoot, 'tmp'),
    MACHINE.dbDir,
    ADMIN_HOST.dbDir,
  ];
  const paths = [...kept, STORED].map((path) => path.slice(1));
  const tar = ['tar', '--create', '--gzip', '--directory', root.outside('/'), '--sort=name', '--owner=0'];
  execFileSync('env', [
    ...tar,
    '--group=0',
    '--numeric-owner',
    '--file',
    join(FIXTURE, 'state.tar.gz'),
    ...paths,
  ]);
} finally {
  await sim.stop();
  await published.close();
  await root.close();
  rmdirSync(directory);
}
