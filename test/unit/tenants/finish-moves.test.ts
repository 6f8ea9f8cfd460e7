import { utimesSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { ensureStateDir } from '../../../src/database/state-dir.ts';
import { readMoves } from '../../../src/journal/event-moves.ts';
import { readHeld, writeMove } from '../../../src/tenants/copy-moved.ts';
import { finishMoves } from '../../../src/tenants/finish-moves.ts';
import { openSeen } from '../../../src/tenants/seen.ts';
import type { Tally } from '../../../src/tenants/tally.ts';
import type { Work } from '../../../src/tenants/tenants-context.ts';
import { NOTHING, single, studio, yearOf } from '../../support/indexes/invented-index.ts';
import { versionImage } from '../../support/install/images.ts';
import { withJournal } from '../../support/journal/db-dir.ts';
import { T1, T2, TenantRoom } from '../../support/tenants/tenant-room.ts';

const [OLD, NEW] = ['2026-a', '2026-b'];

let room: TenantRoom;
let told: string[];
/** An event that was moved, both of whose databases are there, the new one as it was copied. */
beforeEach(async () => {
  told = [];
  room = new TenantRoom(null);
  for (const name of [OLD, NEW]) room.write(name, versionImage(1), T1);
  const { stamp, digest } = await readHeld({ name: OLD, path: room.path(OLD) }, 2 ** 24);
  writeMove(ensureStateDir(room.dbDir), NEW, { from: OLD, stamp, digest });
});

/** Ends the moves, with an index that has an event under its new name, and under others. */
async function finish({ before = new Map<string, string>(), others = [] as string[] } = {}): Promise<void> {
  const stateDir = ensureStateDir(room.dbDir);
  const seen = openSeen(stateDir);
  onTestFinished(() => seen.close());
  const [first, ...more] = others.map((key) => single(2026, studio(key)));
  const index = {
    ...NOTHING,
    years: [yearOf(single(2026, studio('b')), ...(first ? [first, ...more] : []))],
  };
  const context = { ...room.context(() => {}, index), readIndex: async () => index };
  const tally = {
    say: (message: string) => void told.push(message),
    failedBeside: (name: string, error: Error) => void told.push(`${name} failed: ${error.message}`),
  };
  await finishMoves({ context, stateDir, seen, before } as unknown as Work, tally as unknown as Tally);
}

const aside = expect.stringMatching(/^2026-a\.sqlite3\.moved-/);
const files = () => room.files().filter((name) => name.endsWith('.sqlite3') || name.includes('.moved-'));
const moves = () => [...readMoves(ensureStateDir(room.dbDir)).keys()];

function write(name: string, text: string): void {
  const db = openDatabase(room.path(name));
  db.exec(`INSERT INTO notes (text) VALUES ('${text}')`);
  db.close();
}

describe('the database that an event left behind', () => {
  it('stays in its place until Navigator has read the new name, and goes aside then', async () => {
    await withJournal(room.dbDir, (journal) => {
      journal.begin({ run: 'a', trigger: 'cgi', kind: 'plain', appRoot: '/rails' });
      journal.setPendingReload('a');
    });
    await finish();
    expect([files(), moves(), told]).toEqual([['2026-a.sqlite3', '2026-b.sqlite3'], [NEW], []]);
    await withJournal(room.dbDir, (journal) => journal.clearPendingReload(null));
    await withJournal(room.dbDir, () => finish());
    expect([files().length, moves(), told], 'an update is under way').toEqual([2, [NEW], []]);
    await finish();
    expect([files(), moves(), told]).toEqual([[aside, '2026-b.sqlite3'], [], []]);
  });

  it('is another event’s by now, or this event’s again, and stays then', async () => {
    await finish({ others: ['a'], before: new Map([[OLD, NEW]]) });
    expect([files().length, moves()], 'it could not be brought back yet').toEqual([2, [NEW]]);
    await finish({ others: ['a'] });
    expect([files(), moves(), told]).toEqual([['2026-a.sqlite3', '2026-b.sqlite3'], [], []]);
  });

  it('goes aside without a word where it was touched, but holds what was copied', async () => {
    utimesSync(room.path(OLD), T2, T2);
    write(NEW, 'mine');
    await finish();
    expect([files(), moves(), told]).toEqual([[aside, '2026-b.sqlite3'], [], []]);
  });

  it('brings along what was written to it, with the time of that', async () => {
    write(OLD, 'late');
    utimesSync(room.path(OLD), T2, T2);
    await finish();
    expect(told).toEqual([`${NEW}: what was written under its old name, ${OLD}, came along`]);
    expect([files(), moves(), room.modified(NEW)]).toEqual([[aside, '2026-b.sqlite3'], [], T2]);
  });

  it('brings along what was written to it, unless the new one is written to as well, at the last moment even', async () => {
    write(OLD, 'late');
    const db = openDatabase(room.path(NEW));
    onTestFinished(() => void db.close());
    db.exec("BEGIN IMMEDIATE; INSERT INTO notes (text) VALUES ('mine')");
    const finished = finish();
    // It has looked at both by now, and waits for the lock.
    for (let turns = 0; turns < 200; turns += 1) await turn();
    db.exec('COMMIT');
    await finished;
    expect(told).toEqual([expect.stringContaining('which was written to afterwards')]);
    const texts = db.prepare<[], string>('SELECT text FROM notes').pluck().all();
    expect([texts.includes('mine'), texts.includes('late')]).toEqual([true, false]);
    expect([files(), moves()]).toEqual([[aside, '2026-b.sqlite3'], []]);
  });
});
