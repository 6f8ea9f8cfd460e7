import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openImage } from '../../../src/database/image.ts';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { Lines } from '../../support/fleet/fleet-sim.ts';
import { RunProcess } from '../../support/machine/run-process.ts';
import { Region, SCRIPTS } from '../../support/sync/events.ts';
import { EventStore } from '../../support/sync/store.ts';
import { FakeClock } from '../../support/system/fake-clock.ts';

let store: EventStore;
let iad: Region;
let writer: ChildProcessByStdio<Writable, Readable, null> | null = null;

beforeEach(async () => {
  store = await EventStore.start();
  iad = new Region('iad', store.env);
});

afterEach(async () => {
  writer?.kill('SIGKILL');
  writer = null;
  iad.remove();
  await store.close();
});

/** What every row of the image says; an image of no state that existed says more than one thing. */
function statesOf(image: Buffer): string[] {
  const db = openImage(image);
  expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
  expect(db.prepare('SELECT count(*) FROM events').pluck().get()).toBe(200);
  return db.prepare<[], string>('SELECT DISTINCT name FROM events').pluck().all();
}

describe('a database that is written to all the time', () => {
  for (const mode of ['delete', 'wal'] as const) {
    it(`is uploaded as it was after one of its transactions (journal mode ${mode})`, async () => {
      const path = iad.tenant('2026-boston');
      writer = spawn(
        process.execPath,
        [join(import.meta.dirname, '../../support/sync/writer-process.ts'), path, mode],
        {
          stdio: ['pipe', 'pipe', 'inherit'],
        },
      );
      const written = new Lines(writer.stdout);
      const found: number[] = [];
      for (let round = 0; round < 3; round++) {
        await written.find((line) => Number(line) > (found.at(-1) ?? 0));
        expect(await iad.script('tenant-stop', [], { env: { RAILS_APP_DB: '2026-boston' } })).toMatchObject({
          exitCode: 0,
        });
        const states = statesOf((await store.bytes('db/2026-boston.sqlite3')) ?? Buffer.alloc(0));
        expect(states).toHaveLength(1);
        found.push(Number(states[0]));
      }
      expect(found).toEqual([...new Set(found)].sort((a, b) => a - b));
      writer.stdin.end();
      await once(writer, 'close');
      const db = openDatabase(path);
      expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
      db.close();
    });
  }

  it('is uploaded with the changes in its write-ahead log, which stays', async () => {
    const db = openDatabase(iad.tenant('2026-boston'));
    db.pragma('journal_mode = wal');
    db.pragma('wal_autocheckpoint = 0');
    db.exec(
      "CREATE TABLE events (name TEXT, date TEXT); INSERT INTO events VALUES ('in the log', '2026-05-01')",
    );
    expect((await iad.script('idle')).exitCode).toBe(0);
    expect(await store.event('2026-boston')).toBe('in the log');
    db.exec("UPDATE events SET name = 'later'");
    expect((await iad.script('idle')).exitCode).toBe(0);
    expect(await store.event('2026-boston')).toBe('later');
    expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
    db.close();
  });

  it('is reported as failed if it leaves no gap, and the others are uploaded', async () => {
    iad.write('2026-boston', 'first');
    iad.write('2026-nowhere', 'first');
    const db = openDatabase(iad.tenant('2026-boston'));
    db.exec('BEGIN EXCLUSIVE');
    const clock = new FakeClock(iad, { monotonic: true });
    store.proxy.plan(({ path }) => {
      // More than the ten seconds that are waited for a gap.
      if (path.includes('2026-nowhere')) clock.letPass(11, idle);
      return undefined;
    });
    const idle = new RunProcess(iad, { executable: SCRIPTS.idle, args: [], env: clock.env });
    const { exitCode, stdout } = await idle.answered;
    db.close();
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/2026-boston/);
    expect(await store.event('2026-nowhere')).toBe('first');
    expect(await store.event('2026-boston')).toBeNull();
    expect(readdirSync(join(iad.dbDir, '.update_config/copies'))).toEqual([]);
  });
});
