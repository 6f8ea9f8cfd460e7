/** The schema of the platform's index: its four tables in the orders of columns that there are, and those beside them. */

const ID = 'id integer PRIMARY KEY AUTOINCREMENT NOT NULL';
const TIMES = 'created_at datetime(6) NOT NULL, updated_at datetime(6) NOT NULL';

/** As migrations have made them, with foreign keys. */
const MIGRATED: readonly string[] = [
  `CREATE TABLE users (${ID}, userid varchar, password varchar, email varchar, name1 varchar, name2 varchar,
    token varchar, link varchar, sites varchar, ${TIMES})`,
  `CREATE TABLE locations (${ID}, key varchar, name varchar, logo varchar, latitude float, longitude float,
    user_id integer, ${TIMES}, region varchar, sisters varchar, trust_level integer DEFAULT 0,
    locale varchar DEFAULT 'en_US', FOREIGN KEY (user_id) REFERENCES users (id))`,
  `CREATE TABLE showcases (${ID}, year integer, key varchar, name varchar, location_id integer NOT NULL, ${TIMES},
    "order" integer, date varchar, FOREIGN KEY (location_id) REFERENCES locations (id))`,
  `CREATE TABLE regions (${ID}, type varchar, code varchar, location varchar, latitude float, longitude float, ${TIMES})`,
];

/** Another order, and no foreign keys: as the sample has them. */
const SAMPLE: readonly string[] = [
  `CREATE TABLE regions (${ID}, type varchar, code varchar, location varchar, latitude float, longitude float, ${TIMES})`,
  `CREATE TABLE users (${ID}, userid varchar, password varchar, email varchar, name1 varchar, name2 varchar,
    token varchar, link varchar, sites varchar, ${TIMES})`,
  `CREATE TABLE locations (${ID}, key varchar, name varchar, latitude float, longitude float, region varchar,
    locale varchar DEFAULT 'en_US', logo varchar, sisters varchar, trust_level integer DEFAULT 0, user_id integer, ${TIMES})`,
  `CREATE TABLE showcases (${ID}, year integer, key varchar, name varchar, date varchar, "order" integer,
    location_id integer NOT NULL, ${TIMES})`,
];

/** Before owners, sisters, trust levels and reset tokens. */
const OLD: readonly string[] = [
  `CREATE TABLE users (${ID}, userid varchar, password varchar, email varchar, name1 varchar, name2 varchar,
    sites varchar, ${TIMES})`,
  `CREATE TABLE locations (${ID}, key varchar, name varchar, logo varchar, latitude float, longitude float, ${TIMES},
    region varchar, locale varchar DEFAULT 'en_US')`,
  `CREATE TABLE showcases (${ID}, year integer, key varchar, name varchar, location_id integer NOT NULL, ${TIMES},
    "order" integer, date varchar)`,
  `CREATE TABLE regions (${ID}, type varchar, code varchar, location varchar, latitude float, longitude float, ${TIMES})`,
];

const INDEXES: readonly string[] = [
  'CREATE INDEX index_showcases_on_location_id ON showcases (location_id)',
  'CREATE TABLE schema_migrations (version varchar NOT NULL PRIMARY KEY)',
  `CREATE TABLE ar_internal_metadata (key varchar NOT NULL PRIMARY KEY, value varchar, ${TIMES})`,
  "INSERT INTO schema_migrations VALUES ('20251202203916')",
  "INSERT INTO ar_internal_metadata VALUES ('environment', 'production', '', '')",
];

/** What the application keeps beside: nearly all empty, and one row in `events`. */
const OTHER_TABLES =
  'action_text_rich_texts active_storage_attachments active_storage_blobs active_storage_variant_records age_costs ages answers billables cat_extensions categories dances entries events feedbacks formations heats judges levels multi_levels multis package_includes payments people person_options questions recordings scores solos songs studio_pairs studios tables'.split(
    ' ',
  );

const SCHEMAS = { migrated: MIGRATED, sample: SAMPLE, old: OLD } as const;
export type SchemaName = keyof typeof SCHEMAS;

export function schemaOf(name: SchemaName): string[] {
  const others = OTHER_TABLES.map(
    (table) => `CREATE TABLE ${table} (${ID}, name varchar, date varchar, ${TIMES})`,
  );
  const filled = ['events', 'studios', 'people'].map(
    (table) =>
      `INSERT INTO ${table} (name, date, created_at, updated_at) VALUES ('one of ${table}', NULL, '', '')`,
  );
  const owners = name === 'old' ? [] : ['CREATE INDEX index_locations_on_user_id ON locations (user_id)'];
  return [...SCHEMAS[name], ...owners, ...INDEXES, ...others, ...filled];
}
