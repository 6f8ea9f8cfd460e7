import type { Page } from 'playwright-core';
import { plain } from './sites.ts';

interface Place {
  readonly x: number;
  readonly y: number;
}

/** A point of a map, as it is drawn; places in the units of the map, not of its picture. */
export interface MapPoint {
  /** As `plain` has it; null for what has no page of its own. */
  readonly href: string | null;
  /** What a screen reader calls it. */
  readonly name: string;
  /** What is written beside it, now or when it is pointed at. */
  readonly label: string;
  /** Where it truly is: the end of its line, or the point itself. */
  readonly truth: Place;
  readonly fill: string;
}

export interface MapPicture {
  /** What a screen reader calls the picture. */
  readonly name: string;
  readonly points: readonly MapPoint[];
  /** Width and height of the outlines, in CSS pixels; nothing where their file has not come. */
  readonly outlines: readonly (readonly [width: number, height: number])[];
  /** Width and height of the picture. */
  readonly size: readonly [width: number, height: number];
  /** The colours of the outlines, and what is behind them. */
  readonly land: readonly string[];
  readonly sea: string;
}

/** Every map of a loaded page, as it is drawn. */
export async function mapsOf(page: Page): Promise<MapPicture[]> {
  const maps = await page.evaluate(() =>
    [...document.querySelectorAll('.map')].map((map) => {
      const ground = map.querySelector<SVGSVGElement>('.ground');
      if (!ground) throw new Error('a map without a ground');
      const box = map.getBoundingClientRect();
      const view = ground.viewBox.baseVal;
      const unit = view.width / box.width;
      const inUnits = (x: number, y: number) => ({ x: view.x + x * unit, y: view.y + y * unit });
      const lines = [...map.querySelectorAll('line')].map(({ x1, y1, x2, y2 }) =>
        [x1, y1, x2, y2].map((end) => end.baseVal.value),
      );
      const truthOf = (x: number, y: number) => {
        const line = lines.find(([x1 = 0, y1 = 0]) => Math.hypot(x1 - x, y1 - y) < 0.3);
        return inUnits(line?.[2] ?? x, line?.[3] ?? y);
      };
      const layers = [...ground.querySelectorAll('use')];
      // What the outlines are drawn with: a page sees nothing of a file that it uses.
      const colourOf = (variable: string) => {
        ground.style.fill = `var(${variable})`;
        return getComputedStyle(ground).fill;
      };
      const labelled = map.getAttribute('aria-labelledby') ?? '';
      return {
        name: document.getElementById(labelled)?.textContent ?? '',
        points: [...map.querySelectorAll('.p circle:not(.h)')].map((circle) => {
          const owner = circle.closest<SVGElement>('a, [role="img"]');
          const link = circle.closest<SVGAElement>('a');
          const { left, top, width, height } = circle.getBoundingClientRect();
          const label = owner?.querySelector('text')?.textContent ?? '';
          return {
            href: link && new URL(link.href.baseVal, document.baseURI).href,
            name: owner?.getAttribute('aria-label') ?? label,
            label,
            truth: truthOf(left + width / 2 - box.left, top + height / 2 - box.top),
            fill: getComputedStyle(circle)[circle.classList.contains('region') ? 'stroke' : 'fill'],
          };
        }),
        outlines: layers.map((layer): [number, number] => {
          const { width, height } = layer.getBoundingClientRect();
          return [width, height];
        }),
        size: [box.width, box.height] as [number, number],
        land: ['--land', '--far'].map(colourOf),
        sea: getComputedStyle(ground).backgroundColor,
      };
    }),
  );
  return maps.map((map) => ({
    ...map,
    points: map.points.map((point) => ({ ...point, href: point.href && plain(point.href) })),
  }));
}
