/** Whoever can write to the bucket can say when an event's database was last changed, also that it will be in 9999. */
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { renderTime } from '../../../src/bucket/object-names.ts';
import { Region } from '../../support/sync/events.ts';
import { EventStore } from '../../support/sync/store.ts';

const KEY = 'db/2026-boston.sqlite3';
const FUTURE = '9999-12-31 00:00:00 UTC';

let store: EventStore;
let iad: Region;
let scratch: string;

beforeEach(async () => {
  store = await EventStore.start();
  iad = new Region('iad', store.env);
  scratch = mkdtempSync(join(tmpdir(), 'future-'));
});

afterEach(async () => {
  rmSync(scratch, { recursive: true });
  iad.remove();
  await store.close();
});

/** The bytes of an event's database. */
function database(event: string): Buffer {
  const maker = new Region('syd', store.env);
  try {
    maker.write('2026-boston', event);
    return readFileSync(maker.tenant('2026-boston'));
  } finally {
    maker.remove();
  }
}

const mtime = (): number => statSync(iad.tenant('2026-boston')).mtimeMs;

describe("a database in the store that says it was changed in 9999 counts with the store's own time,", () => {
  async function expectTaken(): Promise<void> {
    const before = Date.now();
    expect((await iad.sync()).counts).toMatchObject({ downloaded: 1 });
    expect(iad.event('2026-boston')).toBe('of 9999');
    expect(mtime()).toBeLessThanOrEqual(Date.now());
    expect(mtime()).toBeGreaterThan(before - 60_000);
  }

  async function expectNextTaken(): Promise<void> {
    await store.put(KEY, database('honest'), renderTime(new Date(Date.now() + 2000)));
    expect((await iad.sync()).counts).toMatchObject({ downloaded: 1 });
    expect(iad.event('2026-boston')).toBe('honest');
  }

  it('and does not block the next one', async () => {
    await store.put(KEY, database('of 9999'), FUTURE);
    await expectTaken();
    await expectNextTaken();
  });

  it('even if the inventory says so', async () => {
    const etag = await store.put(KEY, database('of 9999'));
    const entry = { etag, date: null, last_modified: FUTURE };
    await store.put('inventory/iad.json', JSON.stringify({ '2026-boston.sqlite3': entry }));
    await expectTaken();
    await expectNextTaken();
  });

  it('and does not replace a local one that was changed after it was stored', async () => {
    await store.put(KEY, database('of 9999'), FUTURE);
    iad.write('2026-boston', 'newer', new Date(Date.now() + 5000));
    expect((await iad.sync()).counts).not.toHaveProperty('downloaded', 1);
    expect(iad.event('2026-boston')).toBe('newer');
  });
});
