import { edits } from '../../edits.ts';

/** The most letters by which a typed word may differ from the suggested one. */
const MOST_EDITS = 2;
/** No known word is longer, and the cost of a comparison is the product of both lengths. */
const LONGEST = 40;

/** The only word that begins with the typed one, else the one with the most similar spelling; null if none is similar. */
export function nearest(typed: string, known: readonly string[]): string | null {
  const word = typed.toLowerCase();
  if (word.length < 2 || word.length > LONGEST) return null;
  const begun = known.filter((one) => one.startsWith(word));
  if (begun.length === 1) return begun[0] ?? null;
  let best: string | null = null;
  // Two letters are too many for short words: most others would match.
  let limit = Math.min(MOST_EDITS, word.length - 2) + 1;
  for (const one of known) {
    const distance = edits(word, one.toLowerCase());
    if (distance < limit) [best, limit] = [one, distance];
  }
  return best;
}
