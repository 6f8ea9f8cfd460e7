import outlines from 'outlines:maps';
import { describe, expect, it } from 'vitest';
import { type MapName, placeOnMap, reachOf, regionMaps } from '../../../src/index/projection.ts';
import { inventedIndex } from '../../support/indexes/invented-index.ts';
import { isAt, pointsOf } from '../../support/pages/map-points.ts';
import { renderAll } from '../../support/pages/rendered.ts';

describe('the points of a map', () => {
  const index = inventedIndex();
  const pages = renderAll(index);

  it.each([
    ['studios', 'studios/index.html'],
    ['regions', 'regions/index.html'],
  ] as const)(
    'are all %s that a map shows, linked, named, and where they are projected to: %s',
    (kind, path) => {
      const all =
        kind === 'studios'
          ? index.studios.map(({ key, ...rest }) => ({ ...rest, page: `studios/${key}/index.html` }))
          : index.regions.map(({ code, ...rest }) => ({ ...rest, page: `regions/${code}/index.html` }));
      const expected = all.flatMap(({ name, lat, lon, page }) => {
        const place = placeOnMap(lat, lon);
        const href = pages.has(page) ? encodeURI(`/showcase/${page.replace(/index.html$/, '')}`) : null;
        return place ? [{ place, href, name: name.replace('\n', ' ') }] : [];
      });
      const found = pointsOf(pages.get(path) ?? '');
      expect(found).toHaveLength(expected.length);
      for (const { place, href, name } of expected) {
        const point = found.find((one) => one.name === name && one.map === place.map && isAt(one, place));
        expect([name, point?.href && decodeURI(point.href)]).toEqual([name, href && decodeURI(href)]);
      }
    },
  );

  it('are, on a studio’s page, that studio alone, which is no link', () => {
    const points = pointsOf(pages.get('studios/10/index.html') ?? '');
    expect(points.map(({ kind, name, href }) => [kind, name, href])).toEqual([
      ['studio here', '10th Street', null],
    ]);
  });

  it('are, on a region’s page, its studios, above a ring that takes no click', () => {
    const points = pointsOf(pages.get('regions/iad/index.html') ?? '');
    expect(points.map(({ kind, href }) => [kind, href === null])).toEqual([
      ['region here', true],
      ['studio', false],
      ['studio', false],
    ]);
  });

  it('are on pictures with an id of their own', () => {
    for (const page of pages.values()) {
      const ids = [...page.matchAll(/ id="(map-[^"]*)"/g)].map(([, id]) => id);
      expect(new Set(ids).size).toBe(ids.length);
    }
  });
});

describe('the outlines of a map', () => {
  const LIMIT = { us: 30_000, eu: 40_000, au: 12_000, jp: 12_000 };

  it.each(regionMaps())('of $map are as large as the map, and small as text', ({ map, size }) => {
    const { width, height, land, borders, surroundings } = outlines[map];
    expect([width, height]).toEqual(size);
    expect(land.length + borders.length + surroundings.length).toBeLessThan(LIMIT[map]);
  });

  it.each(regionMaps())('of $map reach as far as its points can be, and hardly farther', (map) => {
    const { land, surroundings, borders } = outlines[map.map];
    const [[left, top], [right, bottom]] = reachOf(map);
    const [width, height] = map.size;
    const margin = 31;
    for (const [x, y] of [land, borders, surroundings].flatMap(ringsOf).flat()) {
      expect(x >= Math.min(0, left) - margin && x <= Math.max(width, right) + margin).toBe(true);
      expect(y >= Math.min(0, top) - margin && y <= Math.max(height, bottom) + margin).toBe(true);
    }
  });

  it.each([
    ['us', 'Denver', 39.74, -104.99],
    ['us', 'Atlanta', 33.75, -84.39],
    ['us', 'Oahu', 21.48, -158.0],
    ['eu', 'Madrid', 40.42, -3.7],
    ['eu', 'Warsaw', 52.23, 21.01],
    ['eu', 'Dublin, inland', 53.3, -7.0],
    ['eu', 'Moscow, beyond the picture', 55.75, 37.6],
    ['eu', 'Lapland, beyond the picture', 68, 25],
    ['eu', 'Iceland, beyond the picture', 64.8, -18.5],
    ['au', 'Alice Springs', -23.7, 133.88],
    ['au', 'Hobart, inland', -42.2, 146.8],
    ['jp', 'Nagano', 36.65, 138.18],
    ['jp', 'Sapporo', 43.06, 141.35],
  ] as const)('of %s have %s on land', (map, _, lat, lon) => {
    expect(onLand(map, lat, lon)).toBe(true);
  });

  it.each([
    ['us', 'the Gulf of Mexico', 26, -90],
    ['us', 'Lake Michigan', 43.5, -87.1],
    ['eu', 'the Baltic Sea', 56.5, 18.5],
    ['eu', 'the Bay of Biscay', 45.5, -5],
    ['au', 'the Great Australian Bight', -35, 130],
    ['jp', 'the Sea of Japan', 40, 135],
  ] as const)('of %s have %s at sea', (map, _, lat, lon) => {
    expect(onLand(map, lat, lon)).toBe(false);
  });
});

type Point = readonly [x: number, y: number];

/** The lines of a path, in pixels. */
function ringsOf(path: string): Point[][] {
  return path
    .split('M')
    .filter(Boolean)
    .map((line) => {
      const numbers = [...line.matchAll(/-?\d+/g)].map(Number);
      let [x, y] = [0, 0];
      const points: Point[] = [];
      for (let at = 0; at < numbers.length; at += 2) {
        x += numbers[at] ?? Number.NaN;
        y += numbers[at + 1] ?? Number.NaN;
        points.push([x / 10, y / 10]);
      }
      return points;
    });
}

/** Whether an odd number of edges lies to the right of where the point is drawn. */
function onLand(map: MapName, lat: number, lon: number): boolean {
  const place = placeOnMap(lat, lon);
  if (place?.map !== map) throw new Error('not on that map');
  let inside = false;
  for (const ring of ringsOf(outlines[map].land)) {
    for (const [at, [x1, y1]] of ring.entries()) {
      const [x2, y2] = ring[(at + 1) % ring.length] ?? [0, 0];
      const crosses = y1 > place.y !== y2 > place.y;
      if (crosses && place.x < ((x2 - x1) * (place.y - y1)) / (y2 - y1) + x1) inside = !inside;
    }
  }
  return inside;
}
