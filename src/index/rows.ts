import type { Database } from '../sqlite.ts';
import { cut, quoted } from './keys.ts';
import type { Warning } from './types.ts';

/** What a cell can hold, as better-sqlite3 hands it over. */
type Cell = string | number | Buffer | null;

/** Names and dates go into environment variables and YAML; nothing sensible is longer. Characters. */
const MAX_TEXT = 1000;

const CONTROL = /[\p{Cc}\u2028\u2029]+/gu;

/**
 * One row while it is being read. Every method checks one cell and returns something usable; what is wrong is
 * remembered, and the row is left out afterwards (`problems`) or read with a reservation (`notes`).
 */
export class Row {
  readonly problems: string[] = [];
  readonly notes: string[] = [];
  readonly id: number;
  readonly #cells: readonly Cell[];
  readonly #columns: readonly string[];

  constructor(id: number, columns: readonly string[], cells: readonly Cell[]) {
    this.id = id;
    this.#columns = columns;
    this.#cells = cells;
  }

  /** Whether nothing has been found so far that keeps the row out. */
  get good(): boolean {
    return this.problems.length === 0;
  }

  #cell(column: string): Cell {
    return this.#cells[this.#columns.indexOf(column)] ?? null;
  }

  /** Text as it stands, or null. */
  text(column: string): string | null {
    const cell = this.#cell(column);
    if (cell === null || typeof cell === 'string') return cell;
    this.problems.push(`${column} is ${kind(cell)} where text is due`);
    return null;
  }

  /** A finite number, or null. */
  number(column: string): number | null {
    const cell = this.#cell(column);
    if (cell === null || (typeof cell === 'number' && Number.isFinite(cell))) return cell;
    this.problems.push(`${column} is ${kind(cell)} where a number is due`);
    return null;
  }

  /** A whole number between two bounds; what is not is a problem. */
  integer(column: string, low: number, high: number): number {
    const cell = this.#cell(column);
    if (typeof cell === 'number' && Number.isInteger(cell) && cell >= low && cell <= high) return cell;
    this.problems.push(`${column} is not a whole number from ${low} to ${high}`);
    return low;
  }

  /** A key that `problemOf` has nothing to say against. */
  key(column: string, problemOf: (key: string) => string | null): string {
    const cell = this.#cell(column);
    if (typeof cell !== 'string') {
      this.problems.push(
        cell === null ? `${column} is null` : `${column} is ${kind(cell)} where text is due`,
      );
      return '';
    }
    const problem = problemOf(cell);
    if (problem) this.problems.push(`${column} ${quoted(cell)} ${problem}`);
    return cell;
  }

  /** A line of free text; null when blank. Control characters would end up in environment variables: read as spaces. */
  line(column: string): string | null {
    const text = this.text(column);
    if (text === null || text.trim() === '') return null;
    let line = text.replace(CONTROL, ' ');
    if (line !== text) {
      line = line.trim();
      this.notes.push(`${column} has control characters, read as spaces`);
    }
    if (line.length > MAX_TEXT) {
      line = cut(line, MAX_TEXT);
      this.notes.push(`${column} is cut to ${MAX_TEXT} characters`);
    }
    return line === '' ? null : line;
  }

  /** A name; where there is none, the key serves. */
  name(column: string, key: string): string {
    const name = this.line(column);
    if (name !== null) return name;
    this.notes.push(`${column} is blank, ${quoted(key)} is used instead`);
    return key;
  }

  /** Latitude and longitude in degrees; both null where the row has no place. */
  place(): { lat: number | null; lon: number | null } {
    const lat = this.#degrees('latitude', 90);
    const lon = this.#degrees('longitude', 180);
    if ((lat === null) === (lon === null)) return { lat, lon };
    this.notes.push(`has ${lat === null ? 'a longitude only' : 'a latitude only'}, read as no place at all`);
    return { lat: null, lon: null };
  }

  #degrees(column: string, bound: number): number | null {
    const degrees = this.number(column);
    if (degrees !== null && Math.abs(degrees) > bound) {
      this.problems.push(`${column} ${degrees} is not within ${-bound} and ${bound}`);
    }
    return degrees;
  }
}

function kind(cell: Exclude<Cell, null>): string {
  if (typeof cell === 'string') return 'text';
  if (typeof cell === 'number') return Number.isFinite(cell) ? 'a number' : 'an infinite number';
  return 'a blob';
}

/**
 * Visits a table row by row, by ascending id, so that of rows that exclude each other the lowest id comes first.
 * A row that comes out of `visit` with problems is left out, with a warning; one with notes gets a warning only.
 */
export function visitRows(
  db: Database,
  table: Warning['table'],
  columns: readonly string[],
  warnings: Warning[],
  visit: (row: Row) => void,
): void {
  const names = ['id', ...columns];
  const list = names.map((name) => `"${name}"`).join(', ');
  const statement = db.prepare(`SELECT ${list} FROM main."${table}" ORDER BY "id"`).raw();
  let last: number | null = null;
  for (const cells of statement.iterate() as IterableIterator<Cell[]>) {
    const id = cells[0];
    if (typeof id !== 'number' || !Number.isSafeInteger(id)) {
      warnings.push({ table, id: null, reason: 'id is not a whole number; left out' });
      continue;
    }
    const row = new Row(id, names, cells);
    if (id === last) row.problems.push('another row has the same id');
    else visit(row);
    last = id;
    if (row.problems.length > 0) {
      warnings.push({ table, id, reason: `${row.problems.join('; ')}; left out` });
    } else {
      for (const reason of row.notes) warnings.push({ table, id, reason });
    }
  }
}
