/** Widths of letters in thousandths of the size of the font, by hand for a sans-serif of usual width. */
const NARROW = new Set("fijlrtI.,:;'`|!()[]/- ".split(''));
const WIDE = new Set('mwMW@%'.split(''));

/**
 * About how wide a text is at most, in pixels: fonts differ from machine to machine, and a page is rendered before it is
 * known which.
 */
export function textWidth(text: string, size: number): number {
  let width = 0;
  for (const letter of text) width += size * widthOf(letter);
  return width;
}

function widthOf(letter: string): number {
  if (NARROW.has(letter)) return 0.36;
  if (WIDE.has(letter)) return 0.95;
  const code = letter.codePointAt(0) ?? 0;
  if (code >= 0x1100) return 1.05;
  return letter === letter.toLowerCase() ? 0.6 : 0.74;
}
