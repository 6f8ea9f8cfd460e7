import { type GeoProjection, geoAlbers, geoAlbersUsa, geoConicConformal, geoConicEquidistant } from 'd3-geo';

/** Where a point stands on one of the application's region maps: whole pixels from the upper left corner. */
export interface MapPlace {
  readonly map: MapName;
  readonly x: number;
  readonly y: number;
}

type Point = readonly [x: number, y: number];
type Project = (lon: number, lat: number) => Point | null;

export type MapName = 'us' | 'eu' | 'au' | 'jp';

/** A map, and the window of degrees (its edges included) whose points it shows. The windows do not overlap. */
export interface RegionMap {
  readonly map: MapName;
  /** Of the picture, in pixels. A point may stand beyond its edge: `reachOf` says how far. */
  readonly size: readonly [width: number, height: number];
  readonly lat: readonly [min: number, max: number];
  readonly lon: readonly [min: number, max: number];
  readonly project: Project;
  /** What the picture's land is drawn with. */
  readonly projection: GeoProjection;
  /** The same for the countries around, where that one leaves them out. */
  readonly surroundings: GeoProjection | null;
}

/**
 * The maps, new objects at each call. The application's map pictures were drawn with the same numbers: rubys/showcase
 * utils/mapper.
 */
export function regionMaps(): readonly RegionMap[] {
  const eu = geoConicConformal().rotate([-20, 0]).center([0, 52]).parallels([35, 65]).scale(1000);
  const au = geoConicConformal().rotate([-132, 0]).center([13, -25]).parallels([-18, -36]).scale(750);
  const jp = geoConicEquidistant().rotate([-137, 0]).center([0, 36]).parallels([24, 46]).scale(1000);
  return [
    {
      map: 'us',
      size: [900, 500],
      lat: [21, 54],
      lon: [-160, -66],
      project: projectUs(),
      projection: geoAlbersUsa(),
      // Albers USA draws the contiguous states with it.
      surroundings: geoAlbers(),
    },
    { map: 'eu', lat: [35, 75], lon: [-25, 45], ...drawnBy(eu) },
    { map: 'au', lat: [-45, -10], lon: [110, 155], ...drawnBy(au) },
    { map: 'jp', lat: [24, 46], lon: [122, 153], ...drawnBy(jp) },
  ];
}

function drawnBy(
  projection: GeoProjection,
): Pick<RegionMap, 'size' | 'project' | 'projection' | 'surroundings'> {
  return {
    size: [600, 500],
    project: (lon, lat) => projection([lon, lat]),
    projection,
    surroundings: null,
  };
}

/** Albers USA ends at the border; Alberta's studios are shown all the same, shifted to where the picture has room. */
function projectUs(): Project {
  const states = geoAlbersUsa();
  const alberta = geoAlbers().parallels([29.5, 45.5]).rotate([96, 0]).center([-0.6, 38.7]).scale(1070);
  return (lon, lat) => {
    const point = states([lon, lat]);
    if (point) return point;
    if (!(lat > 49 && lat < 55 && lon > -120 && lon < -110)) return null;
    const beyond = alberta([lon, lat]);
    return beyond && [beyond[0] - 50, beyond[1] + 40];
  };
}

/** The box of all places that points of a map can have, in pixels: its window, projected. For building only: slow. */
export function reachOf({ lat, lon, project }: RegionMap): [Point, Point] {
  const steps = (limits: readonly [number, number]) =>
    Array.from({ length: 101 }, (_, at) => limits[0] + ((limits[1] - limits[0]) * at) / 100);
  const places = steps(lat).flatMap((y) => steps(lon).map((x) => project(x, y)));
  const found = places.filter((place) => place !== null);
  const [xs, ys] = [found.map(([x]) => x), found.map(([, y]) => y)];
  return [
    [Math.min(...xs), Math.min(...ys)],
    [Math.max(...xs), Math.max(...ys)],
  ];
}

let maps: readonly RegionMap[] | undefined;

/** The place of a point given in degrees; null when no map shows it, or when a coordinate is missing. */
export function placeOnMap(lat: number | null, lon: number | null): MapPlace | null {
  if (lat === null || lon === null) return null;
  maps ??= regionMaps();
  for (const {
    map,
    lat: [south, north],
    lon: [west, east],
    project,
  } of maps) {
    if (lat < south || lat > north || lon < west || lon > east) continue;
    const point = project(lon, lat);
    if (point && Number.isFinite(point[0]) && Number.isFinite(point[1])) {
      return { map, x: Math.round(point[0]), y: Math.round(point[1]) };
    }
  }
  return null;
}
