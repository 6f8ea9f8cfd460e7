import { type Database, openDatabase } from '../../src/database/sqlite.ts';

/** A cell to write. */
export type Cell = string | number | bigint | Buffer | null;

/** Columns of one row by name; what is not named gets the column's default. */
export type PlainRow = Readonly<Record<string, Cell>>;

export type TableName = 'users' | 'locations' | 'showcases' | 'regions';

export type Tables = Partial<Record<TableName, readonly PlainRow[]>>;

const TIMES = '"created_at" datetime(6) NOT NULL, "updated_at" datetime(6) NOT NULL';
const ID = '"id" integer PRIMARY KEY AUTOINCREMENT NOT NULL';

/** The tables as the Rails application creates them, with the columns that nothing here reads. */
export const SCHEMA: Readonly<Record<TableName, string>> = {
  regions: `CREATE TABLE "regions" (${ID}, "type" varchar, "code" varchar, "location" varchar, "latitude" float, "longitude" float, ${TIMES})`,
  users: `CREATE TABLE "users" (${ID}, "userid" varchar, "password" varchar, "email" varchar, "name1" varchar, "name2" varchar, "token" varchar, "link" varchar, "sites" varchar, ${TIMES})`,
  locations: `CREATE TABLE "locations" (${ID}, "key" varchar, "name" varchar, "latitude" float, "longitude" float, "region" varchar, "locale" varchar DEFAULT 'en_US', "logo" varchar, "sisters" varchar, "trust_level" integer DEFAULT 0, "user_id" integer, ${TIMES})`,
  showcases: `CREATE TABLE "showcases" (${ID}, "year" integer, "key" varchar, "name" varchar, "date" varchar, "order" integer, "location_id" integer NOT NULL, ${TIMES})`,
};

/** What else the application keeps in the same file. */
const EXTRAS = [
  'CREATE TABLE "schema_migrations" ("version" varchar NOT NULL PRIMARY KEY)',
  `CREATE TABLE "ar_internal_metadata" ("key" varchar NOT NULL PRIMARY KEY, "value" varchar, ${TIMES})`,
];

const INDEXES = [
  'CREATE INDEX "index_locations_on_user_id" ON "locations" ("user_id")',
  'CREATE INDEX "index_showcases_on_location_id" ON "showcases" ("location_id")',
];

type Statement = ReturnType<Database['prepare']>;

const WRITTEN = '2026-01-01 12:00:00.000000';

/**
 * Builds a database from plain rows, in memory, and returns its image. The same rows give the same bytes.
 *
 * @param schema what to create instead of the application's own schema
 */
export function buildDatabase(tables: Tables, schema: readonly string[] = railsSchema()): Buffer {
  const db = openDatabase(':memory:');
  const statements = new Map<string, Statement>();
  const insert = (table: string, row: PlainRow) => {
    const columns = Object.keys(row).map((column) => `"${column}"`);
    const sql = `INSERT INTO "${table}" (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`;
    const statement = statements.get(sql) ?? db.prepare(sql);
    statements.set(sql, statement);
    statement.run(Object.values(row));
  };
  try {
    db.pragma('page_size = 4096');
    db.transaction(() => {
      for (const statement of schema) db.exec(statement);
      for (const [table, rows] of Object.entries(tables)) {
        const columns = db.pragma(`table_info("${table}")`) as { name: string }[];
        const timed = columns.some((column) => column.name === 'created_at');
        const times = timed ? { created_at: WRITTEN, updated_at: WRITTEN } : {};
        for (const row of rows) insert(table, { ...times, ...row });
      }
    })();
    return db.serialize();
  } finally {
    db.close();
  }
}

function railsSchema(): string[] {
  return [...EXTRAS, ...Object.values(SCHEMA), ...INDEXES];
}
