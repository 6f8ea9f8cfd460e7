import type { Index } from '../index/index-model.ts';
import { placeOnMap } from '../index/projection.ts';
import { emitYaml, type YamlValue } from './yaml.ts';

/** map.yml: deployed regions and studios, each with its place on a region map where it has one. */
export function mapText(index: Index): string {
  const regions = new Map<string, YamlValue>();
  for (const { code, name, lat, lon } of index.regions) {
    regions.set(code, { name, lat, lon, ...placeOnMap(lat, lon) });
  }
  const studios = new Map<string, YamlValue>();
  for (const { key, name, lat, lon, region } of index.studios) {
    studios.set(key, { name, lat, lon, region, ...placeOnMap(lat, lon) });
  }
  return emitYaml({ regions, studios });
}
