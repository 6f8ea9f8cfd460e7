import outlines from 'outlines:maps';
import type { MapName } from '../index/projection.ts';
import { type Box, boxAround, type Spot } from './plane.ts';

/** Around points, as a part of what they take. */
const ROOM = 0.1;

/** Width by height of a picture. */
export const RATIO = { large: 16 / 9, small: 6 / 5 } as const;

export type Size = keyof typeof RATIO;

/**
 * The part of a map that shows points, with so much around them that the place is recognised.
 *
 * @param points at least one, in pixels of the map
 * @param ratio of the width to the height
 * @param least of the width, in pixels of the map
 */
export function frameOf(map: MapName, points: readonly Spot[], ratio: number, least: number): Box {
  const around = boxAround(points);
  const { left, top, width: drawnWidth, height: drawnHeight } = outlines[map].drawn;
  const needed = Math.max(around.width, around.height * ratio);
  const most = Math.max(needed, Math.min(drawnWidth, drawnHeight * ratio));
  const width = Math.min(most, Math.max(least, needed * (1 + 2 * ROOM)));
  const height = width / ratio;
  return {
    left: within(around.left + around.width / 2 - width / 2, left, left + drawnWidth - width),
    top: within(around.top + around.height / 2 - height / 2, top, top + drawnHeight - height),
    width,
    height,
  };
}

/** As near to a number as what is drawn allows; in the middle where a frame is larger than that. */
function within(number: number, least: number, most: number): number {
  if (least > most) return (least + most) / 2;
  return Math.min(most, Math.max(least, number));
}
