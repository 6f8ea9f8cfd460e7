import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { placeOnMap } from '../../../src/index/projection.ts';
import { renderSharePicture } from '../../../src/maps/share-picture.ts';

/** The parts of a PNG by their types, and the colour of a pixel. */
function read(png: Buffer) {
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    chunks.set(png.toString('latin1', at + 4, at + 8), png.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  const [header, palette, data] = ['IHDR', 'PLTE', 'IDAT'].map((type) => chunks.get(type) ?? Buffer.alloc(0));
  const rows = inflateSync(data ?? Buffer.alloc(0));
  const [width, height] = [header?.readUInt32BE(0) ?? 0, header?.readUInt32BE(4) ?? 0];
  return {
    width,
    height,
    size: rows.length,
    colourAt: (x: number, y: number) => {
      const number = rows[y * (width + 1) + 1 + x] ?? 0;
      return [...(palette?.subarray(3 * number, 3 * number + 3) ?? [])];
    },
  };
}

const SEA = [20, 32, 68];
const POINT = [255, 190, 102];

describe('the picture of a map that stands for a link', () => {
  const kobe = placeOnMap(34.69, 135.19) ?? { x: 0, y: 0 };
  const png = renderSharePicture('jp', [kobe]);
  const { width, height, size, colourAt } = read(png);

  it('is a PNG of 1200 by 630 pixels, and small', () => {
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect([width, height]).toEqual([1200, 630]);
    expect(size).toBe(1201 * 630);
    expect(png.length).toBeLessThan(12_000);
  });

  it('has a single point in its middle, with a rim of the sea around it', () => {
    expect(colourAt(600, 315)).toEqual(POINT);
    expect(colourAt(600 + 11, 315)).toEqual(SEA);
  });

  it('has the Sea of Japan as sea, and Honshu as land', () => {
    const scale = 1200 / 300;
    const colourOf = (lat: number, lon: number) => {
      const { x, y } = placeOnMap(lat, lon) ?? { x: 0, y: 0 };
      return colourAt(Math.round(600 + (x - kobe.x) * scale), Math.round(315 + (y - kobe.y) * scale));
    };
    expect(colourOf(37.5, 134.5)).toEqual(SEA);
    expect(colourOf(35.6, 138.4)).toEqual([70, 92, 148]);
  });

  it('is the same for the same points, and another for others', () => {
    expect(renderSharePicture('jp', [kobe]).equals(png)).toBe(true);
    expect(renderSharePicture('jp', [{ x: kobe.x + 5, y: kobe.y }]).equals(png)).toBe(false);
  });
});
