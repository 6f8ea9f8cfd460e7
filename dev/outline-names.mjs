/** Where the names of areas stand on a map. */
import { geoPath } from 'd3-geo';

/** Lines across an area, and places on each, that are tried. */
const TRIES = 24;

/** Areas that are narrower, in pixels, have no room for a name at any size that is shown. */
const NARROWEST = 2.5;

/**
 * For each area that `nameOf` knows and that is drawn: its name, the place in it that is farthest from its border, and how
 * wide it is there. Pixels, to a tenth.
 *
 * @returns {[name: string, x: number, y: number, width: number][]}
 */
export function placeNames(areas, projection, nameOf) {
  return areas.flatMap((area) => {
    const name = nameOf(area);
    const rings = name ? projected(area, projection) : [];
    if (rings.length === 0) return [];
    const { x, y, width } = widest(rings);
    return width < NARROWEST ? [] : [[name, ...[x, y, width].map((number) => Math.round(number * 10) / 10)]];
  });
}

/** The rings of an area in pixels, as they are drawn: clipped. */
function projected(area, projection) {
  const rings = [];
  geoPath(projection, {
    moveTo: (x, y) => rings.push([[x, y]]),
    lineTo: (x, y) => rings.at(-1).push([x, y]),
    closePath: () => {},
    arc: () => {},
  })(area);
  return rings;
}

/** Along lines across the area, the middle of a piece that is wide itself, and high. */
function widest(rings) {
  const ys = rings.flat().map(([, y]) => y);
  const xs = rings.flat().map(([x]) => x);
  const rows = steps(Math.min(...ys), Math.max(...ys)).flatMap((y) => pieces(rings, y));
  const columns = steps(Math.min(...xs), Math.max(...xs)).flatMap((x) =>
    pieces(rings.map(turned), x).map(({ from, to }) => ({ x, from, to })),
  );
  let best = { x: 0, y: 0, width: 0, room: 0 };
  for (const { at: y, from, to } of rows) {
    for (const { x, from: top, to: bottom } of columns) {
      if (x < from || x > to || y < top || y > bottom) continue;
      const width = 2 * Math.min(x - from, to - x);
      const room = Math.min(width, 3 * Math.min(y - top, bottom - y));
      if (room > best.room) best = { x, y, width, room };
    }
  }
  return best;
}

function steps(from, to) {
  return Array.from({ length: TRIES }, (_, at) => from + ((at + 0.5) * (to - from)) / TRIES);
}

function turned(ring) {
  return ring.map(([x, y]) => [y, x]);
}

/** What of a horizontal line is inside. */
function pieces(rings, y) {
  const crossings = [];
  for (const ring of rings) {
    for (const [at, [x1, y1]] of ring.entries()) {
      const [x2, y2] = ring[(at + 1) % ring.length];
      if (y1 > y !== y2 > y) crossings.push(((x2 - x1) * (y - y1)) / (y2 - y1) + x1);
    }
  }
  crossings.sort((a, b) => a - b);
  return Array.from({ length: crossings.length / 2 }, (_, at) => ({
    at: y,
    from: crossings[2 * at],
    to: crossings[2 * at + 1],
  }));
}
