import {
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openImage } from '../../../src/database/image.ts';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { FleetSimProcess } from '../../support/fleet/fleet-sim.ts';
import { parseAnswer, postVariables, ROOT } from '../../support/machine/machine.ts';
import { Upgraded } from '../../support/upgrade/earlier.ts';
import { ADMIN_HOST, MACHINE } from '../../support/upgrade/places.ts';

let site: Upgraded;
beforeEach(async () => {
  site = await Upgraded.open();
});
afterEach(() => site.close());

const update = async () => parseAnswer(await site.run(MACHINE, 'cgi-bin/update_config', [], postVariables()));
const ofUpdates = async (): Promise<{ run: string; outcome: string }[]> => {
  const { stdout } = await site.run(MACHINE, 'cgi-bin/update_config', ['--history', '--json']);
  return JSON.parse(stdout);
};
const outside = (name: string) => site.root.outside(join(MACHINE.dbDir, name));
const facts = (name: string) => {
  const { ino, mtimeMs, mode, uid } = statSync(outside(name));
  return { ino, mtimeMs, mode, uid, bytes: readFileSync(outside(name)).toString('base64') };
};
const eventsIn = (path: string) => {
  const db = openDatabase(readFileSync(path));
  const count = db.prepare('SELECT count(*) FROM showcases').pluck().get();
  db.close();
  return count;
};

describe('a machine that an earlier release has updated', () => {
  it('keeps its history, and has nothing to install', async () => {
    const before = await ofUpdates();
    expect(before).toMatchObject([{ outcome: 'updated' }, { outcome: 'updated' }]);
    const names = ['index.sqlite3', 'htpasswd', 'map.yml', 'showcases.yml'];
    const files = names.map(facts);
    const { exitCode, result } = await update();
    expect(exitCode).toBe(0);
    // navigator.yml alone is this release's own, and another release may write it differently.
    const changed = result.files.filter((file) => file.changed).map(({ kind }) => kind);
    expect(changed.filter((kind) => kind !== 'navigator')).toEqual([]);
    expect(names.map(facts)).toEqual(files);
    expect((await ofUpdates()).slice(1)).toEqual(before);
    expect((await update()).result).toMatchObject({ outcome: 'unchanged', reload: false });
  });

  it('goes back to a generation of that release', async () => {
    const [last] = await ofUpdates();
    expect(eventsIn(outside('index.sqlite3'))).toBe(13);
    const { exitCode } = await site.run(MACHINE, 'cgi-bin/update_config', ['--rollback', last?.run ?? '']);
    expect(exitCode).toBe(0);
    expect(eventsIn(outside('index.sqlite3'))).toBe(12);
    expect(await ofUpdates()).toHaveLength(3);
  });

  it('fetches no database that it has, and uploads none that it has uploaded', async () => {
    const ready = await site.run(MACHINE, 'scripts/ready', ['--only', 'tenants']);
    expect(ready.stdout).toContain('Summary: done, 2 tenants unchanged, 11 tenants without a database');
    expect(ready.exitCode).toBe(0);
    const idle = await site.run(MACHINE, 'scripts/idle');
    expect(idle.stdout).toContain('Summary: done, 2 unchanged, 11 missing');
    expect(idle.exitCode).toBe(0);
    const kept = readdirSync(outside('.update_config'));
    expect(kept.filter((name) => name.includes('damaged'))).toEqual([]);
  });

  it('begins its journal anew where the directories are an account’s, and installs nothing again', async () => {
    const { root } = site;
    const rails = 1000;
    writeFileSync(
      root.outside('/etc/passwd'),
      'root:x:0:0:root:/:/bin/sh\nrails:x:1000:1000::/rails:/bin/sh\n',
    );
    writeFileSync(root.outside('/etc/group'), 'root:x:0:\nrails:x:1000:\n');
    const owned = readdirSync(root.outside('/data/db'), { recursive: true, encoding: 'utf8' });
    const theirs = ['/data/db', ...owned.map((name) => join('/data/db', name)), '/rails/tmp', '/rails/log'];
    mkdirSync(root.outside('/rails/log'));
    for (const path of theirs) chownSync(root.outside(path), rails, rails);
    const index = facts('index.sqlite3');
    const { exitCode, result } = await update();
    expect({ exitCode, error: result.error }).toEqual({ exitCode: 0, error: undefined });
    expect(result.files.filter((file) => file.changed && file.kind !== 'navigator')).toEqual([]);
    expect(facts('index.sqlite3')).toEqual(index);
    expect(await ofUpdates()).toHaveLength(1);
    expect(readdirSync(root.outside('/var/lib/showcase-config'))).toHaveLength(1);
    const idle = await site.run(MACHINE, 'scripts/idle');
    expect(idle.stdout).toContain('Summary: done, 2 unchanged, 11 missing');
  });
});

describe('a file of a later release', () => {
  it.each([
    ['journal.db', 'cgi-bin/update_config'],
    ['tenants.db', 'scripts/ready'],
    ['uploads.db', 'scripts/idle'],
  ])('%s is refused by %s and left alone; once it is moved aside, all goes on', async (name, script) => {
    const path = outside(`.update_config/${name}`);
    const later = readFileSync(path);
    later.writeUInt32BE(99, 60); // user_version, in the header of every SQLite file
    writeFileSync(path, later);
    const refused = await site.run(MACHINE, script);
    expect(refused.exitCode).toBe(1);
    expect(refused.stdout).toMatch(
      /\(config-invalid\).* was made by a newer version of this program \(schema 99/,
    );
    expect(readFileSync(path).equals(later)).toBe(true);
    renameSync(path, `${path}.later`);
    expect(await site.run(MACHINE, script)).toMatchObject({ exitCode: 0 });
  });
});

describe('an admin host that an earlier release has published from', () => {
  let sim: FleetSimProcess;
  beforeEach(async () => {
    sim = await FleetSimProcess.start(['--machines', '2', '--delay', '0'], site.published.env);
  });
  afterEach(() => sim.stop());
  const run = (...args: string[]) => site.run(ADMIN_HOST, 'scripts/config-update', args, sim.variables);
  const history = async () => (await run('--history', '--json')).stdout.trim().split('\n');

  it('keeps its history, and publishes nothing again', async () => {
    const before = await history();
    expect(before).toHaveLength(2);
    const { exitCode, stdout } = await run();
    expect(stdout).toContain('The store has this index already');
    expect(exitCode).toBe(0);
    expect((await history()).slice(1)).toEqual(before);
  });

  it('knows what it published, so that a change goes out at once, and can be taken back', async () => {
    const index = site.root.outside(join(ADMIN_HOST.dbDir, 'index.sqlite3'));
    const db = openDatabase(readFileSync(index));
    db.exec('DELETE FROM showcases WHERE id = 13');
    writeFileSync(index, db.serialize());
    db.close();
    expect(await run()).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('2 machines') });
    expect(eventsIn(index)).toBe(12);
    expect(await run('--undo')).toMatchObject({ exitCode: 0 });
    expect(eventsIn(index)).toBe(13);
  });
});

describe('a record of runs of version 1', () => {
  it('is taken over by the first command of showcase-web, and loses nothing', async () => {
    const directory = site.root.outside('/srv/db/.showcase-web');
    mkdirSync(directory, { mode: 0o700 });
    const path = join(directory, 'runs.sqlite3');
    const dump = readFileSync(join(ROOT, 'test/support/runs/runs-file-1.sql'), 'utf8');
    const old = openDatabase(':memory:').exec(dump);
    const runs = old.prepare('SELECT * FROM runs').all();
    writeFileSync(path, old.serialize());
    old.close();
    const listed = await site.run(ADMIN_HOST, 'scripts/showcase-web', ['keys', 'list']);
    expect(listed).toMatchObject({ exitCode: 0 });
    const db = openImage(readFileSync(path));
    expect(db.pragma('user_version', { simple: true })).toBeGreaterThan(1);
    expect(db.prepare('SELECT * FROM runs').all()).toEqual(runs);
    db.close();
  });
});
