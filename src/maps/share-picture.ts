import outlines from 'outlines:maps';
import type { MapName } from '../index/projection.ts';
import { Coverage } from './coverage.ts';
import { frameOf } from './frame.ts';
import { type Box, isInside, type Spot } from './plane.ts';
import { type Colour, encodePng } from './png.ts';

/** Pixels: what those who show links to pages ask for. */
const WIDTH = 1200;
const HEIGHT = 630;

const SEA: Colour = [20, 32, 68];
const LAND: Colour = [70, 92, 148];
const POINT: Colour = [255, 190, 102];

/** Shades from sea to land, and from sea to a point: more make the file twice as large, and no edge look better. */
const SHADES = 4;
const COLOURS = [...shades(LAND), ...shades(POINT)];

/** Pixels. */
const RADIUS = 9;
const RIM = 4;
const BORDER = 1.5;

/** As land, of the land of other countries. */
const FAR = 0.4;

/** Of the width of what is shown, in pixels of the map. */
const LEAST = 300;

/** A map with points as a PNG, for those who show a link to a page. The same points give the same bytes. */
export function renderSharePicture(map: MapName, points: readonly Spot[]): Buffer {
  const frame = frameOf(map, points, WIDTH / HEIGHT, LEAST);
  const pixels = paintGround(map, frame);
  const spots = points.map((point) => toPixels(frame, point));
  for (const spot of spots) {
    paintCircle(pixels, spot, RADIUS + RIM, (part, before) => Math.round(before * (1 - part)));
  }
  for (const spot of spots) {
    paintCircle(pixels, spot, RADIUS, (part, before) => {
      const shade = Math.round(part * (SHADES - 1));
      return shade > 0 ? Math.max(before, SHADES + shade) : before;
    });
  }
  return encodePng(WIDTH, pixels, COLOURS);
}

/** The number of the colour of each pixel, without points. */
function paintGround(map: MapName, frame: Box): Uint8Array {
  const { land, borders, surroundings, insets } = outlines[map];
  const near = covered((shape) => addRings(shape, frame, land));
  const lines = covered((shape) => addLines(shape, frame, borders));
  const far = surroundings === '' ? null : covered((shape) => addRings(shape, frame, surroundings));
  const clear = insets === '' ? null : covered((shape) => addRings(shape, frame, insets));
  const pixels = new Uint8Array(WIDTH * HEIGHT);
  // A loop: there are 756,000, and `Uint8Array.from` with a function takes ten times as long.
  for (let at = 0; at < pixels.length; at++) {
    const around = far ? FAR * (far[at] ?? 0) * (1 - (clear?.[at] ?? 0)) : 0;
    pixels[at] = Math.round(Math.max(near[at] ?? 0, around) * (1 - (lines[at] ?? 0)) * (SHADES - 1));
  }
  return pixels;
}

/** @param colour of how much of a pixel a circle covers, and the number of its colour until now, makes the new one */
function paintCircle(
  pixels: Uint8Array,
  { x, y }: Spot,
  radius: number,
  colour: (part: number, before: number) => number,
): void {
  for (let row = Math.max(0, Math.floor(y - radius)); row <= Math.min(HEIGHT - 1, y + radius); row++) {
    for (
      let column = Math.max(0, Math.floor(x - radius));
      column <= Math.min(WIDTH - 1, x + radius);
      column++
    ) {
      const inside = radius + 0.5 - Math.hypot(column + 0.5 - x, row + 0.5 - y);
      const at = row * WIDTH + column;
      if (inside > 0) pixels[at] = colour(Math.min(1, inside), pixels[at] ?? 0);
    }
  }
}

function shades(to: Colour): Colour[] {
  return Array.from({ length: SHADES }, (_, at): Colour => {
    const mixed = (part: 0 | 1 | 2) => Math.round(SEA[part] + ((to[part] - SEA[part]) * at) / (SHADES - 1));
    return [mixed(0), mixed(1), mixed(2)];
  });
}

function covered(draw: (shape: Coverage) => void): Float32Array {
  const shape = new Coverage(WIDTH, HEIGHT);
  draw(shape);
  return shape.read();
}

function toPixels({ left, top, width, height }: Box, { x, y }: Spot): Spot {
  return { x: ((x - left) / width) * WIDTH, y: ((y - top) / height) * HEIGHT };
}

function addRings(shape: Coverage, frame: Box, path: string): void {
  for (const ring of readPath(path)) shape.add(ring.map((spot) => toPixels(frame, spot)));
}

function addLines(shape: Coverage, frame: Box, path: string): void {
  const picture = { left: 0, top: 0, width: WIDTH, height: HEIGHT };
  for (const line of readPath(path)) {
    let last: Spot | undefined;
    for (const corner of line) {
      const spot = toPixels(frame, corner);
      if (last && isInside(picture, spot, 50)) shape.addLine(last, spot, BORDER);
      last = spot;
    }
  }
}

/** The lines of a path of dev/path-text.mjs: `M`, a point, `l`, the way to each next one; in tenths of a pixel of the map. */
function readPath(path: string): Spot[][] {
  return path
    .split('M')
    .filter(Boolean)
    .map((line) => {
      const numbers = line.match(/-?\d+/g)?.map(Number) ?? [];
      let [x, y] = [0, 0];
      return Array.from({ length: numbers.length / 2 }, (_, at): Spot => {
        x += numbers[2 * at] ?? 0;
        y += numbers[2 * at + 1] ?? 0;
        return { x: x / 10, y: y / 10 };
      });
    });
}
