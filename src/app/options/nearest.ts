import { edits } from '../../edits.ts';

/** Letters that may differ between a word that is meant and one that was typed. */
const MOST_EDITS = 2;
/** No word that is known is longer, and comparing takes the product of both lengths. */
const LONGEST = 40;

/** The one word that begins as the typed one does, else the one that is spelt most alike; null where none is near. */
export function nearest(typed: string, known: readonly string[]): string | null {
  const word = typed.toLowerCase();
  if (word.length < 2 || word.length > LONGEST) return null;
  const begun = known.filter((one) => one.startsWith(word));
  if (begun.length === 1) return begun[0] ?? null;
  let best: string | null = null;
  // Of short words most others are within two letters.
  let limit = Math.min(MOST_EDITS, word.length - 2) + 1;
  for (const one of known) {
    const distance = edits(word, one.toLowerCase());
    if (distance < limit) [best, limit] = [one, distance];
  }
  return best;
}
