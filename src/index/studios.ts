import type { Database } from '../database/sqlite.ts';
import { quoted } from '../text.ts';
import type { Warning } from '../warning.ts';
import type { Studio } from './index-model.ts';
import { DEFAULT_LOCALE, DEFAULT_LOGO } from './index-model.ts';
import { pageKeyProblem } from './keys.ts';
import type { RegionFinder } from './read-regions.ts';
import { type Row, rowsOf } from './rows.ts';

export interface Studios {
  /** By row id. */
  readonly byId: ReadonlyMap<number, Studio>;
  /** Keys of rows that were left out, as far as they have one, by id. */
  readonly leftOut: ReadonlyMap<number, string | null>;
}

const COLUMNS = ['key', 'name', 'latitude', 'longitude', 'region', 'locale', 'logo'];

/** Language, then script, country and so on, as in `it-IT`: the shape of a BCP 47 tag. */
const LOCALE = /^[A-Za-z][A-Za-z]+(?:-[A-Za-z0-9]+)*$/;

/** The longest tag that the standard asks programs to take (BCP 47, section 4.4.1). */
const MAX_LOCALE = 35;

export function readStudios(db: Database, regionOf: RegionFinder, warnings: Warning[]): Studios {
  const byId = new Map<number, Studio>();
  const leftOut = new Map<number, string | null>();
  const idOfKey = new Map<string, number>();
  for (const row of rowsOf(db, 'locations', COLUMNS, warnings, keyOf)) {
    const key = row.key('key', pageKeyProblem);
    const name = row.name('name', key);
    const { lat, lon } = row.place();
    const region = regionOf(row.optionalText('region'), lat, lon);
    const studio = { id: row.id, key, name, lat, lon, region, locale: locale(row), logo: logo(row) };
    const first = idOfKey.get(key);
    if (first !== undefined) row.problems.push(`row ${first} has the same key`);
    if (!row.good) {
      leftOut.set(row.id, keyOf(row));
      continue;
    }
    idOfKey.set(key, row.id);
    byId.set(row.id, studio);
  }
  return { byId, leftOut };
}

function keyOf(row: Row): string | null {
  return row.shown('key');
}

function locale(row: Row): string | null {
  const tag = row.optionalText('locale')?.replaceAll('_', '-') ?? '';
  if (tag === '' || tag === DEFAULT_LOCALE) return null;
  if (tag.length <= MAX_LOCALE && LOCALE.test(tag)) return tag;
  row.notes.push(`locale ${quoted(tag)} is not a language tag, read as none`);
  return null;
}

function logo(row: Row): string | null {
  const file = row.optionalText('logo') ?? '';
  if (file === '' || file === DEFAULT_LOGO) return null;
  const bad = /[/\\\p{C}]|\$\{/u.test(file) || file === '.' || file === '..' || Buffer.byteLength(file) > 255;
  if (!bad) return file;
  row.notes.push(`logo ${quoted(file)} is not a file name, read as none`);
  return null;
}
