import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { distance, isInside, type Spot } from '../../../src/maps/plane.ts';
import { APART, spread } from '../../../src/maps/spread.ts';

const ROOM = { width: 300, height: 250 };
const ALL = { left: 0, top: 0, ...ROOM };

/** Any number of points in a room, many of them at one place. */
const points = fc.array(
  fc.record({ x: fc.integer({ min: 20, max: 280 }), y: fc.integer({ min: 20, max: 230 }) }),
  { maxLength: 40 },
);

const found = (places: readonly (Spot | null)[]): Spot[] => places.filter((place) => place !== null);

describe('points that are spread', () => {
  it('stay where they are if they are far enough apart', () => {
    const far = [
      { x: 30, y: 30 },
      { x: 30 + APART, y: 30 },
      { x: 200, y: 100 },
    ];
    expect(spread(far, ROOM)).toEqual(far);
  });

  it('stand as far apart as a finger needs, inside the picture, wherever they come from', () => {
    fc.assert(
      fc.property(points, (all) => {
        const places = found(spread(all, ROOM));
        for (const [at, place] of places.entries()) {
          expect(isInside(ALL, place)).toBe(true);
          for (const other of places.slice(at + 1)) {
            expect(distance(place, other)).toBeGreaterThanOrEqual(APART - 0.001);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('are given the same places again', () => {
    fc.assert(
      fc.property(points, (all) => {
        expect(spread(all, ROOM)).toEqual(spread(all, ROOM));
      }),
      { numRuns: 20 },
    );
  });

  it('keep off boxes that are taken', () => {
    const box = { left: 100, top: 100, width: 60, height: 50 };
    const inside = Array.from({ length: 6 }, () => ({ x: 130, y: 125 }));
    const places = found(spread(inside, { ...ROOM, taken: [box] }));
    expect(places.length).toBe(6);
    for (const place of places) expect(isInside(box, place)).toBe(false);
  });

  it('of which there are too many for the room go without, the later ones', () => {
    const many = Array.from({ length: 200 }, () => ({ x: 150, y: 125 }));
    const places = spread(many, ROOM);
    const placed = found(places).length;
    expect(placed).toBeGreaterThan(15);
    expect(placed).toBeLessThan(60);
    expect(places[0]).toEqual({ x: 150, y: 125 });
    expect(places.at(-1)).toBeNull();
  });

  it('are looked at while the picture could hold as many; thousands more, wherever they are, take no longer', () => {
    const many = Array.from({ length: 100_000 }, () => ({ x: 150, y: 125 }));
    const alone = { x: 30, y: 30 };
    expect(spread([...many.slice(0, 100), alone], ROOM).at(-1)).toEqual(alone);
    const places = spread([...many, alone], ROOM);
    expect(places).toHaveLength(many.length + 1);
    expect(places.slice(0, 100)).toEqual(spread(many.slice(0, 100), ROOM));
    expect(found(places.slice(130))).toEqual([]);
  });

  it('have lines that do not cross where an exchange makes both shorter', () => {
    const pair = [
      { x: 150, y: 125 },
      { x: 151, y: 125 },
      { x: 149, y: 125 },
    ];
    const [, right, left] = spread(pair, ROOM);
    expect((right?.x ?? 0) > (left?.x ?? 0)).toBe(true);
  });
});
