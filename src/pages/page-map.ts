import outlines from 'outlines:maps';
import { type Html, html, markup } from '../html/html.ts';
import type { MapName, MapPlace } from '../index/projection.ts';
import type { RegionView, SiteView, StudioView } from './view.ts';
import type { Wording } from './wording.ts';

/** A point of a map. */
export interface MapPoint {
  readonly place: MapPlace;
  readonly kind: 'region' | 'studio';
  readonly name: string;
  /** Null for what has no page. */
  readonly href: string | null;
  /** The one that the page is about. */
  readonly here?: boolean;
}

/** All maps, in the order in which they are shown. */
const MAP_NAMES: readonly MapName[] = ['us', 'eu', 'au', 'jp'];

/** Pixels. */
const RADIUS = { region: 12, studio: 7 };
/** So much more has what the page is about. */
const HERE = 2;

/** Around a picture, and around points that stand beyond its edge; the outlines are drawn as far. */
const MARGIN = 20;

const lands = new Map<MapName, Html>();

/** The maps that have any of these points; or all of them. */
export function renderMaps(points: readonly MapPoint[], wording: Wording, all = false): Html | null {
  const shown = MAP_NAMES.map((name) => ({
    name,
    own: points.filter(({ place }) => place.map === name),
  })).filter(({ own }) => all || own.length > 0);
  if (shown.length === 0) return null;
  return html`<a class="skip" href="#after-maps">${wording.labels.skipMaps}</a>
<div class="maps">
${shown.map(({ name, own }) => renderMap(name, own, wording))}</div>
<div id="after-maps" tabindex="-1"></div>`;
}

/**
 * One map: regions below and studios above them, in each what the page is about on top. A region's ring is larger than
 * a studio's point, and would catch every click on the studios around it.
 */
export function renderMap(name: MapName, points: readonly MapPoint[], { labels }: Wording): Html {
  const layers = (['region', 'studio'] as const).flatMap((kind) => [
    points.filter((point) => point.kind === kind && !point.here),
    points.filter((point) => point.kind === kind && point.here),
  ]);
  return html`<figure class="${name}">
<svg viewBox="${viewBox(name, points)}" role="group" aria-labelledby="map-${name}">
${land(name)}
${layers.flat().map(renderPoint)}</svg>
<figcaption><span id="map-${name}">${labels.maps[name]}</span>${renderKey(points, 'studio', labels.studios)}${renderKey(points, 'region', labels.regions)}</figcaption>
</figure>
`;
}

/** All of a picture, and whichever points stand beyond its edge. */
function viewBox(name: MapName, points: readonly MapPoint[]): string {
  const { width, height } = outlines[name];
  let [left, top, right, bottom] = [0, 0, width, height];
  for (const { place } of points) {
    [left, right] = [Math.min(left, place.x), Math.max(right, place.x)];
    [top, bottom] = [Math.min(top, place.y), Math.max(bottom, place.y)];
  }
  return [left - MARGIN, top - MARGIN, right - left + 2 * MARGIN, bottom - top + 2 * MARGIN].join(' ');
}

/** What the points of a kind look like; where the page is about the only one, as that looks. */
function renderKey(points: readonly MapPoint[], kind: MapPoint['kind'], label: string): Html | null {
  const own = points.filter((point) => point.kind === kind);
  if (own.length === 0) return null;
  const here = own.every((point) => point.here) && ' here';
  return html` <span class="key ${kind}${here}">${label}</span>`;
}

function renderPoint({ place, kind, name, href, here = false }: MapPoint): Html {
  const radius = RADIUS[kind] + (here ? HERE : 0);
  const circle = html`<circle class="${here ? `${kind} here` : kind}" cx="${place.x}" cy="${place.y}" r="${radius}"><title>${name}</title></circle>`;
  if (href === null)
    return html`<g role="img" aria-label="${name}">${circle}</g>
`;
  return html`<a href="${href}" aria-label="${name}"${here && html` aria-current="page"`}>${circle}</a>
`;
}

/** Drawn once, and the same text in every page. */
function land(name: MapName): Html {
  const known = lands.get(name);
  if (known) return known;
  const { land: ground, borders, surroundings, insets } = outlines[name];
  const path = (kind: string, d: string) => (d === '' ? '' : `<path class="${kind}" d="${d}"/>`);
  const paths = [
    path('far', surroundings),
    path('inset', insets),
    path('land', ground),
    path('borders', borders),
  ];
  const made = markup(`<g transform="scale(.1)" aria-hidden="true">${paths.join('')}</g>`);
  lands.set(name, made);
  return made;
}

/** Regions and studios as points, those left out that no map shows. */
export function pointsOf(
  { links }: SiteView,
  regions: Iterable<RegionView>,
  studios: Iterable<StudioView>,
  here?: RegionView | StudioView,
): MapPoint[] {
  const points: MapPoint[] = [];
  for (const region of regions) {
    const { place, name, code, hasPage } = region;
    const href = hasPage ? links.region(code) : null;
    if (place) points.push({ place, kind: 'region', name, href, here: region === here });
  }
  for (const view of studios) {
    const { place, studio } = view;
    const href = links.studio(studio.key);
    if (place) points.push({ place, kind: 'studio', name: studio.name, href, here: view === here });
  }
  return points;
}
