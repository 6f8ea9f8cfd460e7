import outlines from 'outlines:maps';
import type { MapName } from '../index/projection.ts';
import { type Asset, makeAsset } from './assets.ts';

/** What a map is made of, from below; each a path in the map's file, drawn with the fill and stroke of who uses it. */
export const LAYERS = ['far', 'far-borders', 'inset', 'land', 'borders'] as const;

type Layer = (typeof LAYERS)[number];

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
  const paths = LAYERS.flatMap((layer) => {
    const d = pathOf(map, layer);
    return d === ''
      ? []
      : [`<path id="${layer}" transform="scale(.1)" vector-effect="non-scaling-stroke" d="${d}"/>\n`];
  });
  return makeAsset(
    `map-${map}`,
    'svg',
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${outlines[map].width} ${outlines[map].height}">\n${paths.join('')}</svg>\n`,
  );
}

/** Empty if the map has nothing of it. */
export function pathOf(map: MapName, layer: Layer): string {
  const { surroundings, farBorders, insets, land, borders } = outlines[map];
  return { far: surroundings, 'far-borders': farBorders, inset: insets, land, borders }[layer];
}
