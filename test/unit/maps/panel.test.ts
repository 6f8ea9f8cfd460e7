import outlines from 'outlines:maps';
import { describe, expect, it } from 'vitest';
import { type MapItem, type PlacedItem, panelsOf } from '../../../src/maps/panel.ts';
import { isInside } from '../../../src/maps/plane.ts';

const nameOf = (code: string): string => code;

function item(name: string, x: number, y: number): MapItem {
  return { name, x, y };
}

/** Where an item truly is, in pixels of the map. */
function truthOf(
  frame: { left: number; top: number; width: number; height: number },
  placed: PlacedItem<MapItem>,
) {
  const { x, y } = placed.from ?? placed.at;
  return { x: frame.left + x * frame.width, y: frame.top + y * frame.height };
}

describe('the panels of a map', () => {
  const crowd = Array.from({ length: 6 }, (_, at) => item(`crowd ${at}`, 620 + 3 * at, 200 + 2 * at));
  const far = Array.from({ length: 8 }, (_, at) => item(`far ${at}`, 120 + 90 * at, 300 + 10 * (at % 3)));

  it('are one for a single point, which it shows in its surroundings', () => {
    const [panel, ...others] = panelsOf('us', [item('Boston', 829, 158)], { nameOf });
    expect(others).toEqual([]);
    expect(panel).toMatchObject({ size: 'small', letter: null, dots: [], areas: [] });
    expect(panel?.items).toMatchObject([{ item: { name: 'Boston' }, from: null, side: 'e' }]);
    expect(panel?.frame.width).toBe(180);
    expect(panel?.names.map(({ text }) => text)).toEqual(expect.arrayContaining(['MA', 'NY', 'VT']));
  });

  it('keep what is drawn in their frame, at the edge of the map too', () => {
    const { left, top, width, height } = outlines.jp.drawn;
    const [panel] = panelsOf('jp', [item('corner', left + 1, top + 1)], { nameOf });
    expect(panel?.frame).toMatchObject({ left, top });
    expect((panel?.frame.left ?? 0) + (panel?.frame.width ?? 0)).toBeLessThanOrEqual(left + width);
    expect((panel?.frame.top ?? 0) + (panel?.frame.height ?? 0)).toBeLessThanOrEqual(top + height);
  });

  it('are one more for a crowded area, whose points are dots in a lettered box of the first', () => {
    const [main, area, ...others] = panelsOf('us', [...crowd, ...far], { nameOf });
    expect(others).toEqual([]);
    expect(main?.letter).toBeNull();
    expect(main?.items.map(({ item: { name } }) => name)).toEqual(far.map(({ name }) => name));
    expect(main?.dots).toHaveLength(crowd.length);
    expect(main?.areas.map(({ letter }) => letter)).toEqual(['A']);
    const [box] = main?.areas.map((one) => one.box) ?? [];
    for (const dot of main?.dots ?? []) expect(box && isInside(box, dot)).toBe(true);
    expect(area).toMatchObject({ letter: 'A', size: 'small', areas: [], dots: [] });
    expect(area?.items.map(({ item: { name } }) => name)).toEqual(crowd.map(({ name }) => name));
  });

  it('show thousands at one place as points as far as there is room, and all others as dots', () => {
    const many = Array.from({ length: 5_000 }, (_, at) => item(`one of ${at}`, 620, 200));
    const [main, area, ...others] = panelsOf('us', [...far, ...many], { nameOf });
    expect(others).toEqual([]);
    expect(main?.items).toHaveLength(far.length);
    expect(main?.dots).toHaveLength(many.length);
    expect(area?.items.length).toBeGreaterThan(15);
    expect((area?.items.length ?? 0) + (area?.dots.length ?? 0)).toBe(many.length);
  });

  it('go on with the letters of the page', () => {
    const letters = panelsOf('us', [...crowd, ...far], { nameOf, lettered: 2 }).map(({ letter }) => letter);
    expect(letters).toEqual([null, 'C']);
  });

  it('have every point, or the end of its line, where it truly is', () => {
    for (const { frame, items } of panelsOf('us', [...crowd, ...far], { nameOf })) {
      for (const placed of items) {
        expect(truthOf(frame, placed).x).toBeCloseTo(placed.item.x, 6);
        expect(truthOf(frame, placed).y).toBeCloseTo(placed.item.y, 6);
      }
    }
  });

  it('name no point where the name would leave the picture or lie on another', () => {
    const long = item('x'.repeat(200), 829, 158);
    expect(panelsOf('us', [long], { nameOf })[0]?.items[0]?.side).toBeNull();
    const high = item('e\u0301\u0302\u0303\u0304', 829, 158);
    expect(panelsOf('us', [high], { nameOf })[0]?.items[0]?.side).toBeNull();
    const twins = [item('one and the same place', 829, 158), item('one and the same place', 829, 158)];
    const sides = panelsOf('us', twins, { nameOf })[0]?.items.map(({ side }) => side) ?? [];
    expect(new Set(sides).size).toBe(2);
  });
});
