import outlines from 'outlines:maps';
import { describe, expect, it } from 'vitest';
import { type MapName, placeOnMap, reachOf, regionMaps } from '../../../src/index/projection.ts';
import { inventedIndex } from '../../support/indexes/invented-index.ts';
import { renderAll, tokensOf } from '../../support/pages/rendered.ts';

/** Circles of each map of a page, with the link that each stands in. */
function pointsOf(page: string) {
  const points: { map: string; href: string | null; name: string; x: number; y: number; kind: string }[] = [];
  let map = '';
  let href: string | null = null;
  let name = '';
  for (const token of tokensOf(page)) {
    if (token.kind === 'close' && token.name === 'a') href = null;
    if (token.kind !== 'open') continue;
    const { attributes } = token;
    if (token.name === 'figure') map = attributes.get('class') ?? '';
    if (token.name === 'a') href = attributes.get('href') ?? null;
    if (attributes.has('aria-label')) name = attributes.get('aria-label') ?? '';
    if (token.name === 'circle') {
      const [x, y] = [Number(attributes.get('cx')), Number(attributes.get('cy'))];
      points.push({ map, href, name, x, y, kind: attributes.get('class') ?? '' });
    }
  }
  return points;
}

describe('the points of a map', () => {
  const index = inventedIndex();
  const pages = renderAll(index);

  it('are all studios and regions that a map shows, linked, named, and where they are projected to', () => {
    const expected = [
      ...index.studios.map(({ key, name, lat, lon }) => ({
        place: placeOnMap(lat, lon),
        href: `/showcase/studios/${encodeURIComponent(key)}/`,
        name,
        kind: 'studio',
      })),
      ...index.regions.map(({ code, name, lat, lon }) => ({
        place: placeOnMap(lat, lon),
        href: pages.has(`regions/${code}/index.html`) ? `/showcase/regions/${code}/` : null,
        name,
        kind: 'region',
      })),
    ].flatMap(({ place, name, ...rest }) =>
      place ? [{ ...place, ...rest, name: name.replace('\n', ' ') }] : [],
    );
    const found = pointsOf(pages.get('index.html') ?? '');
    expect(found).toHaveLength(expected.length);
    expect(found).toEqual(expect.arrayContaining(expected));
  });

  it('are, on a studio’s page, that studio and its region, and the page’s own is marked', () => {
    const page = pages.get('studios/10/index.html') ?? '';
    expect(pointsOf(page).map(({ kind, name }) => [kind, name])).toEqual([
      ['region', 'Ashburn, Virginia (US)'],
      ['studio here', '10th Street'],
    ]);
    expect(page.match(/<a [^>]*aria-current="page"><circle/g)).toHaveLength(1);
  });

  it('are, on a region’s page, its studios above the region, so that its ring covers none', () => {
    const kinds = pointsOf(pages.get('regions/iad/index.html') ?? '').map(({ kind }) => kind);
    expect(kinds).toEqual(['region here', 'studio', 'studio']);
  });

  it('are on maps that are each drawn once', () => {
    for (const page of pages.values()) {
      const maps = [...page.matchAll(/<figure class="(\w+)">/g)].map(([, name]) => name);
      expect(new Set(maps).size).toBe(maps.length);
    }
  });
});

describe('the outlines on a page', () => {
  const LIMIT = { us: 40_000, eu: 25_000, au: 25_000, jp: 25_000 };

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
