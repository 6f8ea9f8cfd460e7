import { type Html, html } from '../html/html.ts';
import type { MapPlace } from '../index/projection.ts';
import { type Panel, type PlacedItem, panelsOf } from '../maps/panel.ts';
import type { Side } from '../maps/place-labels.ts';
import { countryName, type PlaceName } from '../maps/place-name.ts';
import type { Spot } from '../maps/plane.ts';
import { MAP_NAMES, OUTLINES } from './map-assets.ts';
import type { RegionView, SiteView, StudioView } from './view.ts';
import type { Wording } from './wording.ts';

/** A point of a map. */
export interface MapPoint {
  readonly place: MapPlace;
  /** Null where it is not known. */
  readonly area: PlaceName | null;
  readonly kind: 'region' | 'studio';
  readonly name: string;
  /** Null if it has no page, or if it is the subject of this page. */
  readonly href: string | null;
  /** The one that the page is about. */
  readonly here?: boolean;
  /** If there is no room for all names, the places with the most events are named first. */
  readonly events: number;
}

interface Item extends MapPoint, Spot {
  /** Points are in this order on the page, for those who go through them by keyboard. */
  readonly index: number;
}

/** The maps that have any of these points. */
export function renderMaps({ links }: SiteView, points: readonly MapPoint[], wording: Wording): Html | null {
  const shown = points.filter(({ kind, here }) => kind !== 'region' || !here);
  const panels: Panel<Item>[] = [];
  for (const map of MAP_NAMES) {
    const items = shown
      .filter(({ place }) => place.map === map)
      .map((point, index) => ({ ...point, index, x: point.place.x, y: point.place.y }))
      .sort((a, b) => b.events - a.events || a.index - b.index);
    if (items.length === 0) continue;
    const lettered = panels.filter(({ letter }) => letter !== null).length;
    const nameOf = (code: string) => (map === 'eu' || map === 'jp' ? countryName(code, wording.lang) : code);
    panels.push(...panelsOf(map, items, { lettered, nameOf }));
  }
  if (panels.length === 0) return null;
  const centres = points.filter(({ kind, here }) => kind === 'region' && here);
  const maps = html`<div class="maps">
${panels.map((panel) => renderPanel(panel, panels, centres, wording, links.asset(OUTLINES[panel.map])))}</div>`;
  if (shown.every(({ href }) => href === null)) return maps;
  return html`<a class="skip" href="#after-maps">${wording.labels.skipMaps}</a>
${maps}
<div id="after-maps" tabindex="-1"></div>`;
}

function renderPanel(
  panel: Panel<Item>,
  all: readonly Panel<Item>[],
  centres: readonly MapPoint[],
  { labels }: Wording,
  outline: string,
): Html {
  const { map, size, letter, items, dots, areas, names } = panel;
  const { left, top, width, height } = panel.frame;
  const id = `map-${letter?.toLowerCase() ?? map}`;
  const title = letter === null ? labels.maps[map] : `${letter}: ${extentOf(items)}`;
  return html`<figure class="${size}" id="${id}">
<div class="map" role="group" aria-labelledby="${id}-name">
<svg class="ground" viewBox="${[left, top, width, height].map(short).join(' ')}" aria-hidden="true"><use href="${outline}#map"/></svg>
<svg class="marks" aria-hidden="true">${names.map(
    ({ text, at }) => html`<text x="${roughly(at.x)}" y="${roughly(at.y)}">${text}</text>`,
  )}${items.map(renderLine)}${dots.map(
    ({ x, y }) => html`<circle class="dot" cx="${part(x)}" cy="${part(y)}" r="2.5"/>`,
  )}${centres.map((centre) => renderCentre(centre, panel))}</svg>
${areas.map((area) => renderArea(area, all))}${items.toSorted((a, b) => a.item.index - b.item.index).map(renderItem)}</div>
<figcaption><span id="${id}-name">${title}</span>${renderKey(items, centres, panel)}</figcaption>
</figure>
`;
}

/** An area that another panel shows larger: its letter, and where it is when it is pointed at. */
function renderArea({ letter, box }: Panel<Item>['areas'][number], all: readonly Panel<Item>[]): Html {
  const larger = all.find((panel) => panel.letter === letter);
  const [x, y] = [part(box.left), part(box.top)];
  return html`<svg class="p"><a href="#map-${letter.toLowerCase()}"><rect x="${x}" y="${y}" width="${part(box.width)}" height="${part(box.height)}"/><text class="letter" x="${x}" y="${y}" dx="4" dy="13">${letter}</text><text class="q" x="${x}" y="${y}" dy="-4">${larger && extentOf(larger.items)}</text></a></svg>
`;
}

/** From where a point truly is to where it was moved. */
function renderLine({ at, from }: PlacedItem<Item>): Html | null {
  return (
    from &&
    html`<line x1="${part(at.x)}" y1="${part(at.y)}" x2="${part(from.x)}" y2="${part(from.y)}"/><circle class="dot" cx="${part(from.x)}" cy="${part(from.y)}" r="2"/>`
  );
}

/** A picture of its own for each, so that the style sheet can put one above all others. Its origin is the point. */
function renderItem({ item, at, side }: PlacedItem<Item>): Html {
  const { name, href, kind, here = false } = item;
  const drawn = html`${href !== null && html`<circle class="h" r="12"/>`}<circle class="${kind}${here && ' here'}" r="${here ? 8 : 6}"/>${renderText(name, side, at)}`;
  const content =
    href === null
      ? html`<g role="img" aria-label="${name}">${drawn}</g>`
      : html`<a href="${href}">${drawn}</a>`;
  return html`<svg class="p"><svg x="${part(at.x)}" y="${part(at.y)}">${content}</svg></svg>
`;
}

/** Where the foot of a name is, in pixels from the point; `src/maps/place-labels.ts` has kept that room. */
const FEET: Readonly<Record<Side, readonly [anchor: '' | 'm' | 'w', x: number, y: number]>> = {
  e: ['', 10, 4],
  w: ['w', -10, 4],
  n: ['m', 0, -12],
  s: ['m', 0, 20],
  ne: ['', 7, -5],
  se: ['', 7, 13],
  nw: ['w', -7, -5],
  sw: ['w', -7, 13],
};

/** A name that has no room is shown when its point is pointed at, and then above all others. */
function renderText(text: string, side: Side | null, at: Spot): Html {
  const [anchor, x, y] = FEET[side ?? (at.x > 0.5 ? 'w' : 'e')];
  const classes = [anchor, side === null ? 'q' : ''].filter(Boolean).join(' ');
  return html`<text${classes !== '' && html` class="${classes}"`} x="${x}" y="${y}">${text}</text>`;
}

/** The data centre that a page is about: a ring below the points, which takes no click from them. */
function renderCentre({ place, name }: MapPoint, { map, frame }: Panel<Item>): Html | null {
  const [x, y] = [(place.x - frame.left) / frame.width, (place.y - frame.top) / frame.height];
  if (place.map !== map || x < 0 || x > 1 || y < 0 || y > 1) return null;
  return html`<circle class="region here" cx="${part(x)}" cy="${part(y)}" r="14"><title>${name}</title></circle>`;
}

/** What the points look like, where they are of two kinds. */
function renderKey(
  items: readonly PlacedItem<Item>[],
  centres: readonly MapPoint[],
  { map }: Panel<Item>,
): Html | null {
  if (!centres.some(({ place }) => place.map === map) || items.length === 0) return null;
  return html` <span class="key studio">Studios</span> <span class="key region here">Data center</span>`;
}

/** The states or countries of points; the first and the last, along the diagonal that the points follow, if there are many. */
function extentOf(items: readonly PlacedItem<Item>[]): string {
  const spots = items.map(({ item }) => item);
  const middle = (numbers: readonly number[]) =>
    numbers.reduce((sum, number) => sum + number, 0) / Math.max(1, numbers.length);
  const [x0, y0] = [middle(spots.map(({ x }) => x)), middle(spots.map(({ y }) => y))];
  const slope = Math.sign(middle(spots.map(({ x, y }) => (x - x0) * (y - y0))));
  const names = [...spots]
    .sort((a, b) => a.x - b.x + slope * (a.y - b.y))
    .flatMap(({ area }) => area?.name ?? []);
  const [first = '', ...others] = new Set(names);
  return others.length > 2 ? `${first} to ${names.at(-1)}` : [first, ...others].join(', ');
}

function short(number: number): string {
  return String(Math.round(number * 100) / 100);
}

/** Rounded: half a pixel does not matter. */
function roughly(number: number): string {
  return `${Math.round(1000 * number) / 10}%`;
}

function part(number: number): string {
  return `${short(100 * number)}%`;
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
    const { place, area, name, code, hasPage, events } = region;
    const isHere = region === here;
    const href = hasPage && !isHere ? links.region(code) : null;
    if (place) points.push({ place, area, kind: 'region', name, href, here: isHere, events });
  }
  for (const view of studios) {
    const { place, area, studio, events } = view;
    const isHere = view === here;
    const href = isHere ? null : links.studio(studio.key);
    if (place) points.push({ place, area, kind: 'studio', name: studio.name, href, here: isHere, events });
  }
  return points;
}
