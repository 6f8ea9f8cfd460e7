import { quoted } from '../text.ts';
import type { Cell } from './cells.ts';

/** Latitude and longitude in degrees, each null where a row has none. Only both together are a place. */
export interface Place {
  readonly lat: number | null;
  readonly lon: number | null;
}

const NOWHERE: Place = { lat: null, lon: null };

/**
 * Where a row is, and what an administrator should know about it. A place serves the map and the choice of a region,
 * neither of which is worth an event: coordinates that cannot be right count as none, both of them.
 */
export function readPlace(latitude: Cell, longitude: Cell): { place: Place; note: string | null } {
  const problem =
    swapped(latitude, longitude) ?? outside('latitude', latitude, 90) ?? longitudeProblem(longitude);
  if (problem !== null) {
    return {
      place: NOWHERE,
      note: `${problem}: it counts as without a place, on no map and near to nothing`,
    };
  }
  const [lat, lon] = [degrees(latitude), degrees(longitude)];
  if ((lat === null) === (lon === null)) return { place: { lat, lon }, note: null };
  const only = lat === null ? 'a longitude only' : 'a latitude only';
  return { place: { lat, lon }, note: `has ${only}: it is on no map, and near to nothing` };
}

/** What `outside` has nothing to say against. */
function degrees(cell: Cell): number | null {
  return typeof cell === 'number' ? cell : null;
}

/** Only where the latitude cannot be one; nobody can tell otherwise. */
function swapped(latitude: Cell, longitude: Cell): string | null {
  if (typeof latitude !== 'number' || typeof longitude !== 'number') return null;
  const suspect = Math.abs(latitude) > 90 && Math.abs(latitude) <= 180 && Math.abs(longitude) <= 90;
  return suspect ? `latitude ${latitude} and longitude ${longitude} look swapped` : null;
}

/** A longitude that was counted on beyond the date line is a common mistake, and easily put right. */
function longitudeProblem(cell: Cell): string | null {
  const problem = outside('longitude', cell, 180);
  if (problem === null || typeof cell !== 'number' || !(Math.abs(cell) <= 540)) return problem;
  const meant = Number((cell - 360 * Math.sign(cell)).toFixed(6));
  return `${problem} (is ${meant} meant?)`;
}

function outside(column: string, cell: Cell, bound: number): string | null {
  if (cell === null) return null;
  if (typeof cell === 'string') return `${column} ${quoted(cell)} is not a number`;
  if (typeof cell !== 'number') return `${column} is a blob, not a number`;
  if (!Number.isFinite(cell)) return `${column} is an infinite number`;
  return Math.abs(cell) <= bound ? null : `${column} ${cell} is not within ${-bound} and ${bound}`;
}
