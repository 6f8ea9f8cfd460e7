import { type Html, html } from '../../html/html.ts';
import { placeOnMap } from '../../index/projection.ts';
import { regionFinder } from '../../index/read-regions.ts';
import { ENGLISH } from '../../pages/wording.ts';
import type { RegionView } from '../../requests/row-views.ts';
import { type PicturePoint, renderPicture } from './place-picture.ts';

/** Where a place is, by regions that are there. */
export interface ShownPlace {
  /** Code of the nearest region that is deployed; null for none. */
  readonly nearest: string | null;
  /** In a sentence. */
  readonly words: string;
  /** The map with the place on it, and the sentence. */
  readonly shown: Html;
}

export interface Typed {
  readonly latitude: string;
  readonly longitude: string;
  /** What stands there. */
  readonly kind: 'region' | 'studio';
}

/** Where what was typed is on the prerendered pages' maps, and which region is the nearest. */
export function showPlace({ latitude, longitude, kind }: Typed, regions: readonly RegionView[]): ShownPlace {
  const [lat, lon] = [degreesOf(latitude, 90), degreesOf(longitude, 180)];
  if (lat === null || lon === null) return placeOf(null, UNKNOWN[kind], html``);
  const deployed = regions.filter(({ type }) => type === 'fly');
  const nearest =
    kind === 'region'
      ? null
      : regionFinder(
          deployed.map(({ code, location, latitude: y, longitude: x }) => ({
            code,
            name: location,
            lat: y,
            lon: x,
          })),
        )(null, lat, lon);
  const name = deployed.find(({ code }) => code === nearest)?.location;
  const words = [
    ...(nearest === null ? [] : [`The nearest region is ${nearest} (${name}).`]),
    ...(kind === 'studio' && nearest === null ? ['No region is near: there is none with a place.'] : []),
  ];
  const place = placeOnMap(lat, lon);
  if (place === null)
    return placeOf(nearest, [...words, 'It is on none of the maps of the pages.'].join(' '), html``);
  const here: PicturePoint = { place, kind, name: 'Here', here: true };
  const points = deployed.flatMap((region): PicturePoint[] => {
    const at = placeOnMap(region.latitude, region.longitude);
    const isSame = kind === 'region' && at?.x === place.x && at.y === place.y;
    if (at?.map !== place.map || isSame) return [];
    return [{ place: at, kind: 'region', name: `${region.code}, ${region.location}` }];
  });
  return placeOf(nearest, words.join(' '), renderPicture(place.map, [...points, here], ENGLISH));
}

const UNKNOWN = {
  studio:
    'Type latitude and longitude to see the place on a map. Without them no region is the nearest: every region serves the studio.',
  region: 'Type latitude and longitude to see the place on a map.',
} as const;

function placeOf(nearest: string | null, words: string, map: Html): ShownPlace {
  return { nearest, words, shown: html`${map}<p role="status">${words}</p>` };
}

function degreesOf(typed: string, bound: number): number | null {
  const text = typed.trim();
  const degrees = /^[+-]?\d{1,3}(\.\d{0,20})?$/.test(text) ? Number(text) : Number.NaN;
  return Math.abs(degrees) <= bound ? degrees : null;
}
