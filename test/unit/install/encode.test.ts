import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encoded, holds } from '../../../src/install/encode.ts';
import { anyText } from '../../support/properties/any-text.ts';

/** `Buffer.concat` of the pieces would see only the last one: they share their place. */
function bytesOf(text: string): Buffer {
  const copies: Buffer[] = [];
  for (const piece of encoded(text)) copies.push(Buffer.from(piece));
  return Buffer.concat(copies);
}

const PIECE = 256 * 1024;

describe('the function encoded', () => {
  it('gives the bytes of any text, lone surrogates replaced', () => {
    fc.assert(
      fc.property(anyText(), (text) => {
        expect(bytesOf(text).equals(Buffer.from(text))).toBe(true);
      }),
    );
    expect(bytesOf('a\ud800b\udc00')).toEqual(Buffer.from('a\ufffdb\ufffd'));
  });

  it.each(['a', 'é', '東', '𝄞', '\ud834', '\udd1e'])(
    'gives the text around the end of a piece: %j',
    (character) => {
      for (const before of [PIECE - 2, PIECE - 1, PIECE, PIECE + 1]) {
        const text = `${'x'.repeat(before)}${character}${character}y`;
        expect(bytesOf(text).equals(Buffer.from(text))).toBe(true);
      }
    },
  );
});

describe('the function holds', () => {
  const text = `${'é'.repeat(PIECE)}end`;

  it('is true for the bytes of the text', () => {
    expect(holds(Buffer.from(text), text)).toBe(true);
    expect(holds(Buffer.alloc(0), '')).toBe(true);
  });

  it.each([
    ['one byte less', (bytes: Buffer) => bytes.subarray(0, -1)],
    ['one byte more', (bytes: Buffer) => Buffer.concat([bytes, Buffer.from('\n')])],
    ['another last byte', (bytes: Buffer) => Buffer.concat([bytes.subarray(0, -1), Buffer.from('x')])],
    ['another first byte', (bytes: Buffer) => Buffer.concat([Buffer.from('x'), bytes.subarray(1)])],
    ['nothing', () => Buffer.alloc(0)],
  ])('is false for %s', (_, change) => {
    expect(holds(change(Buffer.from(text)), text)).toBe(false);
  });
});
