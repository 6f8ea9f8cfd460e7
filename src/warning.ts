/** A row that was left out, or read with a reservation. */
export interface Warning {
  readonly table: 'users' | 'locations' | 'showcases' | 'regions';
  readonly id: number | null;
  /** Which, in words that an administrator knows: `studio kobe (locations 42)`; of several rows `studios`. */
  readonly row: string;
  /** Why, in words; never holds a password, a hash or an unescaped control character. */
  readonly reason: string;
  /** How many rows it stands for, where it is not one. */
  readonly rows?: number;
}

/** How many rows these warnings stand for. */
export function countRows(warnings: readonly Warning[]): number {
  return warnings.reduce((sum, { rows = 1 }) => sum + rows, 0);
}
