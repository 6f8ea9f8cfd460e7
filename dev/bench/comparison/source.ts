import { openDatabase } from '../../../src/database/sqlite.ts';
import { SAMPLE_HASHES, SAMPLE_PASSWORD } from '../../sample/people.ts';
import { makeSampleIndex } from '../../sample/sample.ts';
import type { Probe } from './site.ts';

/** As the platform's: events over several years, and studios. */
export const SIZE = { events: 370, studios: 90 };

/** Of somebody who may log in from the start. */
const VISITOR = 'visitor';

/**
 * The index that all begin with. Every region and studio has a place in it: the platform's program ends with an error for
 * one that has none.
 */
export function firstIndex(): Buffer {
  return changed(makeSampleIndex(SIZE), (run) => {
    run('UPDATE regions SET latitude = -26.2, longitude = 28.04 WHERE latitude IS NULL');
    run('UPDATE locations SET latitude = 40, longitude = -100 WHERE latitude IS NULL');
    run(...user(VISITOR));
  });
}

/** The nth change: one more event, and one more user. */
export function indexAfter(nth: number): Buffer {
  return changed(firstIndex(), (run) => {
    run(
      `INSERT INTO showcases (year, key, name, date, "order", location_id, created_at, updated_at)
       VALUES (2026, '${eventKey(nth)}', 'Tea Dance', '', ${10_000 + nth}, 1, '2026-01-02', '2026-01-02')`,
    );
    run(...user(guest(nth)));
  });
}

/** No configuration follows from it: it has no studios, nor a table for them. */
export function brokenIndex(): Buffer {
  return changed(firstIndex(), (run) => run('DROP TABLE locations'));
}

/** The addresses of all events after the nth change, for tools that fill a template; none for 0. */
export function eventPaths(nth: number): string[] {
  const db = openDatabase(nth === 0 ? firstIndex() : indexAfter(nth));
  try {
    return db
      .prepare(
        `SELECT '/showcase/' || year || '/' || locations.key || '/' || showcases.key || '/'
         FROM showcases JOIN locations ON locations.id = location_id ORDER BY 1`,
      )
      .pluck()
      .all() as string[];
  } finally {
    db.close();
  }
}

/** The address of the event that the nth change adds. */
export const eventPath = (nth: number): string => `/showcase/2026/boston/${eventKey(nth)}/`;

/** The database of that event. */
export const eventDatabase = (nth: number): string => `2026-boston-${eventKey(nth)}.sqlite3`;

/** A file that users alone may see, asked for by the visitor, or by whom the nth change adds. */
export function probeFile(path: string, nth: number | null): Probe {
  const userid = nth === null ? VISITOR : guest(nth);
  const login = Buffer.from(`${userid}:${SAMPLE_PASSWORD}`).toString('base64');
  return { path, headers: { authorization: `Basic ${login}` } };
}

const eventKey = (nth: number): string => `tea-dance-${nth}`;
const guest = (nth: number): string => `guest${nth}`;

/** With the hash that costs a server least, so that logins do not take the time of what is measured. */
function user(userid: string): [string, string, string] {
  const sql = `INSERT INTO users (userid, password, email, name1, name2, sites, created_at, updated_at)
    VALUES (?, ?, 'a@example.com', 'A', 'B', 'Boston', '2026-01-02', '2026-01-02')`;
  return [sql, userid, `${userid}:${SAMPLE_HASHES['SHA']}`];
}

function changed(image: Buffer, change: (run: (sql: string, ...values: string[]) => void) => void): Buffer {
  const db = openDatabase(image);
  try {
    change((sql, ...values) => db.prepare(sql).run(...values));
    return db.serialize();
  } finally {
    db.close();
  }
}
