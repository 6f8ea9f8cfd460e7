import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openImage } from '../../../src/database/image.ts';
import { useSource } from '../../support/machine/use-source.ts';
import { eventIndex, eventOf, Region } from '../../support/sync/events.ts';
import { EventStore } from '../../support/sync/store.ts';

const T1 = new Date('2026-01-02T03:04:05Z');
const MOVED = eventIndex({ boston: 'syd' });
const NOTE = 'Note: not uploaded, because their events belong to another region now: 2026-boston (syd).';

useSource();
let store: EventStore;
let iad: Region;
let syd: Region;

beforeEach(async () => {
  store = await EventStore.start();
  iad = new Region('iad', store.env);
  syd = new Region('syd', store.env, MOVED);
  iad.write('2026-boston', 'first', T1);
  expect((await iad.syncHere()).counts).toMatchObject({ uploaded: 1 });
});

afterEach(async () => {
  iad.remove();
  syd.remove();
  await store.close();
});

const move = () => writeFileSync(iad.path('index.sqlite3'), MOVED);

describe('an event that moves to another region', () => {
  it('is not uploaded from here any more, and the hook names it as long as it holds unsent changes', async () => {
    iad.isFromSource = false;
    iad.write('2026-boston', 'second');
    move();
    for (const _ of [1, 2]) {
      const { exitCode, stdout } = await iad.script('idle');
      expect(exitCode).toBe(0);
      expect(stdout).toContain(NOTE);
      expect(stdout).toContain('sync-databases --only');
    }
    expect((await iad.sync(['--dry-run'])).outcome).toBe('dry-run');
    expect(await store.event('2026-boston')).toBe('first');
  });

  it('is not named if its database here was uploaded, even if it was touched since', async () => {
    iad.write('2026-boston', 'first', new Date('2026-01-03T00:00:00Z'));
    move();
    expect((await iad.script('idle')).stdout).not.toContain('Note: ');
  });

  it('is not named any more once the other region’s database has replaced it, and its changes are kept beside', async () => {
    iad.write('2026-boston', 'second', new Date('2026-01-03T00:00:00Z'));
    move();
    expect((await syd.sync()).counts).toMatchObject({ downloaded: 1 });
    syd.write('2026-boston', 'third');
    expect((await syd.script('idle')).exitCode).toBe(0);
    expect((await iad.script('idle')).stdout).toContain(NOTE);

    expect((await iad.sync(['--only', '2026-boston'])).counts).toEqual({ downloaded: 1 });
    expect(iad.event('2026-boston')).toBe('third');
    const kept = iad.keptAside().map((name) => eventOf(openImage(readFileSync(join(iad.dbDir, name)))));
    expect(kept).toEqual(['second']);
    expect((await iad.script('idle')).stdout).not.toContain('Note: ');
  });

  it('goes on where it was when it comes back', async () => {
    iad.write('2026-boston', 'second');
    move();
    await iad.script('idle');
    writeFileSync(iad.path('index.sqlite3'), eventIndex());
    expect((await iad.script('idle')).stdout).toContain('2026-boston: changed, uploaded');
    expect(await store.event('2026-boston')).toBe('second');
  });
});
