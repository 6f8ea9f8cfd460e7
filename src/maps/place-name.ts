import atlas from 'outlines:areas';

/** The state, province or country that a point is in. */
export interface PlaceName {
  /** ISO 3166-1, two letters. */
  readonly country: string;
  /** Of a state (United States, Australia) or a province (Canada): the second part of ISO 3166-2, as `MA`. Else null. */
  readonly code: string | null;
  /** In English: of the state or province, else of the country. */
  readonly name: string;
}

/** So far from an area a point still counts as in it: coasts are simplified, and a studio may stand on a pier. */
const NEAR_KM = 25;
/**
 * So much farther off than a state of the United States another area may be, and still be meant: its border is drawn less
 * exactly, so what lies outside of both is rather its own. Windsor is closer to Michigan than to Ontario as drawn.
 */
const COARSE_KM = 3;
const DEGREE_KM = 111.2;

type Area = (typeof atlas.areas)[number];
type Point = readonly [lon: number, lat: number];

/**
 * Where a point given in degrees is; null at sea, and where a coordinate is missing. Borders are those of the atlases
 * (dev/areas.mjs), to about two kilometres for states, to about five for countries.
 */
export function placeNameAt(lat: number | null, lon: number | null): PlaceName | null {
  if (lat === null || lon === null) return null;
  const found = atlas.areas.find((area) => contains(area, lat, lon)) ?? nearestTo(lat, lon);
  if (!found) return null;
  const { country, code, name } = found;
  return { country, code, name: name ?? countryName(country, 'en') };
}

const namers = new Map<string, Intl.DisplayNames>();

/** A country's name in a language (BCP 47), as `Intl` has it. */
export function countryName(country: string, lang: string): string {
  const namer = namers.get(lang) ?? new Intl.DisplayNames(lang, { type: 'region' });
  namers.set(lang, namer);
  return namer.of(country) ?? country;
}

const read = new Map<Area, readonly (readonly Point[])[]>();

/** Only of areas that are asked for: most points are in a few of them. */
function ringsOf(area: Area): readonly (readonly Point[])[] {
  const known = read.get(area);
  if (known) return known;
  const along = (arc: number) =>
    arc < 0 ? readArc(atlas.arcs[~arc] ?? '').reverse() : readArc(atlas.arcs[arc] ?? '');
  const rings = area.rings.map((ring) => ring.flatMap(along));
  read.set(area, rings);
  return rings;
}

function readArc(text: string): Point[] {
  const numbers = text.match(/-?\d+/g)?.map(Number) ?? [];
  let [x, y] = [0, 0];
  return Array.from({ length: numbers.length / 2 }, (_, at): Point => {
    x += numbers[2 * at] ?? 0;
    y += numbers[2 * at + 1] ?? 0;
    return [x / 100, y / 100];
  });
}

/** Kilometres to the east in a degree of longitude. */
function degreeOfLongitude(lat: number): number {
  return DEGREE_KM * Math.cos((lat * Math.PI) / 180);
}

/** Whether a point is in an area's box, or so near to it. */
function isAbout({ box: [west, south, east, north] }: Area, lat: number, lon: number, km: number): boolean {
  const [x, y] = [100 * lon, 100 * lat];
  const [roomX, roomY] = [(100 * km) / Math.max(1, degreeOfLongitude(lat)), (100 * km) / DEGREE_KM];
  return x >= west - roomX && x <= east + roomX && y >= south - roomY && y <= north + roomY;
}

/** Whether an odd number of borders lies to the east. Parallels are straight on this plane, as the 49th in America is. */
function contains(area: Area, lat: number, lon: number): boolean {
  if (!isAbout(area, lat, lon, 0)) return false;
  let inside = false;
  for (const ring of ringsOf(area)) {
    let last = ring.at(-1);
    for (const point of ring) {
      const [x1, y1] = point;
      const [x2, y2] = last ?? point;
      if (y1 > lat !== y2 > lat && lon < ((x2 - x1) * (lat - y1)) / (y2 - y1) + x1) inside = !inside;
      last = point;
    }
  }
  return inside;
}

function nearestTo(lat: number, lon: number): Area | undefined {
  const candidates = atlas.areas
    .filter((area) => isAbout(area, lat, lon, NEAR_KM))
    .map((area) => ({ area, km: distanceKm(area, lat, lon) }))
    .filter(({ km }) => km <= NEAR_KM)
    .map(({ area, km }) => ({ area, km: area.country === 'US' ? km : km - COARSE_KM }))
    .sort((a, b) => a.km - b.km);
  return candidates[0]?.area;
}

/** To the nearest border, on a plane that is right around the point. */
function distanceKm(area: Area, lat: number, lon: number): number {
  const kmEast = degreeOfLongitude(lat);
  let least = Number.POSITIVE_INFINITY;
  for (const ring of ringsOf(area)) {
    let last = ring.at(-1);
    for (const point of ring) {
      const [x1, y1] = [(point[0] - lon) * kmEast, (point[1] - lat) * DEGREE_KM];
      const [toX, toY] = last ? [(last[0] - lon) * kmEast - x1, (last[1] - lat) * DEGREE_KM - y1] : [0, 0];
      const length = toX * toX + toY * toY;
      const along = length > 0 ? Math.min(1, Math.max(0, -(x1 * toX + y1 * toY) / length)) : 0;
      least = Math.min(least, Math.hypot(x1 + along * toX, y1 + along * toY));
      last = point;
    }
  }
  return least;
}
