import type { Database } from '../sqlite.ts';
import { cut, quoted } from './keys.ts';
import type { Warning } from './types.ts';

/** What a cell can hold, as better-sqlite3 hands it over. */
type Cell = string | number | Buffer | null;

/** Cells by the name of their column; the id is proved to be a number. */
type Cells = Readonly<Record<string, Cell> & { id: number }>;

/** Names and dates go into environment variables and YAML; nothing sensible is longer. Characters. */
const MAX_TEXT = 1000;

const CONTROL = /[\p{Cc}\u2028\u2029]+/gu;

/** Nothing that can be seen: a link of such a name could not be found, let alone followed. */
const BLANK = /^[\s\p{Default_Ignorable_Code_Point}]*$/u;

/** What nearly every name is made of: saves the dearer look. */
const PLAIN = /^[ -~\u00a0-\u02ff]*$/;

/**
 * The row that is being read. Every method checks one cell and returns something usable; what is wrong is remembered,
 * and the row is left out afterwards (`problems`) or read with a reservation (`notes`).
 */
export class Row {
  readonly problems: string[] = [];
  readonly notes: string[] = [];
  #cells: Cells = { id: 0 };

  /** Begins with the next row; one object serves for all of a table, since there may be very many. */
  next(cells: Cells): void {
    this.#cells = cells;
    if (this.problems.length > 0) this.problems.length = 0;
    if (this.notes.length > 0) this.notes.length = 0;
  }

  get id(): number {
    return this.#cells.id;
  }

  /** Whether nothing has been found so far that keeps the row out. */
  get good(): boolean {
    return this.problems.length === 0;
  }

  #cell(column: string): Cell {
    return this.#cells[column] ?? null;
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
    if (text === null || BLANK.test(text)) return null;
    if (text.length <= MAX_TEXT && PLAIN.test(text)) return text;
    let line = text.replace(CONTROL, ' ');
    if (line !== text) {
      line = line.trim();
      this.notes.push(`${column} has control characters, read as spaces`);
    }
    if (line.length > MAX_TEXT) {
      line = cut(line, MAX_TEXT);
      this.notes.push(`${column} is cut to ${MAX_TEXT} characters`);
    }
    return BLANK.test(line) ? null : line;
  }

  /** A name; where there is none, the key serves. */
  name(column: string, key: string): string {
    const name = this.line(column);
    if (name !== null) return name;
    this.notes.push(`${column} is blank, ${quoted(key)} is used instead`);
    return key;
  }

  /** Latitude and longitude in degrees, each null where the row has none. Only both together are a place. */
  place(): { lat: number | null; lon: number | null } {
    const lat = this.#degrees('latitude', 90);
    const lon = this.#degrees('longitude', 180);
    if ((lat === null) !== (lon === null)) {
      const only = lat === null ? 'a longitude only' : 'a latitude only';
      this.notes.push(`has ${only}: it is on no map, and near to nothing`);
    }
    return { lat, lon };
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
 * Gives a table row by row, by ascending id, so that of rows that exclude each other the lowest id comes first. A row
 * with problems, once the caller is done with it, is left out with a warning; one with notes gets a warning only.
 */
export function* rowsOf(
  db: Database,
  table: Warning['table'],
  columns: readonly string[],
  warnings: Warning[],
): Generator<Row, void, void> {
  const list = ['id', ...columns].map((name) => `"${name}"`).join(', ');
  const statement = db.prepare(`SELECT ${list} FROM main."${table}" ORDER BY "id"`);
  const row = new Row();
  let last: number | null = null;
  for (const cells of statement.iterate() as IterableIterator<Record<string, Cell>>) {
    if (!hasId(cells)) {
      warnings.push({ table, id: null, reason: 'id is not a whole number; left out' });
      continue;
    }
    row.next(cells);
    if (cells.id === last) row.problems.push('another row has the same id');
    else yield row;
    last = cells.id;
    if (!row.good) {
      warnings.push({ table, id: last, reason: `${row.problems.join('; ')}; left out` });
    } else {
      for (const reason of row.notes) warnings.push({ table, id: last, reason });
    }
  }
}

function hasId(cells: Record<string, Cell>): cells is Cells {
  return Number.isSafeInteger(cells['id']);
}
