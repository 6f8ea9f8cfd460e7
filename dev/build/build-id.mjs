/** What tells one build from another, in the code of all its executables. */
import { createHash } from 'node:crypto';

/** Stands for the id in code that is bundled before all of it is known. */
export const PLACE = '@BUILD-ID@';

/**
 * Of the code as it is bundled: the sources alone do not say what was in a package. Not of the addon, of which the lock
 * file tells the version: the same program has the same id on every platform.
 *
 * @param {string[]} facts texts that count beside that code
 * @param {{ name: string, text: string }[][][]} executables parts of each, as `bundle` gives them
 * @returns 16 hex digits
 */
export function idOf(facts, executables) {
  const modules = executables.flat(2).map(({ name, text }) => [name, text]);
  const hash = createHash('sha256').update(JSON.stringify([facts, modules]));
  return hash.digest('hex').slice(0, 16);
}

/** Parts of an executable, with the id in its place. */
export function withId(parts, id) {
  return parts.map((part) => part.map(({ name, text }) => ({ name, text: text.replaceAll(PLACE, id) })));
}
