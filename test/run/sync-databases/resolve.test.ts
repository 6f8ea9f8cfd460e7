import { readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openImage } from '../../../src/database/image.ts';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { ROOT } from '../../support/machine/machine.ts';
import { eventIndex, eventOf, Region } from '../../support/sync/events.ts';
import { EventStore } from '../../support/sync/store.ts';

const T1 = new Date('2026-01-02T03:04:05Z');
/** Later than whatever is written meanwhile, however long this takes. */
const SOON = new Date(Date.now() + 24 * 3_600_000);
const BOSTON = '2026-boston';

let store: EventStore;
let a: Region;
let b: Region;

beforeEach(async () => {
  store = await EventStore.start();
  a = new Region('iad', store.env);
  a.write(BOSTON, 'common', T1);
  expect((await a.syncHere()).counts).toMatchObject({ uploaded: 1 });
  b = a.twin('iad');
});

afterEach(async () => {
  a.remove();
  b.remove();
  await store.close();
});

const kept = (machine: Region): (string | null)[] =>
  machine.keptAside().map((name) => eventOf(openImage(readFileSync(join(machine.dbDir, name)))));

const ready = async (machine: Region) =>
  await machine.run(['--only', 'tenants'], { executable: join(ROOT, 'scripts/ready') });

describe('a database that was changed in two places', () => {
  beforeEach(async () => {
    a.write(BOSTON, 'from a', SOON);
    expect((await a.syncHere()).counts).toMatchObject({ uploaded: 1 });
    b.write(BOSTON, 'from b');
    expect((await b.syncHere()).counts).toMatchObject({ 'changed elsewhere': 1 });
  });

  it('becomes the version of the store once the local one is out of the way', async () => {
    rmSync(b.tenant(BOSTON));
    expect(await b.syncHere(['--only', BOSTON])).toMatchObject({
      outcome: 'done',
      counts: { downloaded: 1 },
    });
    expect(b.event(BOSTON)).toBe('from a');
    expect(kept(b)).toEqual(['from b']);
    expect(await b.syncHere()).toMatchObject({ outcome: 'done', counts: { unchanged: 1 } });
  });

  it('becomes the local version if that is put back and touched after a sync', async () => {
    const aside = join(b.home, 'aside');
    renameSync(b.tenant(BOSTON), aside);
    await b.syncHere(['--only', BOSTON]);
    renameSync(aside, b.tenant(BOSTON));
    const now = new Date();
    utimesSync(b.tenant(BOSTON), now, now);
    expect(await b.syncHere(['--only', BOSTON])).toMatchObject({ outcome: 'done', counts: { uploaded: 1 } });
    expect(await store.event(BOSTON)).toBe('from b');
    expect((await a.syncHere()).counts).toMatchObject({ downloaded: 1 });
    expect(a.event(BOSTON)).toBe('from b');
  });

  it('is replaced by the ready hook, which goes by times, and its change is kept beside it', async () => {
    for (const name of b.keptAside()) rmSync(join(b.dbDir, name));
    const { stdout } = await ready(b);
    expect(stdout).toContain('what was here is kept as');
    expect(b.event(BOSTON)).toBe('from a');
    expect(kept(b)).toEqual(['from b']);
  });
});

describe('a database of the same second as another version in the store', () => {
  for (const [title, time] of [
    ['before it was stored', new Date(T1.getTime() + 60_000)],
    ['after it was stored, by another clock', SOON],
  ] as const) {
    it(`does not count as equal for the ready hook if both were changed ${title}`, async () => {
      b.write(BOSTON, 'from b', time);
      a.write(BOSTON, 'from a', time);
      expect((await a.syncHere()).counts).toMatchObject({ uploaded: 1 });
      expect((await ready(b)).exitCode).toBe(0);
      expect(await b.syncHere()).toMatchObject({ outcome: 'failed', counts: { 'changed elsewhere': 1 } });
      expect([await store.event(BOSTON), b.event(BOSTON)]).toEqual(['from a', 'from b']);
      expect(kept(b)).toEqual(['from b']);
    });
  }

  it('counts as equal if it has the same bytes, since another program has fetched it', async () => {
    a.write(BOSTON, 'from a', SOON);
    expect((await a.syncHere()).counts).toMatchObject({ uploaded: 1 });
    writeFileSync(b.tenant(BOSTON), (await store.bytes(`db/${BOSTON}.sqlite3`)) ?? '');
    utimesSync(b.tenant(BOSTON), SOON, SOON);
    expect((await ready(b)).exitCode).toBe(0);
    b.write(BOSTON, 'from b', new Date(SOON.getTime() + 60_000));
    expect((await b.syncHere()).counts).toMatchObject({ uploaded: 1 });
    expect(await store.event(BOSTON)).toBe('from b');
  });
});

describe('a database that was changed in the store alone', () => {
  for (const mode of ['delete', 'wal'] as const) {
    it(`is downloaded, and nothing is kept beside (journal mode ${mode})`, async () => {
      for (const machine of [a, b]) openDatabase(machine.tenant(BOSTON)).pragma(`journal_mode = ${mode}`);
      await a.syncHere();
      a.write(BOSTON, 'from a', SOON);
      await a.syncHere();
      expect((await b.syncHere()).counts).toMatchObject({ downloaded: 1 });
      expect(b.event(BOSTON)).toBe('from a');
      b.write(BOSTON, 'from b', new Date(SOON.getTime() + 60_000));
      expect((await b.syncHere()).counts).toMatchObject({ uploaded: 1 });
      expect((await a.syncHere()).counts).toMatchObject({ downloaded: 1 });
      expect(a.event(BOSTON)).toBe('from b');
      expect([...kept(a), ...kept(b)]).toEqual([]);
    });
  }
});

describe('databases with names of all letters that a key may have', () => {
  it('are uploaded, downloaded, and entered into the inventory', async () => {
    const keys = ["o'brien+sons", 'zürich', 'a.b_c'];
    const index = eventIndex({ iad: keys });
    const [here, there] = [new Region('iad', store.env, index), new Region('iad', store.env, index)];
    try {
      for (const key of keys) here.write(`2026-${key}`, key);
      expect((await here.syncHere()).counts).toMatchObject({ uploaded: 3, downloaded: 1 });
      expect((await there.syncHere()).counts).toMatchObject({ downloaded: 4 });
      for (const key of keys) expect(there.event(`2026-${key}`)).toBe(key);
      const names = Object.keys((await store.inventory('iad')) ?? {});
      expect(names.sort()).toEqual(
        [BOSTON, ...keys.map((key) => `2026-${key}`)].map((name) => `${name}.sqlite3`).sort(),
      );
    } finally {
      here.remove();
      there.remove();
    }
  });
});
