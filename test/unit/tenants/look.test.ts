import { mkdirSync, readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { md5 } from '../../../src/store/proof.ts';
import { adoptCopy } from '../../../src/tenants/adopt.ts';
import { countRows, readColumn } from '../../../src/tenants/column.ts';
import { fetchedPath, findLeftovers, removeLeftovers } from '../../../src/tenants/kept-copies.ts';
import { isOlder, readLocal, stampOf } from '../../../src/tenants/local-copy.ts';
import { appliedIn, countPending, readApplied, readMigrations } from '../../../src/tenants/migrations.ts';
import { mayBeSince, openSeen } from '../../../src/tenants/seen.ts';
import { openUntouched } from '../../../src/tenants/untouched.ts';
import { versionImage } from '../../support/install/images.ts';
import { T1, T2, T3, TenantRoom } from '../../support/tenants/tenant-room.ts';

const NAME = '2026-boston';

describe('a column of an application’s', () => {
  it('is read of an ordinary table, up to so many rows and bytes', () => {
    const db = openDatabase(':memory:');
    db.exec(
      "CREATE TABLE Events (Date TEXT, g TEXT AS ('x')); INSERT INTO events VALUES ('ab'), ('abc'), (NULL), ('éa')",
    );
    const read = (rows: number, bytes: number) => readColumn(db, 'events', 'date', { rows, bytes });
    expect([read(9, 3), read(9, 2), read(1, 9)]).toEqual([['ab', 'abc', 'éa'], ['ab'], ['ab']]);
    expect(readColumn(db, 'events', 'g', { rows: 9, bytes: 9 })).toEqual([]);
    expect(readColumn(db, 'others', 'date', { rows: 9, bytes: 9 })).toEqual([]);
    db.exec('CREATE VIEW v AS SELECT date FROM events');
    expect([readColumn(db, 'v', 'date', { rows: 9, bytes: 9 }), countRows(db, 'v')]).toEqual([[], null]);
    expect([countRows(db, 'events'), countRows(db, 'others')]).toEqual([2, null]);
    db.exec("DELETE FROM events WHERE date <> 'ab' OR date IS NULL");
    expect(countRows(db, 'events')).toBe(1);
    db.exec('DELETE FROM events');
    expect(countRows(db, 'events')).toBe(0);
    db.close();
  });
});

describe('migrations', () => {
  it('are files of the application’s by their number, of whatever length', () => {
    const room = new TenantRoom(null);
    expect(readMigrations(room.appRoot)).toBe(null);
    room.migrations('20240101000000', '007');
    for (const name of ['x_y.rb', '1_y.txt', '2.rb', '3_y.rb.bak'])
      writeFileSync(join(room.appRoot, 'db/migrate', name), '');
    expect([...(readMigrations(room.appRoot) ?? [])].sort()).toEqual(['20240101000000', '7']);
    expect(countPending(['1', '2', '3'], new Set(['2']))).toBe(2);
  });

  it('are applied by what the database says, and looking changes nothing of it', () => {
    const room = new TenantRoom(null);
    const tenant = { name: NAME, path: room.path(NAME), region: null };
    expect(readApplied(tenant, { dryRun: false }).size).toBe(0);
    const db = openDatabase(tenant.path);
    db.exec(
      "PRAGMA journal_mode = wal; CREATE TABLE schema_migrations (version TEXT); INSERT INTO schema_migrations VALUES ('007'), ('8')",
    );
    const stamp = stampOf(tenant.path);
    expect([...appliedIn(db)]).toEqual(['7', '8']);
    for (const dryRun of [true, false]) expect([...readApplied(tenant, { dryRun })]).toEqual(['7', '8']);
    expect(stampOf(tenant.path)).toBe(stamp);
    db.close();
    writeFileSync(tenant.path, 'no database '.repeat(99));
    expect(() => readApplied(tenant, { dryRun: false })).toThrow(
      expect.objectContaining({ code: 'tenant-invalid' }),
    );
  });
});

describe('a database that is only looked at', () => {
  it('is opened up to so many bytes, and what its schema names is not trusted', () => {
    const room = new TenantRoom(null);
    const path = room.path(NAME);
    for (const mode of ['delete', 'wal']) {
      const made = openDatabase(path);
      made.exec(`PRAGMA journal_mode = ${mode}; CREATE TABLE IF NOT EXISTS x (y)`);
      made.close();
      const { size } = statSync(path);
      const db = openUntouched(path, NAME, { maxBytes: size });
      const pragmas = ['trusted_schema', 'cell_size_check'];
      expect(pragmas.map((name) => db?.pragma(name, { simple: true }))).toEqual([0, 1]);
      db?.close();
      expect(() => openUntouched(path, NAME, { maxBytes: size - 1 })).toThrow(
        expect.objectContaining({ code: 'tenant-invalid' }),
      );
      expect(readdirSync(room.dbDir).filter((name) => name.startsWith(NAME))).toEqual([`${NAME}.sqlite3`]);
    }
  });
});

describe('a local database', () => {
  it('is empty where nothing was ever made in it, its log included', () => {
    const room = new TenantRoom(null);
    const path = room.path(NAME);
    const db = openDatabase(path);
    db.exec('PRAGMA journal_mode = wal; PRAGMA user_version = 1');
    db.close();
    expect(readLocal(path)?.empty).toBe(true);
    writeFileSync(`${path}-wal`, 'x');
    expect(readLocal(path)?.empty).toBe(false);
    writeFileSync(`${path}-wal`, '');
    writeFileSync(`${path}-journal`, 'x');
    expect(readLocal(path)?.empty).toBe(false);
    writeFileSync(`${path}-journal`, '');
    truncateSync(path, 8192);
    expect(readLocal(path)?.empty).toBe(false);
    truncateSync(path, 511);
    expect(readLocal(path)?.empty).toBe(false);
    room.write(NAME, versionImage(1), T1);
    expect(readLocal(path)).toMatchObject({ empty: false, modified: T1, linked: false });
    writeFileSync(path, '');
    expect(readLocal(path)?.empty).toBe(true);
  });

  it('is older by a second at least, or empty', () => {
    const local = { size: 1, empty: false, modified: T2, linked: false };
    const later = (ms: number) => new Date(T2.getTime() + ms);
    expect([isOlder(local, later(999)), isOlder(local, later(1000)), isOlder(local, T2)]).toEqual([
      false,
      true,
      false,
    ]);
    expect(isOlder({ ...local, empty: true }, T1)).toBe(true);
    const seen = { etag: '"e"', time: T1, digest: null, at: later(500) };
    expect([later(-1), later(0), later(1000)].map((time) => mayBeSince(time, seen))).toEqual([
      false,
      true,
      true,
    ]);
  });
});

describe('a copy that another program has fetched', () => {
  const adopted = (more: { etag?: string; time?: Date; known?: string; log?: '-wal' | '-journal' } = {}) => {
    const { etag = `"${md5(versionImage(1)).toUpperCase()}"`, time = T2, known, log } = more;
    const room = new TenantRoom(null);
    mkdirSync(join(room.dbDir, 'state'));
    const seen = openSeen(join(room.dbDir, 'state'));
    room.write(NAME, versionImage(1), T2);
    if (log) writeFileSync(room.path(NAME) + log, 'x');
    if (known) seen.record(NAME, { etag: known, time: T3, digest: 'd' });
    adoptCopy(seen, { name: NAME, path: room.path(NAME), region: null }, { etag, time });
    const found = seen.get(NAME);
    seen.close();
    return found && { etag: found.etag === etag, time: found.time, digest: found.digest };
  };

  it('is taken for the store’s by its time where nothing is known, and else by its bytes', () => {
    const whole = { etag: true, time: T2, digest: null };
    expect([adopted(), adopted({ etag: '"x"' })]).toEqual([whole, whole]);
    expect(adopted({ time: T1 })).toBe(null);
    expect(adopted({ known: '"old"' })).toEqual(whole);
    const stays = { etag: false, time: T3, digest: 'd' };
    expect(adopted({ known: '"old"', etag: '"x"' })).toEqual(stays);
    for (const log of ['-wal', '-journal'] as const) expect(adopted({ known: '"old"', log })).toEqual(stays);
  });
});

describe('what a killed run has left of fetched databases', () => {
  it('is found by the name of its tenant, and nothing else is', () => {
    const room = new TenantRoom(null);
    const left = [
      fetchedPath(room.path(NAME)),
      `${fetchedPath(room.path(NAME))}-journal`,
      fetchedPath(room.path('2026-a.b')),
    ];
    const others = [
      `.${NAME}.sqlite3.0123456789abcde.fetched`,
      `${NAME}.sqlite3`,
      `.${NAME}.sqlite3.0123456789abcdef.fetched.x`,
    ];
    for (const path of [...left, ...others.map((name) => join(room.dbDir, name))]) writeFileSync(path, '');
    const found = findLeftovers(room.dbDir);
    expect([found.get(NAME)?.length, found.get('2026-a.b')?.length, found.size]).toEqual([2, 1, 2]);
    for (const paths of found.values()) removeLeftovers(paths);
    expect(room.files()).toEqual([...others].sort());
    expect(basename(fetchedPath('/db/x.sqlite3'))).toMatch(/^\.x\.sqlite3\.[0-9a-f]{16}\.fetched$/);
  });
});
