import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { eventIndex, Region, SCRIPTS } from '../../support/sync/events.ts';
import { EventStore } from '../../support/sync/store.ts';
import { allFlushed, type Flush, flushed, judgeFlushes, written } from '../../support/system/flushes.ts';
import {
  type Call,
  changesBelow,
  killAt,
  mostOf,
  recordCalls,
  spread,
  turns,
} from '../../support/system/strace.ts';

// A test has dozens of runs killed and made good, one after the other.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const COMMAND = { executable: SCRIPTS.idle, args: [] };
const LONG_AGO = new Date('2026-01-02T03:04:05Z');
/** Calls that a run is killed at, of those that leave another state on its disk or in the store. */
const KILLS = 9;

let store: EventStore;
let iad: Region;
let template: string;
let all: readonly Call[] = [];
let calls: readonly Call[] = [];
/** What the store had before, by key. */
const before = new Map<string, Buffer>();
const KEYS = ['db/2026-boston.sqlite3', 'inventory/iad.json'];

beforeAll(async () => {
  store = await EventStore.start();
  iad = new Region('iad', store.env, eventIndex({ iad: ['newton'] }));
  iad.write('2026-boston', 'first', LONG_AGO);
  expect((await iad.script('idle')).exitCode).toBe(0);
  for (const key of KEYS) before.set(key, (await store.bytes(key)) ?? Buffer.alloc(0));
  iad.write('2026-boston', 'second');
  template = mkdtempSync(join(tmpdir(), 'template-'));
  cpSync(iad.home, template, { recursive: true, preserveTimestamps: true });
  all = await recordCalls(iad, COMMAND);
  // From the first change on its own disk to the end, the network's calls among them.
  const begin = all.findIndex((call) => changesBelow(iad.home, call));
  const changing = new Set(turns(iad.home, all));
  calls = all.slice(begin).filter((call) => changing.has(call) || isOfNetwork(call));
});

afterAll(async () => {
  iad.remove();
  rmSync(template, { recursive: true });
  await store.close();
});

const isOfNetwork = ({ name, text }: Call): boolean =>
  name === 'connect' || /^write\(\d+<(?:socket|TCP)/.test(text);

/** Puts the machine and the store back to where the run begins. The same bytes have the same ETag. */
async function reset(): Promise<void> {
  rmSync(iad.home, { recursive: true });
  cpSync(template, iad.home, { recursive: true, preserveTimestamps: true });
  for (const [key, bytes] of before) {
    await store.put(key, bytes, key.startsWith('db/') ? '2026-01-02 03:04:05 UTC' : undefined);
  }
}

it('has what it sends written down, and on the disk for good, before the first byte leaves', () => {
  const upload = '/\\.update_config/uploads\\.db';
  const flushes: Flush[] = [
    ['the journal', written(`${upload}-journal`), flushed(`${upload}-journal`), /^connect\(.*sin_port=/],
    ['the file', written(upload), flushed(upload), /^connect\(.*sin_port=/],
  ];
  expect(judgeFlushes(all, flushes)).toEqual(allFlushed(flushes));
});

describe('an idle hook that is killed', () => {
  it('at any moment is completed by the next one, which recognises its upload', async () => {
    expect(calls.length).toBeGreaterThan(KILLS);
    expect(calls.filter(isOfNetwork).length).toBeGreaterThan(2);
    let killed = 0;
    for (const call of spread(calls, KILLS)) {
      await reset();
      if (await killAt(iad, call, COMMAND)) killed += 1;
      const { exitCode, stdout } = await iad.script('idle');
      const where = `killed at ${call.name} ${call.nth}: ${call.text}\n${stdout}`;
      expect(exitCode, where).toBe(0);
      expect(await store.event('2026-boston'), where).toBe('second');
      expect((await store.inventory('iad'))?.['2026-boston.sqlite3']?.['etag'], where).toBe(
        await store.etag('2026-boston'),
      );
      expect(iad.keptAside(), where).toEqual([]);
      expect(iad.event('2026-boston'), where).toBe('second');
      const db = openDatabase(iad.tenant('2026-boston'));
      expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
      db.close();
      expect(readdirSync(join(iad.dbDir, '.update_config/copies')), where).toEqual([]);
    }
    expect(killed).toBeGreaterThanOrEqual(mostOf(spread(calls, KILLS)));
  });
});
