/**
 * `bin/rails db:prepare` and `db:seed` as the platform's do it, as far as anybody can see from outside: the tables, a row
 * for each migration, and a seed that takes name and date from showcases.yml by the name of the database. What it was
 * asked for is written down; files beside that make it fail, or wait.
 */
import { appendFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { openDatabase } from '../../../src/database/sqlite.ts';

const TABLES = `
  CREATE TABLE IF NOT EXISTS "schema_migrations" ("version" varchar NOT NULL PRIMARY KEY);
  CREATE TABLE IF NOT EXISTS "levels" ("id" integer PRIMARY KEY AUTOINCREMENT NOT NULL, "name" varchar);
  CREATE TABLE IF NOT EXISTS "studios" ("id" integer PRIMARY KEY AUTOINCREMENT NOT NULL, "name" varchar);
  CREATE TABLE IF NOT EXISTS "events" ("id" integer PRIMARY KEY AUTOINCREMENT NOT NULL, "name" varchar,
    "location" varchar, "date" varchar, "solo_level_id" integer, "created_at" datetime(6) NOT NULL);
  CREATE INDEX IF NOT EXISTS "index_events_on_solo_level_id" ON "events" ("solo_level_id");
`;

const [command = ''] = process.argv.slice(2);
const { DATABASE_URL = '', RAILS_APP_DB: name = '', RAILS_DB_VOLUME = '' } = process.env;
const path = decodeURIComponent(DATABASE_URL.replace('sqlite3://', ''));
const control = 'tmp/rails';
const asked = [command, name, `${process.getuid?.()}`, `${process.env['HTTP_PROXY'] ?? ''}`];
appendFileSync(join(control, 'asked'), `${asked.join(' ').trimEnd()}\n`);
while (existsSync(join(control, `hang-${name}`))) await wait(20);
if (existsSync(join(control, `fail-${name}`))) {
  process.stderr.write('it has no luck today\n');
  process.exit(3);
}

const db = openDatabase(path);
db.pragma(`journal_mode = ${existsSync(join(control, 'wal')) ? 'WAL' : 'DELETE'}`);
if (command === 'db:prepare') prepare();
else if (command === 'db:seed') await seed();
db.close();

function prepare(): void {
  db.exec(TABLES);
  for (const file of readdirSync('db/migrate')) {
    db.prepare('INSERT OR IGNORE INTO schema_migrations VALUES (?)').run(/^\d+/.exec(file)?.[0]);
  }
}

async function seed(): Promise<void> {
  db.exec(`
    DELETE FROM events; DELETE FROM studios; DELETE FROM levels;
    INSERT INTO events (name, location, created_at) VALUES ('Showcase', 'TBD', datetime());
    INSERT INTO studios (id, name) VALUES (0, 'Event Staff');
    INSERT INTO levels (name) VALUES ('Newcomer'), ('Full Gold');
  `);
  const [year = '', location, ...rest] = name.split('-');
  if (location === undefined) return;
  // Most calls do not get here, and to load it takes a quarter of their time.
  const { parse } = await import('yaml');
  const showcases = parse(readFileSync(join(RAILS_DB_VOLUME, 'showcases.yml'), 'utf8'));
  const there = showcases[Number(year)]?.[location];
  const event = there?.[':events']?.[rest.join('-')];
  if (event) db.prepare('UPDATE events SET name = ?, date = ?').run(event[':name'], event[':date'] ?? null);
  else if (there?.[':date']) db.prepare('UPDATE events SET date = ?').run(there[':date']);
}
