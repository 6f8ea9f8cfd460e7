import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { ensureStateDir } from '../../../src/database/state-dir.ts';
import { readValidIndex } from '../../../src/index/read-index.ts';
import { writeMove } from '../../../src/tenants/copy-moved.ts';
import { type Comparing, newEventsOf } from '../../../src/update/new-events.ts';
import { buildIndex } from '../../support/indexes/indexes.ts';
import { type MachineKind, siteOf } from '../../support/machine/site.ts';

let dbDir: string;
beforeEach(() => {
  dbDir = mkdtempSync(join(tmpdir(), 'new-events-'));
  onTestFinished(() => rmSync(dbDir, { recursive: true }));
});

/** An index with these events, by id: their keys, and by studio 1 (Boston) or 2 (Sydney). */
function indexOf(events: Record<number, string>, studio = 1): Buffer {
  return buildIndex({
    locations: [
      { id: 1, key: 'boston', name: 'Boston', region: 'iad' },
      { id: 2, key: 'sydney', name: 'Sydney', region: 'syd' },
    ],
    regions: ['iad', 'syd'].map((code) => ({ type: 'fly', code, location: code, latitude: 1, longitude: 1 })),
    showcases: Object.entries(events).map(([id, key]) => ({
      ...{ id: Number(id), year: 2026, key, name: key, order: Number(id), location_id: studio },
    })),
  });
}

const NOTHING = indexOf({});
const database = (name: string, bytes: number) =>
  writeFileSync(join(dbDir, `${name}.sqlite3`), Buffer.alloc(bytes));

/** The new events: the names of their databases, and what they bring along. */
function found(index: Buffer, more: Partial<Comparing> = {}, kind: MachineKind = 'fly-iad') {
  const site = { ...siteOf(kind), dbDir };
  const comparing = {
    site,
    index: readValidIndex(index).index,
    before: NOTHING,
    owed: new Map(),
    every: false,
  };
  return newEventsOf({ ...comparing, ...more }).map(({ name, before, shared }) =>
    before === null ? name : `${name} < ${before}${shared ? ', shared' : ''}`,
  );
}

const TWO = indexOf({ 1: 'gala', 2: 'ball' });
const GALA = '2026-boston-gala';
const BALL = '2026-boston-ball';

describe('the new events of an update', () => {
  it('are those of this region that were not there before and have no database; none where the index is written', () => {
    expect(found(TWO)).toEqual([GALA, BALL]);
    expect(found(TWO, { before: TWO })).toEqual([]);
    expect([found(TWO, {}, 'local'), found(TWO, {}, 'fly-syd')]).toEqual([[], []]);
    expect(found(indexOf({ 1: 'gala' }, 2))).toEqual([]);
    expect(found(TWO, {}, 'kamal')).toEqual([GALA, BALL]);
    database(GALA, 65_537);
    expect(found(TWO)).toEqual([BALL]);
  });

  it('have none if what is there is one page at most, or no file', () => {
    database(GALA, 65_536);
    mkdirSync(join(dbDir, `${BALL}.sqlite3`));
    expect(found(TWO)).toEqual([GALA, BALL]);
  });

  it('are none on a machine that had no index, or one that cannot be used, but for those that are owed, or where all are', () => {
    const bad = Buffer.from('no database');
    for (const before of [null, bad]) {
      expect(found(TWO, { before })).toEqual([]);
      expect(found(TWO, { before, owed: new Map([[BALL, null]]) })).toEqual([BALL]);
      expect(found(TWO, { before, every: true })).toEqual([GALA, BALL]);
    }
  });

  it('bring along the database of their name before, which another event may have by now', () => {
    const before = indexOf({ 1: 'old', 2: 'ball' });
    database('2026-boston-old', 70_000);
    expect(found(TWO, { before })).toEqual([`${GALA} < 2026-boston-old`]);
    expect(found(indexOf({ 1: 'gala', 2: 'old' }), { before })).toEqual([
      `${GALA} < 2026-boston-old, shared`,
    ]);
    expect(found(TWO, { before: NOTHING, owed: new Map([[GALA, '2026-boston-older']]) })).toEqual([
      `${GALA} < 2026-boston-older`,
      BALL,
    ]);
  });

  it('bring along the first one if it was not brought along when their name changed before', () => {
    const before = indexOf({ 1: 'second', 2: 'ball' });
    const owed = new Map([['2026-boston-second', '2026-boston-first']]);
    expect(found(TWO, { before, owed })).toContain(`${GALA} < 2026-boston-first`);
    database('2026-boston-second', 70_000);
    expect(found(TWO, { before, owed }), 'it was brought along').toContain(`${GALA} < 2026-boston-second`);
  });

  it('are also those that have their name of before again, whose file is left there', () => {
    const before = indexOf({ 1: 'second', 2: 'ball' });
    const move = { from: GALA, stamp: 's', digest: 'd' };
    writeMove(ensureStateDir(dbDir), '2026-boston-second', move);
    database('2026-boston-second', 70_000);
    database(GALA, 70_000);
    database(BALL, 70_000);
    expect(found(TWO, { before })).toEqual([`${GALA} < 2026-boston-second`]);
    // Another event's move says nothing of a database that stands there.
    writeMove(ensureStateDir(dbDir), '2026-boston-other', { ...move, from: BALL });
    expect(found(TWO, { before: indexOf({ 1: 'second', 2: 'x' }) })).toEqual([
      `${GALA} < 2026-boston-second`,
    ]);
  });
});
