import { readFileSync } from 'node:fs';
import { geoBounds, geoContains } from 'd3-geo';
import { feature } from 'topojson-client';
import { describe, expect, it } from 'vitest';
import { countryName, placeNameAt } from '../../../src/maps/place-name.ts';
import { inventedIndex } from '../../support/indexes/invented-index.ts';

describe('the name of a place', () => {
  it.each([
    ['Boston', 42.355, -71.061, 'US', 'MA', 'Massachusetts'],
    ['Alexandria, across the river from Washington', 38.805, -77.043, 'US', 'VA', 'Virginia'],
    ['Washington', 38.907, -77.037, 'US', 'DC', 'District of Columbia'],
    ['Kansas City', 39.1, -94.579, 'US', 'MO', 'Missouri'],
    ['the other Kansas City', 39.114, -94.628, 'US', 'KS', 'Kansas'],
    ['Honolulu', 21.305, -157.856, 'US', 'HI', 'Hawaii'],
    ['Anchorage', 61.2, -149.9, 'US', 'AK', 'Alaska'],
    ['Coquitlam', 49.284, -122.793, 'CA', 'BC', 'British Columbia'],
    ['Gatineau, across the river from Ottawa', 45.477, -75.701, 'CA', 'QC', 'Quebec'],
    ['Windsor, across the river from Detroit', 42.315, -83.036, 'CA', 'ON', 'Ontario'],
    ['the other bank, in Detroit', 42.325, -83.05, 'US', 'MI', 'Michigan'],
    ['Fort Erie, across the river from Buffalo', 42.902, -78.922, 'CA', 'ON', 'Ontario'],
    ['Buffalo, at its harbor', 42.865, -78.885, 'US', 'NY', 'New York'],
    ['Ottawa', 45.421, -75.69, 'CA', 'ON', 'Ontario'],
    ['Canberra', -35.281, 149.13, 'AU', 'ACT', 'Australian Capital Territory'],
    ['Perth', -31.956, 115.861, 'AU', 'WA', 'Western Australia'],
    ['San Juan', 18.466, -66.106, 'PR', null, 'Puerto Rico'],
    ['Kobe', 34.693, 135.194, 'JP', null, 'Japan'],
    ['Strasbourg', 48.58, 7.75, 'FR', null, 'France'],
    ['Valletta', 35.9, 14.51, 'MT', null, 'Malta'],
    ['Pristina, which the standard has no number for', 42.663, 21.162, 'XK', null, 'Kosovo'],
  ])('of %s is that of the state, the province or else the country', (_, lat, lon, country, code, name) => {
    expect(placeNameAt(lat, lon)).toEqual({ country, code, name });
  });

  it('of a pier is that of the coast', () => {
    expect(placeNameAt(36.84, -75.93)?.name).toBe('Virginia');
  });

  it.each([
    ['a point in the Atlantic', 30, -50],
    ['a latitude without a longitude', 30, null],
    ['a longitude without a latitude', null, 30],
  ])('is none for %s', (_, lat, lon) => {
    expect(placeNameAt(lat, lon)).toBeNull();
  });

  it('is known for each studio of the sample that has a place', () => {
    const { studios } = inventedIndex();
    const nameless = studios.filter(({ lat, lon }) => lat !== null && lon !== null && !placeNameAt(lat, lon));
    expect(nameless).toEqual([]);
  });

  it('is that of the whole atlas, three kilometres from a border and more', () => {
    const states = wholeStates();
    const wrong = [];
    let compared = 0;
    for (let lat = 25.3; lat < 49; lat += 1.37) {
      for (let lon = -124; lon < -67; lon += 1.71) {
        const around = [
          [0, 0],
          [0, 0.04],
          [0, -0.04],
          [0.03, 0],
          [-0.03, 0],
        ].map(([north = 0, east = 0]) => states.nameAt(lat + north, lon + east));
        const [name] = around;
        if (name === undefined || around.some((other) => other !== name)) continue;
        compared += 1;
        const found = placeNameAt(lat, lon)?.name;
        if (found !== name) wrong.push({ lat, lon, name, found });
      }
    }
    expect(wrong).toEqual([]);
    expect(compared).toBeGreaterThan(250);
  });
});

describe('the name of a country', () => {
  it.each([
    ['US', 'en', 'United States'],
    ['JP', 'ja', '日本'],
    ['IT', 'de', 'Italien'],
  ])('of %s in %s is %s', (country, lang, name) => {
    expect(countryName(country, lang)).toBe(name);
  });
});

/** The states as us-atlas has them, looked up by d3-geo on the sphere. */
function wholeStates() {
  const path = new URL('../../../node_modules/us-atlas/states-10m.json', import.meta.url);
  const atlas = JSON.parse(readFileSync(path, 'utf8')) as Parameters<typeof feature>[0];
  const whole = feature(atlas, atlas.objects['states'] ?? { type: null });
  if (!('features' in whole)) throw new Error('us-atlas has no collection of states');
  const states = whole.features.map((state) => ({ state, box: geoBounds(state) }));
  return {
    nameAt: (lat: number, lon: number): unknown =>
      states.find(
        ({ state, box: [[west, south], [east, north]] }) =>
          lat >= south &&
          lat <= north &&
          (west > east || (lon >= west && lon <= east)) &&
          geoContains(state, [lon, lat]),
      )?.state.properties?.['name'],
  };
}
