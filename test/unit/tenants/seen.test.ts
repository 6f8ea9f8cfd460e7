import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { openSeen } from '../../../src/tenants/seen.ts';

let home: string;
let file: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'seen-'));
  file = join(home, 'tenants.db');
});
afterEach(() => rmSync(home, { recursive: true }));

const TIME = new Date('2025-11-19T12:00:00.250Z');
const SEEN = { etag: '"abc"', time: TIME, digest: 'd' };
const INSTALL = { ...SEEN, oldDigest: 'o', oldModified: new Date(5) };

describe('the memory of the store’s versions', () => {
  it('survives being closed', () => {
    const seen = openSeen(home);
    seen.record('2025-boston', SEEN);
    seen.record('2025-lima', { ...SEEN, digest: null });
    seen.recordTimes([['2025-rio', { etag: '"r"', stored: 7, time: TIME }]]);
    seen.recordInventory('inventory/iad.json', '"i"', '{}');
    seen.announce('2025-boston', INSTALL);
    seen.close();
    const again = openSeen(home);
    expect(again.get('2025-boston')).toMatchObject(SEEN);
    expect(again.get('2025-rio')).toBeNull();
    expect([...again.all().keys()]).toEqual(['2025-boston', '2025-lima']);
    expect(again.times()).toEqual(new Map([['2025-rio', { etag: '"r"', stored: 7, time: TIME }]]));
    expect(again.inventory('inventory/iad.json', '"i"')).toBe('{}');
    expect(again.inventory('inventory/iad.json', '"other"')).toBeNull();
    expect(again.interrupted('2025-boston')).toEqual(INSTALL);
    again.finishInstall('2025-boston', { ...SEEN, etag: '"new"' });
    expect([again.interrupted('2025-boston'), again.get('2025-boston')?.etag]).toEqual([null, '"new"']);
    again.close();
  });

  it('is the same for all processes that have it open', () => {
    const [one, other] = [openSeen(home), openSeen(home)];
    one.record('2025-boston', SEEN);
    expect(other.get('2025-boston')).toMatchObject(SEEN);
    other.record('2025-boston', { ...SEEN, etag: '"2"' });
    expect(one.get('2025-boston')?.etag).toBe('"2"');
    one.close();
    other.close();
  });

  it('loses nothing when many processes make it and write to it at the same moment', async () => {
    const writer = join(import.meta.dirname, '../../support/tenants/seen-process.ts');
    const children = Array.from({ length: 6 }, (_, at) =>
      spawn(process.execPath, [writer, home, `p${at}`, '25'], { stdio: ['ignore', 'inherit', 'inherit'] }),
    );
    const ends = await Promise.all(children.map((child) => once(child, 'exit')));
    expect(ends.map(([code]) => code)).toEqual(children.map(() => 0));
    const seen = openSeen(home);
    expect(seen.all().size).toBe(6 * 25);
    seen.close();
  });

  it('is set aside and made again if it is damaged', () => {
    const content = Buffer.alloc(8192, 'this is no database');
    writeFileSync(file, content);
    const seen = openSeen(home);
    seen.record('2025-boston', SEEN);
    seen.close();
    const aside = readdirSync(home).find((name) => name.startsWith('tenants.db.damaged-'));
    expect(readFileSync(join(home, aside ?? ''))).toEqual(content);
  });

  it('is refused if a newer version of this program made it', () => {
    const db = openDatabase(file);
    db.exec('CREATE TABLE other (x); PRAGMA user_version = 2');
    db.close();
    for (const dryRun of [false, true]) {
      expect(() => openSeen(home, { dryRun })).toThrow(/newer version/);
    }
  });
});

describe('the memory of the store’s versions in a dry run', () => {
  it('leaves the disk as it is, without a file and with one', () => {
    const empty = openSeen(home, { dryRun: true });
    empty.record('2025-boston', SEEN);
    expect(empty.get('2025-boston')).toMatchObject(SEEN);
    empty.close();
    expect(readdirSync(home)).toEqual([]);
    const real = openSeen(home);
    real.record('2025-boston', SEEN);
    real.close();
    const before = readFileSync(file);
    const dry = openSeen(home, { dryRun: true });
    dry.record('2025-boston', { ...SEEN, etag: '"2"' });
    expect(dry.get('2025-boston')?.etag).toBe('"2"');
    dry.close();
    expect(readFileSync(file)).toEqual(before);
    expect(readdirSync(home)).toEqual(['tenants.db']);
  });
});
