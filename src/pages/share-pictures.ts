import type { MapName, MapPlace } from '../index/projection.ts';
import { renderSharePicture } from '../maps/share-picture.ts';
import { type Asset, makeAsset } from './assets.ts';
import { MAP_NAMES } from './map-assets.ts';

/** A picture of each map that has studios: what those who show a link to a page put beside it. */
export type SharePictures = ReadonlyMap<MapName, Asset>;

interface Placed {
  /** Null for a studio that no map shows. */
  readonly place: MapPlace | null;
}

export function sharePictures(studios: readonly Placed[]): SharePictures {
  const pictures = new Map<MapName, Asset>();
  for (const map of MAP_NAMES) {
    const own = placesOf(studios).filter((place) => place.map === map);
    if (own.length > 0) pictures.set(map, makeAsset(`share-${map}`, 'png', renderSharePicture(map, own)));
  }
  return pictures;
}

/** The picture of the map that shows most of these studios. */
export function pictureOf(pictures: SharePictures, studios: readonly Placed[]): Asset | undefined {
  const counts = MAP_NAMES.map((map) => ({
    map,
    count: placesOf(studios).filter((place) => place.map === map).length,
  }));
  const [most] = counts.filter(({ count }) => count > 0).sort((a, b) => b.count - a.count);
  return most && pictures.get(most.map);
}

function placesOf(studios: readonly Placed[]): MapPlace[] {
  return studios.flatMap(({ place }) => place ?? []);
}
