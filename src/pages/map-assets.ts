import outlines from 'outlines:maps';
import type { MapName } from '../index/projection.ts';
import { type Asset, makeAsset } from './assets.ts';

/**
 * What a map is made of, from below. Its file has them in the colours of the page that shows it: variables are inherited by
 * what `<use>` shows, and rules for classes are not.
 */
const LAYERS = {
  surroundings: 'fill:var(--far)',
  farBorders: 'fill:none;stroke:var(--sea)',
  insets: 'fill:var(--sea);stroke:var(--line)',
  land: 'fill:var(--land)',
  borders: 'fill:none;stroke:var(--sea)',
} as const;

/** All maps, in the order in which they are shown. */
export const MAP_NAMES: readonly MapName[] = ['us', 'eu', 'au', 'jp'];

/** The outlines of each map: one file, so that a page has only its points. */
export const OUTLINES: Readonly<Record<MapName, Asset>> = {
  us: outlineOf('us'),
  eu: outlineOf('eu'),
  au: outlineOf('au'),
  jp: outlineOf('jp'),
};

function outlineOf(map: MapName): Asset {
  const { width, height, ...drawn } = outlines[map];
  const paths = Object.entries(LAYERS).map(([layer, style]) => {
    const d = drawn[layer as keyof typeof LAYERS];
    return d && `<path vector-effect="non-scaling-stroke" style="${style}" d="${d}"/>\n`;
  });
  return makeAsset(
    `map-${map}`,
    'svg',
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}">
<g id="map" transform="scale(.1)">
${paths.join('')}</g>
</svg>
`,
  );
}
