import { quoted } from '../text.ts';
import type { Cell } from './cells.ts';

/** Latitude and longitude in degrees, each null where a row has none. Only both together are a place. */
export interface Place {
  readonly lat: number | null;
  readonly lon: number | null;
}

const NOWHERE: Place = { lat: null, lon: null };

/**
 * The place of a row, and a warning if it looks wrong. A place matters only for the map and the choice of a region, so
 * a bad one never costs an event: if a coordinate cannot be right, neither of the two counts.
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

/** Coordinates that `outside` accepts. */
function degrees(cell: Cell): number | null {
  return typeof cell === 'number' ? cell : null;
}

/** Only if the latitude is out of range; otherwise a swap cannot be seen. */
function swapped(latitude: Cell, longitude: Cell): string | null {
  if (typeof latitude !== 'number' || typeof longitude !== 'number') return null;
  const suspect = Math.abs(latitude) > 90 && Math.abs(latitude) <= 180 && Math.abs(longitude) <= 90;
  return suspect ? `latitude ${latitude} and longitude ${longitude} look swapped` : null;
}

/** A longitude beyond 180 degrees is a common mistake, and easy to correct. */
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
