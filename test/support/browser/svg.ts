import type { Page } from 'playwright-core';
import { plain } from './sites.ts';

/** A point of a map, where it is on the screen, in the units of the map's own picture. */
export interface MapPoint {
  /** As `plain` has it; null for what has no page of its own. */
  readonly href: string | null;
  /** What a screen reader calls it. */
  readonly name: string;
  /** What a pointer that rests on it is told. */
  readonly title: string;
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  readonly fill: string;
}

/** A box in the units of the picture: left, top, right, bottom. */
type Box = readonly [number, number, number, number];

export interface MapPicture {
  readonly viewBox: Box;
  /** What a screen reader calls the picture. */
  readonly name: string;
  readonly points: readonly MapPoint[];
  /** The extent of each outline that is not a point. */
  readonly outlines: readonly Box[];
  /** The colours of the outlines, and what is behind them. */
  readonly land: readonly string[];
  readonly sea: string;
}

/** Every map of a loaded page, as it is drawn. */
export async function mapsOf(page: Page): Promise<MapPicture[]> {
  const maps = await page.evaluate(() => {
    /** From the screen to the units of the picture. */
    const boxIn = (svg: SVGSVGElement, element: Element): [number, number, number, number] => {
      const { left, top, right, bottom } = element.getBoundingClientRect();
      const back = svg.getScreenCTM()?.inverse();
      const from = new DOMPoint(left, top).matrixTransform(back);
      const to = new DOMPoint(right, bottom).matrixTransform(back);
      return [from.x, from.y, to.x, to.y];
    };
    const behind = (element: Element | null): string => {
      for (let at = element; at; at = at.parentElement) {
        const color = getComputedStyle(at).backgroundColor;
        if (!/^rgba\(.*, 0\)$/.test(color)) return color;
      }
      return 'rgb(255, 255, 255)';
    };
    const titleOf = (element: Element) =>
      element.querySelector('title')?.textContent ?? element.getAttribute('title') ?? '';
    const nameOf = (element: Element) => {
      const by = element.getAttribute('aria-labelledby');
      return (
        element.getAttribute('aria-label') ??
        (by ? document.getElementById(by)?.textContent : null) ??
        titleOf(element)
      );
    };
    return [...document.querySelectorAll('svg')]
      .filter((svg) => svg.querySelector('circle'))
      .map((svg) => {
        const { x, y, width, height } = svg.viewBox.baseVal;
        const shapes = [...svg.querySelectorAll('path')].filter(
          (path) => !path.closest('a, defs, [role="img"]'),
        );
        return {
          viewBox: [x, y, x + width, y + height] as [number, number, number, number],
          name: nameOf(svg),
          points: [...svg.querySelectorAll('circle')].map((circle) => {
            const [left, top, right, bottom] = boxIn(svg, circle);
            const link = circle.closest<SVGAElement>('a');
            const owner = circle.closest('a, [role="img"]') ?? circle;
            return {
              href: link && new URL(link.href.baseVal, document.baseURI).href,
              name: nameOf(owner),
              title: titleOf(owner),
              x: (left + right) / 2,
              y: (top + bottom) / 2,
              radius: (right - left) / 2,
              fill: getComputedStyle(circle).fill,
            };
          }),
          outlines: shapes.map((path) => boxIn(svg, path)),
          land: [...new Set(shapes.map((path) => getComputedStyle(path).fill))],
          sea: behind(svg),
        };
      });
  });
  return maps.map((map) => ({
    ...map,
    points: map.points.map((point) => ({ ...point, href: point.href && plain(point.href) })),
  }));
}
