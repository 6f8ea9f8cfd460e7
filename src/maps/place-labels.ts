import { type Box, isInside, overlap, type Spot } from './plane.ts';
import { textWidth } from './text-width.ts';

/** Where a label stands beside its point. */
export type Side = (typeof SIDES)[number];

/** In the order in which they are tried. */
const SIDES = ['e', 'w', 'n', 's', 'ne', 'se', 'nw', 'sw'] as const;

/** Pixels: of the letters, of a label's height, from the centre of a point to its label. */
const FONT = 12;
const LINE = 14;
const ASIDE = 9;
/** The same to one that stands above or below it on a side. */
const DIAGONAL = 6;

/** Of the names of states and countries. */
export const AREA_FONT = 10;

/** Marks above each other: such a name is higher than a line, and has room only when it is pointed at. */
const STACKED = /\p{M}{3}/u;

/** A picture is shown so many times as wide as it must be, at most. */
const LARGEST = 2;

/** Of a point, with a little room around it. */
export const DOT = 8;

interface Labelled extends Spot {
  readonly text: string;
  /** Where the point truly is, if a line leads there. */
  readonly from: Spot | null;
}

interface Around {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** What no label may lie on. */
  readonly taken: readonly Box[];
}

/**
 * Labels where there is room for them, earlier points first: inside the picture, on no other label, no point and no line.
 *
 * @returns the side of each; null for one that has no room
 */
export function placeLabels(
  points: readonly Labelled[],
  { width, height, taken }: Around,
): {
  readonly sides: readonly (Side | null)[];
  readonly boxes: readonly Box[];
} {
  const inside = { left: 2, top: 2, width: width - 4, height: height - 4 };
  const boxes: Box[] = [];
  const sides = points.map((point) => {
    if (STACKED.test(point.text)) return null;
    for (const side of SIDES) {
      const box = boxOf(point, side);
      const corner = { x: box.left + box.width, y: box.top + box.height };
      if (!isInside(inside, { x: box.left, y: box.top }) || !isInside(inside, corner)) continue;
      if ([...taken, ...boxes].some((other) => overlap(box, other))) continue;
      if (points.some((other) => other !== point && isInside(box, other, DOT))) continue;
      if (points.some((other) => other.from && crosses(box, endOf(other, other.from, point), other)))
        continue;
      boxes.push(box);
      return side;
    }
    return null;
  });
  return { sides, boxes };
}

function boxOf({ x, y, text }: Labelled, side: Side): Box {
  const width = textWidth(text, FONT) + 2;
  const size = { width, height: LINE };
  const middle = y - LINE / 2;
  switch (side) {
    case 'e':
      return { ...size, left: x + ASIDE, top: middle };
    case 'w':
      return { ...size, left: x - ASIDE - width, top: middle };
    case 'n':
      return { ...size, left: x - width / 2, top: y - ASIDE - LINE };
    case 's':
      return { ...size, left: x - width / 2, top: y + ASIDE };
    case 'ne':
      return { ...size, left: x + DIAGONAL, top: middle - ASIDE };
    case 'se':
      return { ...size, left: x + DIAGONAL, top: middle + ASIDE };
    case 'nw':
      return { ...size, left: x - DIAGONAL - width, top: middle - ASIDE };
    case 'sw':
      return { ...size, left: x - DIAGONAL - width, top: middle + ASIDE };
  }
}

/** Its own line grows with the picture, while the label stays where it is. */
function endOf(point: Labelled, from: Spot, own: Labelled): Spot {
  if (point !== own) return from;
  return { x: point.x + LARGEST * (from.x - point.x), y: point.y + LARGEST * (from.y - point.y) };
}

/** Whether a line meets a box: looked at every other pixel, which is enough for boxes of this size. */
function crosses(box: Box, from: Spot, to: Spot): boolean {
  const steps = Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) / 2);
  for (let step = 0; step <= steps; step++) {
    const part = step / Math.max(1, steps);
    if (isInside(box, { x: from.x + part * (to.x - from.x), y: from.y + part * (to.y - from.y) }))
      return true;
  }
  return false;
}
