/**
 * The project's own sample index: invented studios and events, with every shape that a real one has. The same options
 * give the same bytes.
 */
import { writeFileSync } from 'node:fs';
import { openDatabase } from '../../src/database/sqlite.ts';
import { SAMPLE_REMOVED_USER, samplePeople } from './people.ts';
import { CITIES, EVENTS, REGIONS } from './places.ts';
import { type Random, seededRandom } from './random.ts';
import { buildDatabase, type PlainRow } from './schema.ts';

export { SAMPLE_ADMINISTRATOR } from './people.ts';

export interface SampleOptions {
  /** 48 by default, the first 48 being real cities; any more are near them. */
  readonly studios?: number;
  /** 160 by default. */
  readonly events?: number;
  readonly seed?: number;
}

const YEARS = [2026, 2025, 2024, 2023];

export function makeSampleIndex(options: SampleOptions = {}): Buffer {
  const { studios = CITIES.length, events = 160, seed = 1 } = options;
  const random = seededRandom(seed);
  const locations = Array.from({ length: studios }, (_, at) => studio(at, random));
  const names = locations.map((location) => String(location['name']));
  return buildDatabase({
    regions: REGIONS,
    users: samplePeople(names),
    locations,
    showcases: sampleEvents(events, studios, random),
  });
}

export function writeSampleIndex(path: string, options: SampleOptions = {}): void {
  writeFileSync(path, makeSampleIndex(options));
}

/**
 * What somebody does to the index between two updates: a new event for the first studio, and a user who leaves.
 *
 * @returns the new image, and the changes in words
 */
export function changeSample(image: Buffer): { index: Buffer; changes: string[] } {
  const db = openDatabase(image);
  try {
    const { year, order } = db
      .prepare('SELECT max(year) AS year, max("order") + 1 AS "order" FROM showcases')
      .get() as { year: number; order: number };
    const row: PlainRow = {
      year,
      key: 'tea-dance',
      name: 'Tea Dance',
      date: `${year}-11-01 - ${year}-11-01`,
      order,
      location_id: 1,
    };
    db.prepare(
      `INSERT INTO showcases (year, key, name, date, "order", location_id, created_at, updated_at)
       VALUES (:year, :key, :name, :date, :order, :location_id, '2026-01-02', '2026-01-02')`,
    ).run(row);
    db.prepare('DELETE FROM users WHERE userid = ?').run(SAMPLE_REMOVED_USER);
    const studio = db.prepare('SELECT name FROM locations WHERE id = 1').pluck().get();
    return {
      index: db.serialize(),
      changes: [`${studio} gets a new event, the Tea Dance of ${year}`, `user ${SAMPLE_REMOVED_USER} leaves`],
    };
  } finally {
    db.close();
  }
}

/** Studios whose row differs from the plain one, by their place in the list of cities. */
const PECULIAR: Readonly<Record<string, PlainRow>> = {
  // Chosen against distance, not deployed, deployed but without a place of its own.
  denver: { region: 'sjc' },
  chicago: { region: 'ord' },
  capetown: { region: 'jnb' },
  // No place: once with a region, once with none, so that every region serves it.
  seattle: { latitude: null, longitude: null, region: 'sjc' },
  mexico: { latitude: null, longitude: null },
  // Locales and logos that say nothing, and logos that say something.
  savannah: { locale: '' },
  newyork: { locale: 'en-US', logo: '' },
  boston: { logo: 'arthur-murray-logo.gif' },
  milano: { logo: 'milano.png' },
  tokyo: { logo: '東京 logo.svg' },
};

function studio(at: number, random: Random): PlainRow {
  const lap = Math.floor(at / CITIES.length);
  const [key, name, lat, lon, locale] = CITIES[at % CITIES.length] ?? ['none', 'None', 0, 0, null];
  if (lap === 0) {
    return { key, name, latitude: lat, longitude: lon, region: null, locale, logo: null, ...PECULIAR[key] };
  }
  const near = () => Math.round((random.next() - 0.5) * 4 * 1e6) / 1e6;
  return {
    key: `${key}${lap + 1}`,
    name: `${name} ${lap + 1}`,
    latitude: lat + near(),
    longitude: lon + near(),
    region: null,
    locale,
    logo: random.below(5) === 0 ? `${lap + 1}.png` : null,
  };
}

/** Events over the years, most recent years fullest; a studio's first event in a year is often its only one. */
function sampleEvents(count: number, studios: number, random: Random): PlainRow[] {
  const taken = new Map<string, number>();
  const rows: PlainRow[] = [];
  for (let at = 0; at < count; at++) {
    const year = YEARS[Math.min(random.below(5), random.below(5), YEARS.length - 1)] ?? 2026;
    const location = at < studios ? at + 1 : random.below(studios) + 1;
    const slot = `${year}/${location}`;
    const nth = taken.get(slot) ?? 0;
    taken.set(slot, nth + 1);
    rows.push({ ...event(nth, year, random), year, order: at + 1, location_id: location });
  }
  return rows;
}

function event(nth: number, year: number, random: Random): PlainRow {
  const alone = nth === 0 && random.below(10) < 6;
  const [key, name] = EVENTS[nth % EVENTS.length] ?? ['event', 'Event'];
  const lap = Math.floor(nth / EVENTS.length);
  const day = `${year}-${String(random.below(12) + 1).padStart(2, '0')}-${String(random.below(27) + 1).padStart(2, '0')}`;
  return {
    key: alone ? 'showcase' : lap === 0 ? key : `${key}-${lap + 1}`,
    name: alone ? 'Showcase' : name,
    date: random.pick([`${day} - ${day}`, day, '', null, 'Saturday, June 11']),
  };
}
