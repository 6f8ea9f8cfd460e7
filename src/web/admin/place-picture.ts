import outlines from 'outlines:maps';
import { type Html, html, markup } from '../../html/html.ts';
import type { MapName, MapPlace } from '../../index/projection.ts';
import type { Wording } from '../../pages/wording.ts';

/** A point of a map. */
export interface PicturePoint {
  readonly place: MapPlace;
  readonly kind: 'region' | 'studio';
  readonly name: string;
  /** The one that the page is about. */
  readonly here?: boolean;
}

/** Pixels. */
const RADIUS = { region: 12, studio: 7 };
/** So much more has what the page is about. */
const HERE = 2;

/** Around a picture, and around points that stand beyond its edge; the outlines are drawn as far. */
const MARGIN = 20;

const lands = new Map<MapName, Html>();

/**
 * All of a map in one picture, with regions below and studios above them. The prerendered pages show maps otherwise: their
 * outlines are files, which this host need not have.
 */
export function renderPicture(name: MapName, points: readonly PicturePoint[], { labels }: Wording): Html {
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
function viewBox(name: MapName, points: readonly PicturePoint[]): string {
  const { width, height } = outlines[name];
  let [left, top, right, bottom] = [0, 0, width, height];
  for (const { place } of points) {
    [left, right] = [Math.min(left, place.x), Math.max(right, place.x)];
    [top, bottom] = [Math.min(top, place.y), Math.max(bottom, place.y)];
  }
  return [left - MARGIN, top - MARGIN, right - left + 2 * MARGIN, bottom - top + 2 * MARGIN].join(' ');
}

/** What the points of a kind look like; where the page is about the only one, as that looks. */
function renderKey(points: readonly PicturePoint[], kind: PicturePoint['kind'], label: string): Html | null {
  const own = points.filter((point) => point.kind === kind);
  if (own.length === 0) return null;
  const here = own.every((point) => point.here) && ' here';
  return html` <span class="key ${kind}${here}">${label}</span>`;
}

function renderPoint({ place, kind, name, here = false }: PicturePoint): Html {
  const radius = RADIUS[kind] + (here ? HERE : 0);
  return html`<g role="img" aria-label="${name}"><circle class="${here ? `${kind} here` : kind}" cx="${place.x}" cy="${place.y}" r="${radius}"><title>${name}</title></circle></g>
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
