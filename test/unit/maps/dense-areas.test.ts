import outlines from 'outlines:maps';
import { expect, it } from 'vitest';
import { denseAreas } from '../../../src/maps/dense-areas.ts';
import { frameOf } from '../../../src/maps/frame.ts';

/** So many points in a row, each that far from the last. */
const row = (count: number, step: number, y = 0) =>
  Array.from({ length: count }, (_, at) => ({ x: at * step, y }));

it('an area of a map has five points, each nearer to the next than is asked, and is no larger than is asked', () => {
  const limits = { close: 10, largest: 36 };
  const found = (count: number, step: number) =>
    denseAreas(row(count, step), limits).map((area) => area.length);
  expect([found(4, 9), found(5, 9), found(5, 10), found(6, 7), found(6, 9)]).toEqual([[], [5], [], [6], []]);
  expect(denseAreas(row(5, 9), { close: 10, largest: 35 })).toEqual([]);
});

it('of many areas the four most crowded are shown, the most crowded first', () => {
  const points = [6, 9, 5, 8, 7].flatMap((count, at) => row(count, 1, at * 100));
  const areas = denseAreas(points, { close: 2, largest: 50 });
  expect(areas.map((area) => area.length)).toEqual([9, 8, 7, 6]);
});

it('a frame around points that lie beyond what is drawn has that in its middle', () => {
  const { left, top, width, height } = outlines.eu.drawn;
  const points = [
    { x: left - 10, y: top },
    { x: left + width + 90, y: top },
  ];
  const frame = frameOf('eu', points, 16 / 9, 100);
  expect(frame.width).toBeCloseTo(width + 100);
  expect(frame.left + frame.width / 2).toBeCloseTo(left + width / 2);
  const low = frameOf(
    'eu',
    [
      { x: left, y: top - 10 },
      { x: left, y: top + height + 90 },
    ],
    1,
    100,
  );
  expect(low.top + low.height / 2).toBeCloseTo(top + height / 2);
});
