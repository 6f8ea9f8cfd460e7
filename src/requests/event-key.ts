import anyAscii from 'any-ascii';
import { MAX_KEY_BYTES } from '../index/keys.ts';

/** Characters of a key that is made from a name: room for a number, and for what file names add. */
const MAX_MADE = 60;

/** The one that makes a studio's sole event of a year stand at the studio's own address. */
export const SOLE_KEY = 'showcase';

/**
 * The key that a name gives, by the platform's rule (lower case, up to the first comma, runs of other characters to a
 * hyphen), after its letters are written in Latin ones. A name that begins with a comma gives what follows it.
 *
 * @returns '' for a name without letters and digits
 */
export function keyFromName(name: string): string {
  const latin = anyAscii(name.normalize('NFC')).toLowerCase();
  const parts = latin.split(',').map(hyphenated);
  return shortened(parts.find((part) => part !== '') ?? '');
}

/**
 * A key that nobody has: the wished one, or it with the lowest free number from 2.
 *
 * @param wished '' for `fallback`
 */
export function freeKey(wished: string, fallback: string, isTaken: (key: string) => boolean): string {
  const key = wished === '' ? fallback : wished;
  if (!isTaken(key)) return key;
  for (let number = 2; ; number++) {
    const ending = `-${number}`;
    const numbered = `${key.slice(0, MAX_KEY_BYTES - ending.length)}${ending}`;
    if (!isTaken(numbered)) return numbered;
  }
}

function hyphenated(text: string): string {
  return text.replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-|-$/g, '');
}

/** Whole words, where that leaves some. */
function shortened(key: string): string {
  if (key.length <= MAX_MADE) return key;
  const cut = key.slice(0, MAX_MADE + 1);
  const end = cut.lastIndexOf('-');
  return end > MAX_MADE / 2 ? cut.slice(0, end) : key.slice(0, MAX_MADE);
}
