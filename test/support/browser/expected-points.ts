import { prerenderPages } from '../../../src/generate/prerender.ts';
import { placeOnMap } from '../../../src/index/projection.ts';
import type { ExpectedPoint } from './map-suite.ts';
import type { Site } from './sites.ts';

/** By the projection that map.yml is written with, which a golden file holds to production's. */
export function pointsByProjection({ index }: Site): ExpectedPoint[] {
  const { regions } = prerenderPages(index);
  const pageOfRegion = (code: string) => (regions.includes(code) ? `regions/${code}/` : null);
  const candidates = [
    ...index.studios.map(({ key, name, lat, lon }) => ({ page: `studios/${key}/`, name, lat, lon })),
    ...index.regions.map(({ code, name, lat, lon }) => ({ page: pageOfRegion(code), name, lat, lon })),
  ];
  return candidates.flatMap(({ page, name, lat, lon }) => {
    const place = placeOnMap(lat, lon);
    return place ? [{ page, name, place }] : [];
  });
}
