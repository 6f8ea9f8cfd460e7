import outlines from 'outlines:maps';
import type { MapName } from '../index/projection.ts';
import { denseAreas } from './dense-areas.ts';
import { frameOf, RATIO, type Size } from './frame.ts';
import { AREA_FONT, DOT, placeLabels, type Side } from './place-labels.ts';
import { type Box, distance, isInside, overlap, type Spot } from './plane.ts';
import { APART, spread } from './spread.ts';
import { textWidth } from './text-width.ts';

/** Something that is shown on a map: `x` and `y` are pixels of the map. */
export interface MapItem extends Spot {
  readonly name: string;
}

/** Places of a panel are parts of its width and height, from the upper left corner, so that it can be shown at any size. */
export interface PlacedItem<T> {
  readonly item: T;
  readonly at: Spot;
  /** Where it truly is; null if that is `at`. */
  readonly from: Spot | null;
  /** Where its name stands; null if there is no room for it. */
  readonly side: Side | null;
}

/** A picture: a map, or an area of it. */
export interface Panel<T> {
  readonly map: MapName;
  readonly size: Size;
  /** What of the map, in its pixels. */
  readonly frame: Box;
  /** Of an area that another panel shows smaller, which has the same letter there. */
  readonly letter: string | null;
  readonly items: readonly PlacedItem<T>[];
  /** Where items are that are too many here: another panel has them, or none. */
  readonly dots: readonly Spot[];
  readonly areas: readonly { readonly letter: string; readonly box: Box }[];
  /** Names of states or countries where there is room for them. */
  readonly names: readonly { readonly text: string; readonly at: Spot }[];
}

/** Pixels: the least width at which a panel is shown. */
export const LEAST_WIDTH = { large: 608, small: 288 } as const satisfies Record<Size, number>;

/** Pixels of a panel: points that are nearer than this cannot all be shown by moving them apart. */
const CLOSE = 18;
/** The width of an area that is shown larger, at most, as a part of the panel's. */
const LARGEST = 0.4;

/** More points than this take a large panel. */
const MANY = 12;

/** Pixels of the map: the least width of a panel. */
const LEAST_FRAME = 180;

export interface PanelOptions {
  /** All of the map is shown, not only where the items are. */
  readonly whole?: boolean;
  /** Areas that have a letter on the same page already. */
  readonly lettered?: number;
  /** How the code of a state or country is written on the map. */
  nameOf(code: string): string;
}

/**
 * The panels of a map: one with all items, and one for each area of it in which they stand too close to be told apart.
 * At the least width of a panel and beyond, items are so far apart that each can be hit, and names cover nothing.
 *
 * @param items at least one; where there is no room for all, later ones go without
 */
export function panelsOf<T extends MapItem>(
  map: MapName,
  items: readonly T[],
  options: PanelOptions,
): Panel<T>[] {
  const size = items.length > MANY ? 'large' : 'small';
  const { width, height } = outlines[map];
  const corners = options.whole
    ? [
        { x: 0, y: 0 },
        { x: width, y: height },
      ]
    : [];
  const frame = frameOf(map, [...items, ...corners], RATIO[size], LEAST_FRAME);
  const areas = areasOf(map, frame, size, items).map((area, at) => ({
    letter: String.fromCharCode(65 + (options.lettered ?? 0) + at),
    frame: area,
  }));
  const rest = items.filter((item) => !areas.some((area) => isInside(area.frame, item)));
  return [
    lay({ map, size, frame, letter: null }, items, rest, areas, options),
    ...areas.map((area) => {
      const own = items.filter((item) => isInside(area.frame, item));
      return lay({ map, size: 'small', ...area }, own, own, [], options);
    }),
  ];
}

/** Frames of the areas that are shown larger, from west to east. */
function areasOf(map: MapName, frame: Box, size: Size, items: readonly MapItem[]): Box[] {
  const scale = LEAST_WIDTH[size] / frame.width;
  // On the panel it is a target itself.
  const least = (APART / scale) * RATIO.small;
  return denseAreas(items, { close: CLOSE / scale, largest: frame.width * LARGEST })
    .map((spots) => frameOf(map, spots, RATIO.small, least))
    .filter((area, at, all) => !all.slice(0, at).some((earlier) => overlap(earlier, area)))
    .sort((a, b) => a.left - b.left);
}

type Look = Pick<Panel<unknown>, 'map' | 'size' | 'frame' | 'letter'>;

/** @param shown the items that are points here; all others are dots */
function lay<T extends MapItem>(
  look: Look,
  items: readonly T[],
  shown: readonly T[],
  areas: readonly { readonly letter: string; readonly frame: Box }[],
  { nameOf }: PanelOptions,
): Panel<T> {
  const { map, frame } = look;
  const room = { width: LEAST_WIDTH[look.size], height: LEAST_WIDTH[look.size] / RATIO[look.size] };
  const scale = room.width / frame.width;
  const toPixels = ({ x, y }: Spot) => ({ x: (x - frame.left) * scale, y: (y - frame.top) * scale });
  const toPart = ({ x, y }: Spot) => ({ x: x / room.width, y: y / room.height });
  const taken = areas
    .map((area) => ({
      ...toPixels({ x: area.frame.left, y: area.frame.top }),
      width: area.frame.width * scale,
      height: area.frame.height * scale,
    }))
    .map(({ x, y, width, height }) => ({ left: x, top: y, width, height }));
  const places = spread(shown.map(toPixels), { ...room, taken });
  const points = shown.flatMap((item, at) => {
    const [truth, place] = [toPixels(item), places[at]];
    if (!place) return [];
    const from = distance(truth, place) > 0.01 ? truth : null;
    return [{ item, ...place, text: item.name, from }];
  });
  const { sides, boxes } = placeLabels(points, { ...room, taken });
  const placed = new Set(points.map(({ item }) => item));
  return {
    ...look,
    items: points.map(({ item, from, ...spot }, at) => ({
      item,
      at: toPart(spot),
      from: from && toPart(from),
      side: sides[at] ?? null,
    })),
    dots: items.filter((item) => !placed.has(item)).map((item) => toPart(toPixels(item))),
    areas: areas.map(({ letter }, at) => {
      const { left, top, width, height } = taken[at] ?? { left: 0, top: 0, width: 0, height: 0 };
      return {
        letter,
        box: {
          left: left / room.width,
          top: top / room.height,
          width: width / room.width,
          height: height / room.height,
        },
      };
    }),
    names: nameAreas(map, { ...room, scale, toPixels, nameOf, points, taken: [...taken, ...boxes] }).map(
      ({ text, ...spot }) => ({ text, at: toPart(spot) }),
    ),
  };
}

interface Naming {
  readonly width: number;
  readonly height: number;
  readonly scale: number;
  readonly points: readonly Spot[];
  readonly taken: readonly Box[];
  toPixels(spot: Spot): Spot;
  nameOf(code: string): string;
}

/** Names of states or countries that fit into them here, and lie on nothing. */
function nameAreas(
  map: MapName,
  { width, height, scale, points, taken, toPixels, nameOf }: Naming,
): (Spot & { text: string })[] {
  return outlines[map].names.flatMap(([code, x, y, wide]) => {
    const text = nameOf(code);
    const at = toPixels({ x, y });
    const needed = textWidth(text, AREA_FONT);
    const box = { left: at.x - needed / 2, top: at.y - AREA_FONT / 2, width: needed, height: AREA_FONT };
    const fits =
      needed <= wide * scale &&
      box.left > 0 &&
      box.left + needed < width &&
      box.top > 0 &&
      box.top + AREA_FONT < height &&
      !taken.some((other) => overlap(box, other)) &&
      !points.some((point) => isInside(box, point, DOT));
    return fits ? [{ text, ...at }] : [];
  });
}
