import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { buildDatabase, type PlainRow, type Tables } from '../../../dev/sample/schema.ts';
import { type Database, openDatabase } from '../../../src/database/sqlite.ts';
import { readIndex } from '../../../src/index/read-index.ts';
import { IndexEditor } from '../../../src/requests/index-editor.ts';
import { IndexReader } from '../../../src/requests/index-reader.ts';
import { namesIn } from '../../../src/requests/index-tables.ts';
import type { EventForm, How, StudioForm, TableName, UserForm } from '../../../src/requests/request-model.ts';
import { HASH } from '../indexes/indexes.ts';
import { type SchemaName, schemaOf } from './platform-schema.ts';
import { RecordedLog } from './recorded-log.ts';

/** Who and what there is: an administrator, owners with a sister studio, a sole event, several events, regions. */
export const ROWS: Required<Tables> = {
  users: [
    { id: 1, userid: 'ada', password: `ada:${HASH}`, email: 'ada@example.com', name1: 'Ada', sites: 'index' },
    { id: 2, userid: 'olga', password: `olga:${HASH}`, email: 'olga@example.com', sites: 'Boston, Salem' },
    { id: 3, userid: 'sue', password: `sue:${HASH}`, email: 'sue@example.com', sites: null },
    { id: 4, userid: 'nil', password: null, email: 'nil@example.com', sites: 'Kobe' },
  ],
  regions: [
    { id: 1, type: 'fly', code: 'iad', location: 'Ashburn', latitude: 39, longitude: -77.5 },
    { id: 2, type: 'fly', code: 'nrt', location: 'Tokyo', latitude: 35.7, longitude: 139.7 },
    { id: 3, type: 'kamal', code: 'hel', location: 'Helsinki', latitude: 60.2, longitude: 24.9 },
  ],
  locations: [
    {
      id: 1,
      key: 'boston',
      name: 'Boston',
      latitude: 42.4,
      longitude: -71.1,
      user_id: 2,
      sisters: 'Cambridge',
    },
    { id: 2, key: 'cambridge', name: 'Cambridge', latitude: 42.4, longitude: -71.1 },
    { id: 3, key: 'salem', name: 'Salem', latitude: 42.5, longitude: -70.9, region: 'iad', user_id: 3 },
    { id: 4, key: 'kobe', name: 'Kobe', latitude: 34.7, longitude: 135.2, region: 'nrt', locale: 'ja_JP' },
  ],
  showcases: [
    {
      id: 1,
      year: 2026,
      key: 'showcase',
      name: 'Showcase',
      location_id: 1,
      order: 1,
      date: '2026-03-06 - 2026-03-07',
    },
    {
      id: 2,
      year: 2026,
      key: 'medal-ball',
      name: 'Medal Ball',
      location_id: 3,
      order: 2,
      date: 'Saturday, June 13',
    },
    { id: 3, year: 2026, key: 'showcase', name: 'Showcase', location_id: 3, order: 7, date: '2026-10-02' },
    { id: 4, year: 2025, key: 'opening', name: 'Opening', location_id: 4, order: 4, date: null },
  ],
};

const NOW = new Date('2026-11-30T12:34:56.789Z');
export const BY_ADA: How = { by: 'ada', publish: true };

export interface IndexOptions {
  readonly schema?: SchemaName;
  readonly journal?: 'delete' | 'wal';
  readonly rows?: Tables;
  readonly patienceMs?: number;
}

/** An index on the disk as the platform has it, with an editor, a reader and the log of changes. */
export class LiveIndex {
  readonly home = mkdtempSync(join(tmpdir(), 'requests-'));
  readonly path = join(this.home, 'index.sqlite3');
  readonly log = new RecordedLog();
  readonly editor: IndexEditor;
  readonly reader: IndexReader;

  constructor({
    schema = 'migrated',
    journal = 'delete',
    rows = ROWS,
    patienceMs = 5000,
  }: IndexOptions = {}) {
    onTestFinished(() => rmSync(this.home, { recursive: true }));
    writeFileSync(this.path, buildDatabase(schema === 'old' ? withoutOwners(rows) : rows, schemaOf(schema)));
    if (journal === 'wal') this.use((db) => db.pragma('journal_mode = WAL'));
    const live = (eventPath: string) => ({ url: `https://example.com/showcase/${eventPath}/` });
    this.editor = new IndexEditor({ path: this.path, log: this.log, live, now: () => NOW, patienceMs });
    this.reader = new IndexReader(this.path, patienceMs);
  }

  use<T>(work: (db: Database) => T): T {
    const db = openDatabase(this.path, { fileMustExist: true });
    try {
      return work(db);
    } finally {
      db.close();
    }
  }

  /** Somebody who may make any edit: edits may have taken that right from whoever had it. */
  get byAdministrator(): How {
    const one = this.rows('users').find(({ sites }) => namesIn(String(sites)).includes('index'));
    return { by: String(one?.['userid']), publish: true };
  }

  row(table: TableName, id: number): Record<string, unknown> {
    return this.use(
      (db) => db.prepare(`SELECT * FROM ${table} WHERE id = ?`).get(id) as Record<string, unknown>,
    );
  }

  rows(table: TableName): Record<string, unknown>[] {
    return this.use(
      (db) => db.prepare(`SELECT * FROM ${table} ORDER BY id`).all() as Record<string, unknown>[],
    );
  }

  /** What machines would say of it. */
  warnings(): string[] {
    return this.use((db) => readIndex(db).warnings.map(({ row, reason }) => `${row}: ${reason}`));
  }

  /** A digest of every row of every table, these aside. */
  digest(...but: string[]): string {
    return this.use((db) => {
      const tables = db
        .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
        .pluck()
        .all();
      const hash = createHash('sha256');
      for (const table of tables.filter((name) => !but.includes(name) && name !== 'sqlite_sequence')) {
        hash.update(`${table} ${JSON.stringify(db.prepare(`SELECT * FROM "${table}"`).all())}`);
      }
      return hash.digest('hex');
    });
  }
}

function withoutOwners(rows: Tables): Tables {
  const locations = (rows.locations ?? []).map(
    ({ user_id: _owner, sisters: _sisters, ...row }: PlainRow) => row,
  );
  return { ...rows, locations };
}

export const eventForm = (more: Partial<EventForm> = {}): EventForm => ({
  studio: 'salem',
  name: 'Gala',
  key: '',
  year: '',
  firstDay: '2027-03-05',
  lastDay: '2027-03-06',
  date: '',
  ...more,
});

export const studioForm = (more: Partial<StudioForm> = {}): StudioForm => ({
  name: 'Graz',
  key: '',
  latitude: '47.07',
  longitude: '15.44',
  locale: 'de_DE',
  region: '',
  logo: '',
  owner: '',
  sisters: [],
  trustLevel: '',
  ...more,
});

export const userForm = (more: Partial<UserForm> = {}): UserForm => ({
  userid: 'zoe',
  email: 'zoe@example.com',
  name1: 'Zoë',
  name2: '',
  sites: [],
  ...more,
});
