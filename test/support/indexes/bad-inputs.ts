import type { Warning } from '../../../src/warning.ts';
import { BAD_IMAGES } from './bad-images.ts';
import { BAD_ROWS } from './bad-rows.ts';
import { COSTLY_IMAGES } from './costly-images.ts';
import { ODD_IMAGES } from './odd-images.ts';

/** Something that may be found where the index should be, and what must come of it. */
export interface BadInput {
  readonly name: string;
  readonly make: () => Buffer;
  readonly expected: 'invalid' | 'valid';
  /** What the failure's message says, for what is invalid. */
  readonly because: RegExp | null;
  /** Exactly these warnings, in any order, for what is valid. */
  readonly warnings: readonly (readonly [table: Warning['table'], id: number | null, reason: RegExp])[];
}

export const BAD_INPUTS: readonly BadInput[] = [...BAD_IMAGES, ...COSTLY_IMAGES, ...BAD_ROWS, ...ODD_IMAGES];
