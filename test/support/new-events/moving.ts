import { readdirSync } from 'node:fs';
import { openDatabase } from '../../../src/database/sqlite.ts';
import type { Stand } from './stand.ts';

export const ONE = { id: 1, date: '2026-05-01' };
export const TWO = { id: 2, key: 'gala', name: 'Winter Gala' };

/** Writes to the database of an event. */
export function change(stand: Stand, name: string, location: string): void {
  const db = openDatabase(stand.path(name));
  db.prepare('UPDATE events SET location = ?').run(location);
  db.close();
}

export const locationOf = (stand: Stand, name: string) => stand.content(name).events[0]?.location;

/** Databases that were left behind and moved aside. */
export function aside(stand: Stand): string[] {
  return readdirSync(stand.machine.dbDir).filter((name) => /\.sqlite3\.moved-[0-9TZ]+$/.test(name));
}

/** For an update that finds a database locked: every other one has all the time that it needs. */
export const IMPATIENT = { env: { UPDATE_CONFIG_PREPARE_TIMEOUT: '1' } };
