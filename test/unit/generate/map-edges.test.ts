import { describe, expect, it } from 'vitest';
import { placeOnMap, regionMaps } from '../../../src/index/projection.ts';

describe('a point on the very edge of a map', () => {
  it.each(regionMaps().filter(({ map }) => map !== 'us'))(
    'has a place on it, and beyond it none: $map',
    (one) => {
      const { map, lat, lon } = one;
      const middle = (lat[0] + lat[1]) / 2;
      for (const y of lat) for (const x of lon) expect([y, x, placeOnMap(y, x)?.map]).toEqual([y, x, map]);
      const beyond = [
        [lat[0] - 0.001, (lon[0] + lon[1]) / 2],
        [lat[1] + 0.001, (lon[0] + lon[1]) / 2],
        [middle, lon[0] - 0.001],
        [middle, lon[1] + 0.001],
      ] as const;
      for (const [y, x] of beyond) expect([y, x, placeOnMap(y, x)]).toEqual([y, x, null]);
    },
  );

  it('of the United States is one where there is land, and studios of Alberta have room', () => {
    // The southern edge is Hawaii’s, the eastern one Maine’s; what Albers does not show has no place.
    expect(placeOnMap(45, -66.95)?.map).toBe('us');
    expect(placeOnMap(21, -157.5)?.map).toBe('us');
    expect(placeOnMap(20.999, -157.5)).toBe(null);
    expect(placeOnMap(51, -114)?.map).toBe('us');
  });

  it('is none where a coordinate is missing', () => {
    expect([placeOnMap(null, 10), placeOnMap(50, null), placeOnMap(0, 0)]).toEqual([null, null, null]);
  });
});
