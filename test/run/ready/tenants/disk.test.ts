/** Disks that are full: a clear failure, databases whole, and all in order as soon as there is room. */
import { readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { databaseKey } from '../../../../src/bucket/object-names.ts';
import { openImage } from '../../../../src/database/image.ts';
import { versionImage, versionIn } from '../../../support/install/images.ts';
import { Machine } from '../../../support/machine/machine.ts';
import { type Published, startPublished } from '../../../support/machine/published.ts';
import { RunProcess } from '../../../support/machine/run-process.ts';
import { READY } from '../../../support/ready/ready.ts';
import { Mounts } from '../../../support/system/mounts.ts';
import { indexImage, T1, T2 } from '../../../support/tenants/tenant-room.ts';

const NAMES = ['2026-missing', '2026-rollback', '2026-log'];
/** Bytes that are free when the hook runs: from nothing at all to nearly enough. */
const FREE = [0, 16_384, 65_536, 114_688, 180_224];

let published: Published;
let machine: Machine;
let mounts: Mounts;

beforeEach(async () => {
  published = await startPublished();
  for (const name of NAMES) {
    await published.store.put(databaseKey(name), versionImage(2), {
      condition: { replaces: 'anything' },
      metadata: { 'last-modified': '2025-11-19 12:01:00 UTC' },
      contentType: 'application/vnd.sqlite3',
    });
  }
  machine = new Machine({ ...published.env, FLY_APP_NAME: 'smooth', FLY_REGION: 'iad' });
  mounts = await Mounts.open();
  mounts.mountMemory(machine.dbDir, 4096);
});

afterEach(async () => {
  await mounts.close();
  machine.remove();
  await published.close();
});

const inside = () => mounts.outside(machine.dbDir);
const pathOf = (name: string) => join(inside(), `${name}.sqlite3`);

function begin(): void {
  for (const name of readdirSync(inside())) rmSync(join(inside(), name), { recursive: true });
  writeFileSync(pathOf('index'), indexImage(NAMES));
  for (const name of ['2026-rollback', '2026-log']) {
    writeFileSync(pathOf(name), versionImage(1, { wal: name === '2026-log' }));
    utimesSync(pathOf(name), T1, T1);
  }
}

/** By its bytes: SQLite would look for the way through another process's root on its own. No process has it open. */
function versionOf(name: string): number {
  const db = openImage(readFileSync(pathOf(name)));
  try {
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    return versionIn(db);
  } finally {
    db.close();
  }
}

const ready = () =>
  new RunProcess(machine, {
    executable: READY,
    args: ['--only', 'tenants', '--json'],
    through: mounts.through,
  }).answered;

describe('databases that are downloaded to a disk without room', () => {
  it.each(FREE)('stay whole, and are downloaded as soon as there is room: %i bytes free', async (free) => {
    begin();
    mounts.leaveFree(machine.dbDir, free);
    const { exitCode, stdout } = await ready();
    expect(exitCode, stdout).toBe(1);
    expect(stdout).toMatch(/"code":"disk"/);
    expect(stdout).not.toMatch(/"code":"internal"/);
    mounts.leaveFree(machine.dbDir, null);
    expect(readdirSync(inside()).filter((name) => name.includes('.fetched'))).toEqual([]);
    for (const name of NAMES.slice(1)) expect([1, 2]).toContain(versionOf(name));

    const again = await ready();
    expect(again.exitCode, again.stdout).toBe(0);
    for (const name of NAMES) {
      expect(versionOf(name), name).toBe(2);
      expect(statSync(pathOf(name)).mtime, name).toEqual(T2);
    }
  });
});
