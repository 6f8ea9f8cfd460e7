import fc from 'fast-check';

/** From here on so many code points are half a character each. */
const SURROGATES = 0xd800;
const SURROGATE_COUNT = 0x800;

const character = fc.nat({ max: 0x10ffff - SURROGATE_COUNT }).map(
  (number) => String.fromCodePoint(number < SURROGATES ? number : number + SURROGATE_COUNT),
  (text) => {
    const point = typeof text === 'string' ? (text.codePointAt(0) ?? -1) : -1;
    if (point < 0 || text !== String.fromCodePoint(point)) throw new Error('not one character');
    if (point < SURROGATES) return point;
    if (point < SURROGATES + SURROGATE_COUNT) throw new Error('half a character');
    return point - SURROGATE_COUNT;
  },
);

/** The same strings as of `unit: 'binary'`, without its table of a million characters, which takes a second to be made. */
export function anyText(constraints: { minLength?: number; maxLength?: number } = {}): fc.Arbitrary<string> {
  return fc.string({ ...constraints, unit: character });
}
