import type { BadInput } from '../indexes/bad-inputs.ts';
import { soundWith, type Tables } from '../indexes/indexes.ts';

/** The sound index and these rows more, and the warnings that they bring. */
export function validWith(name: string, more: Tables, ...warnings: BadInput['warnings']): BadInput {
  return { name, make: () => soundWith(more), expected: 'valid', because: null, warnings };
}
