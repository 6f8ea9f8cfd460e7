import fc from 'fast-check';
import { expect, it } from 'vitest';
import { schemaProblem } from '../../../src/database/costly-schema.ts';
import { pagesOfImage } from '../../../src/database/pages.ts';
import { fieldsOf, recordsOf } from '../../../src/database/records.ts';
import { type Database, openDatabase } from '../../../src/database/sqlite.ts';

const NO_LIMITS = { name: 'sqlite_schema', rows: 1e6, bytes: 1e9 };

const databases = fc.record({
  pageSize: fc.constantFrom(512, 1024, 4096, 65_536),
  encoding: fc.constantFrom('UTF-8', 'UTF-16le', 'UTF-16be'),
  vacuum: fc.constantFrom('NONE', 'FULL'),
  /** Characters of a comment in each table's statement: in its page, or in a chain of others. */
  tables: fc.array(fc.oneof(fc.nat({ max: 100 }), fc.nat({ max: 8000 })), { maxLength: 40 }),
  analyzed: fc.boolean(),
});

function made({
  pageSize,
  encoding,
  vacuum,
  tables,
  analyzed,
}: typeof databases extends fc.Arbitrary<infer T> ? T : never) {
  const db = openDatabase(':memory:');
  db.exec(`PRAGMA page_size = ${pageSize}; PRAGMA encoding = '${encoding}'; PRAGMA auto_vacuum = ${vacuum}`);
  db.exec('CREATE TABLE "Überschrift" (a)');
  tables.forEach((length, at) => {
    db.exec(`CREATE TABLE t${at} (a UNIQUE, b /* ${'é'.repeat(length)} */)`);
    db.exec(`INSERT INTO t${at} VALUES (${at}, zeroblob(600))`);
    if (at % 3 === 0) db.exec(`CREATE VIEW v${at} AS SELECT a FROM t${at}`);
    if (at % 5 === 4) db.exec(`DROP TABLE t${at - 1}`);
  });
  if (analyzed) db.exec('ANALYZE');
  return db;
}

function entriesByUs(image: Buffer, encoding: string): unknown[] {
  const pages = pagesOfImage(image);
  if (!pages) throw new Error('no pages');
  const text = (bytes: Buffer) => {
    if (encoding === 'UTF-8') return bytes.toString('utf8');
    return encoding === 'UTF-16le'
      ? bytes.toString('utf16le')
      : Buffer.from(bytes).swap16().toString('utf16le');
  };
  const rows = [...recordsOf(pages, 1, NO_LIMITS)].map((record) => fieldsOf(record, 5));
  return rows.map((row) => row.map((field) => (Buffer.isBuffer(field) ? text(field) : field)));
}

const entriesBySqlite = (db: Database): unknown[] =>
  db.prepare('SELECT type, name, tbl_name, rootpage, sql FROM sqlite_schema').raw().all();

it('the entries of a schema are read as SQLite reads them, and none that SQLite made is refused', () => {
  fc.assert(
    fc.property(databases, (spec) => {
      const db = made(spec);
      const image = db.serialize();
      expect(schemaProblem(image)).toBe(null);
      const [ours, theirs] = [entriesByUs(image, spec.encoding), entriesBySqlite(db)];
      db.close();
      expect(ours.map(String).sort()).toEqual(theirs.map(String).sort());
    }),
  );
});

it('whatever is written over the pages of a schema, it is read or refused', () => {
  const image = made({
    pageSize: 512,
    encoding: 'UTF-8',
    vacuum: 'NONE',
    tables: [9, 900, 9, 9],
    analyzed: true,
  }).serialize();
  const spoilt = fc.array(fc.tuple(fc.nat({ max: image.length - 101 }), fc.nat({ max: 255 })), {
    maxLength: 12,
  });
  fc.assert(
    fc.property(spoilt, (bytes) => {
      const copy = Buffer.from(image);
      for (const [at, byte] of bytes) copy[at + 100] = byte;
      const problem = schemaProblem(copy);
      expect(problem === null || /^(is malformed|has|holds)\b/.test(problem)).toBe(true);
    }),
    { numRuns: 2000 },
  );
});
