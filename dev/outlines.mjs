/**
 * The outlines of the region maps, drawn at build time from the public-domain data of world-atlas (Natural Earth) and
 * us-atlas (US Census Bureau), with the projections that put the points on the maps.
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
import { PathText } from './path-text.mjs';

/** What a corner must matter to be kept, and an island to be drawn: square pixels of the picture. */
const CORNER = 2.2;
const ISLAND = 8;

/** Pixels that are drawn around a map, and around the farthest points that it can have. */
const MARGIN = 30;

/** Countries around the United States. */
const NEIGHBOURS = ['Canada', 'Mexico'];
/** Where Albers USA puts Alaska and Hawaii (its clip boxes at scale 1070), down to the corner: no neighbour is seen there. */
const INSETS = 'M-500 3784H2510V4276H3570V5500H-500z';

/**
 * By name of map: its size in pixels, and the `d` of paths in tenths of a pixel: the `land`, the `borders` in it, the
 * `surroundings`, and the `insets` that cover them; the last two empty where there are none.
 */
export function drawOutlines() {
  const require = createRequire(import.meta.url);
  const read = (path) => JSON.parse(readFileSync(require.resolve(path), 'utf8'));
  const world = presimplify(read('world-atlas/countries-50m.json'), sphericalTriangleArea);
  const states = presimplify(read('us-atlas/states-10m.json'), sphericalTriangleArea);
  return Object.fromEntries(
    regionMaps().map((map) => {
      const drawn =
        map.map === 'us'
          ? {
              ...draw(map, map.projection, states, 'states', () => true),
              surroundings: draw(map, map.surroundings, world, 'countries', ({ properties }) =>
                NEIGHBOURS.includes(properties.name),
              ).land,
              insets: INSETS,
            }
          : draw(map, map.projection, world, 'countries', (country) => inWindow(map, country));
      const [width, height] = map.size;
      return [map.map, { width, height, ...drawn }];
    }),
  );
}

function draw(map, projection, whole, object, chosen) {
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
    surroundings: '',
    insets: '',
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
