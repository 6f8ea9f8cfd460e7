/** What a cell can hold, as better-sqlite3 hands it over. */
export type Cell = string | number | Buffer | null;

/** Cells by the name of their column; the id is proved to be a number. */
export type Cells = Readonly<Record<string, Cell> & { id: number }>;

/** The kind of a cell's value, for a message that it should be another. */
export function kindOf(cell: Exclude<Cell, null>): string {
  if (typeof cell === 'string') return 'text';
  if (typeof cell === 'number') return Number.isFinite(cell) ? 'a number' : 'an infinite number';
  return 'a blob';
}
