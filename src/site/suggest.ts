import { edits } from '../edits.ts';
import { type Fields, OVERRIDES } from './schema.ts';

/** The most letters by which a typed key may differ from the suggested one. */
const MOST_EDITS = 2;
/** Navigator has no longer key, and the cost of a comparison is the product of both lengths. */
const LONGEST = 40;

/**
 * The known key that an unknown one most likely means: first a key at the same place with a similar spelling, then one at
 * another place with the same or nearly the same name.
 *
 * @param path the dotted key that was typed
 * @param parent the dotted key that it stands below; empty at the top
 * @param beside what may stand there
 * @returns a dotted key, or null
 */
export function suggestKey(path: string, parent: string, beside: Fields): string | null {
  const typed = path.slice(parent === '' ? 0 : parent.length + 1);
  const sibling = nearest(typed, Object.keys(beside));
  if (sibling !== null) return parent === '' ? sibling : `${parent}.${sibling}`;
  const paths = [...pathsOf(OVERRIDES, '')];
  const elsewhere = paths.find((known) => lastOf(known) === typed);
  if (elsewhere !== undefined) return elsewhere;
  const last = nearest(typed, paths.map(lastOf));
  return paths.find((known) => lastOf(known) === last) ?? null;
}

function lastOf(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}

/** Every key that may be set, dotted; those within lists have no place of their own. */
function* pathsOf(fields: Fields, parent: string): Generator<string> {
  for (const [name, schema] of Object.entries(fields)) {
    const path = parent === '' ? name : `${parent}.${name}`;
    if (schema.kind === 'derived' || schema.kind === 'unread') continue;
    yield path;
    if (schema.kind === 'record') yield* pathsOf(schema.fields, path);
  }
}

function nearest(typed: string, known: readonly string[]): string | null {
  if (typed.length > LONGEST) return null;
  let best: string | null = null;
  // Two letters are too many for short names: most others would match.
  let limit = Math.min(MOST_EDITS, Math.floor(typed.length / 3)) + 1;
  for (const name of known) {
    const distance = edits(typed.toLowerCase(), name);
    if (distance < limit) [best, limit] = [name, distance];
  }
  return best;
}
