import type { Database } from '../database/sqlite.ts';
import { parseMemory } from './parse.ts';

/* The journal's values by name, beside the runs: texts, most of them JSON. */

/** The name for what was published to one store, which is named by its endpoint and bucket. */
export function publishedTo(store: string): string {
  return `published ${store}`;
}

/** The name for why an update is owed. */
export const OWED_UPDATE = 'owed_update';

/** The name for what proves that a run would change nothing. */
export const PROVED = 'proved';

/** The name for which event databases were looked at. */
export const EVENT_DATES = 'event_dates';

/** `imageDigest`s of what was published last to each store. */
export function publishedDigests(meta: ReadonlyMap<string, string>): ReadonlySet<string> {
  const memories = [...meta].filter(([key]) => key.startsWith(publishedTo('')));
  return new Set(memories.flatMap(([, text]) => parseMemory(text).last?.digest ?? []));
}

/** All of it, by name. */
export function readMeta(db: Database): Map<string, string> {
  const rows = db.prepare<[], { key: string; value: string }>('SELECT key, value FROM meta').all();
  return new Map(rows.map(({ key, value }) => [key, value]));
}

export function getMeta(db: Database, key: string): string | null {
  const row = db.prepare<[string], { value: string }>('SELECT value FROM meta WHERE key = ?').get(key);
  return row?.value ?? null;
}

export function setMeta(db: Database, key: string, value: string): void {
  db.prepare(
    'INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
  ).run(key, value);
}
