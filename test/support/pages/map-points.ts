import { type Token, tokensOf } from './rendered.ts';

/** A point of a map of a page. */
export interface PagePoint {
  readonly map: string;
  readonly kind: string;
  readonly name: string;
  readonly href: string | null;
  /** Where it truly is: the end of its line, or where it stands; in pixels of the map. */
  readonly x: number;
  readonly y: number;
}

/** Whether two places, in pixels of a map, are the same: pages have them as hundredths of a percent of a picture. */
export function isAt(a: { x: number; y: number }, b: { x: number; y: number }): boolean {
  return Math.abs(a.x - b.x) < 0.1 && Math.abs(a.y - b.y) < 0.1;
}

/** The points of all maps of a page, in its order; rings of regions that are only marks are among them. */
export function pointsOf(page: string): PagePoint[] {
  return page
    .split('<figure ')
    .slice(1)
    .flatMap((part) =>
      pointsOfFigure(tokensOf(`<figure ${part.slice(0, part.indexOf('</figure>'))}</figure>`)),
    );
}

function pointsOfFigure(tokens: readonly Token[]): PagePoint[] {
  const opened = tokens.flatMap((token) => (token.kind === 'open' ? [token] : []));
  const attribute = (name: string) => (token: (typeof opened)[number]) => token.attributes.get(name) ?? '';
  const uses = opened.filter(({ name }) => name === 'use').map(attribute('href'));
  const [, map = ''] = /pages-map-(\w+)-/.exec(uses[0] ?? '') ?? [];
  const ground = opened.find((token) => attribute('class')(token) === 'ground');
  const [left = 0, top = 0, width = 0, height = 0] = (ground?.attributes.get('viewBox') ?? '')
    .split(' ')
    .map(Number);
  const place = (x: string, y: string) => ({
    x: left + (Number.parseFloat(x) / 100) * width,
    y: top + (Number.parseFloat(y) / 100) * height,
  });
  const truths = new Map(
    opened
      .filter(({ name }) => name === 'line')
      .map(({ attributes: line }) => [
        `${line.get('x1')} ${line.get('y1')}`,
        place(line.get('x2') ?? '', line.get('y2') ?? ''),
      ]),
  );
  const points: PagePoint[] = [];
  let [at, href, name] = [{ x: 0, y: 0 }, null as string | null, ''];
  for (const [index, token] of tokens.entries()) {
    if (token.kind !== 'open') continue;
    const { attributes } = token;
    const [x, y] = [attributes.get('x') ?? '', attributes.get('y') ?? ''];
    if (token.name === 'svg') at = truths.get(`${x} ${y}`) ?? place(x, y);
    if (token.name === 'a' || token.name === 'g') {
      href = attributes.get('href') ?? null;
      name = attributes.get('aria-label') ?? '';
    }
    const kind = attributes.get('class') ?? '';
    if (token.name !== 'circle' || !/^(studio|region)/.test(kind)) continue;
    const centre = attributes.get('cx');
    const next = tokens.slice(index).find((one) => one.kind === 'text');
    points.push({
      map,
      kind,
      name: (centre === undefined && name) || (next?.kind === 'text' ? next.text : ''),
      href: centre === undefined ? href : null,
      ...(centre === undefined ? at : place(centre, attributes.get('cy') ?? '')),
    });
  }
  return points;
}
