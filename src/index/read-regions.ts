import type { Database } from '../database/sqlite.ts';
import type { Warning } from '../warning.ts';
import type { Region } from './index-model.ts';
import { pageKeyProblem } from './keys.ts';
import { rowsOf } from './rows.ts';
import { compareBytes } from './sort-order.ts';

const COLUMNS = ['type', 'code', 'location', 'latitude', 'longitude'];

/** Deployed regions, sorted by code. Rows of any other type are ignored, good or bad. */
export function readRegions(db: Database, warnings: Warning[]): Region[] {
  const byCode = new Map<string, Region & { id: number }>();
  for (const row of rowsOf(db, 'regions', COLUMNS, warnings, (region) => region.shown('code'))) {
    if (row.text('type') !== 'fly') continue;
    const code = row.key('code', pageKeyProblem);
    const name = row.name('location', code);
    const place = row.place();
    const first = byCode.get(code);
    if (first) row.problems.push(`row ${first.id} has the same code`);
    if (row.good) byCode.set(code, { id: row.id, code, name, ...place });
  }
  const regions = [...byCode.values()].map(({ code, name, lat, lon }) => ({ code, name, lat, lon }));
  return regions.sort((a, b) => compareBytes(a.code, b.code));
}

/** Finds the code of a studio's region, from the studio's own choice and its place; null for none. */
export type RegionFinder = (chosen: string | null, lat: number | null, lon: number | null) => string | null;

/**
 * The studio's own region if it is deployed, else the nearest by great-circle distance, else none. If regions are
 * equally near, the first by code wins. A region without a place can be chosen, but is never the nearest.
 */
export function regionFinder(regions: readonly Region[]): RegionFinder {
  const codes = new Set(regions.map((region) => region.code));
  return (chosen, lat, lon) => {
    if (chosen !== null && codes.has(chosen)) return chosen;
    if (lat === null || lon === null) return null;
    let nearest: string | null = null;
    let least = Number.POSITIVE_INFINITY;
    for (const region of regions) {
      if (region.lat === null || region.lon === null) continue;
      const angle = haversine(lat, lon, region.lat, region.lon);
      if (angle < least) {
        least = angle;
        nearest = region.code;
      }
    }
    return nearest;
  };
}

/** Haversine of the angle between two points given in degrees: 0 to 1, and it grows as the distance does. */
function haversine(lat1: number, lon1: number, lat2: number, lon2: number): number {
  const radians = Math.PI / 180;
  const north = Math.sin(((lat2 - lat1) * radians) / 2);
  const east = Math.sin(((lon2 - lon1) * radians) / 2);
  return north * north + Math.cos(lat1 * radians) * Math.cos(lat2 * radians) * east * east;
}
