import type { Database } from '../database/sqlite.ts';
import { cut, quoted } from '../text.ts';
import type { Warning } from '../warning.ts';
import { type Cell, type Cells, kindOf } from './cells.ts';
import { type Place, readPlace } from './read-place.ts';
import { nameRow, nameRowWithoutId } from './row-names.ts';

/** Names and dates go into environment variables and YAML; nothing sensible is longer. Characters. */
const MAX_TEXT = 1000;

/** Control characters that are not white space; the production system exports line breaks as they stand, and so do we. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: to find them is what it is for
const CONTROL = /[\0-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]+/g;

/** Text without a visible character: a link with such a name could not be seen or followed. */
const BLANK = /^[\s\p{Default_Ignorable_Code_Point}]*$/u;

/** Nearly every name has only these characters, at least one of them visible, and then needs no slower checks. */
const PLAIN = /^[ -~\u00a0-\u02ff]*$/;
const SEEN = /[!-~]/;

/**
 * The row that is being read. Every method checks one cell and returns a usable value. It remembers what is wrong: with
 * `problems` the row is left out afterwards, with `notes` it gets a warning.
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

  /** Whether the row has no problem so far. */
  get good(): boolean {
    return this.problems.length === 0;
  }

  #cell(column: string): Cell {
    return this.#cells[column] ?? null;
  }

  /** For messages: the name by which an administrator finds the row. */
  shown(column: string): string | null {
    const cell = this.#cell(column);
    return typeof cell === 'string' || typeof cell === 'number' ? String(cell) : null;
  }

  /** Text as it stands, or null; anything else is a problem. */
  text(column: string): string | null {
    const cell = this.#cell(column);
    if (cell === null || typeof cell === 'string') return cell;
    this.problems.push(`${column} is ${kindOf(cell)} where text is due`);
    return null;
  }

  /** Text that the row can do without: anything else counts as none. */
  optionalText(column: string): string | null {
    const cell = this.#cell(column);
    if (cell === null || typeof cell === 'string') return cell;
    this.notes.push(`${column} is ${kindOf(cell)} where text is due, read as none`);
    return null;
  }

  /** A finite number, or null; anything else is a problem. */
  number(column: string): number | null {
    const cell = this.#cell(column);
    if (isNumberOrNull(cell)) return cell;
    this.problems.push(`${column} is ${kindOf(cell)} where a number is due`);
    return null;
  }

  /** A finite number that the row can do without: anything else counts as none. */
  optionalNumber(column: string): number | null {
    const cell = this.#cell(column);
    if (isNumberOrNull(cell)) return cell;
    const what = typeof cell === 'string' ? `${quoted(cell)} is not` : `is ${kindOf(cell)}, not`;
    this.notes.push(`${column} ${what} a number, read as none`);
    return null;
  }

  /** A whole number between two bounds; what is not is a problem. */
  integer(column: string, low: number, high: number): number {
    const cell = this.#cell(column);
    if (typeof cell === 'number' && Number.isInteger(cell) && cell >= low && cell <= high) return cell;
    this.problems.push(`${column} is not a whole number from ${low} to ${high}`);
    return low;
  }

  /** A key that `problemOf` accepts. */
  key(column: string, problemOf: (key: string) => string | null): string {
    const cell = this.#cell(column);
    if (typeof cell !== 'string') {
      this.problems.push(
        cell === null ? `${column} is null` : `${column} is ${kindOf(cell)} where text is due`,
      );
      return '';
    }
    const problem = problemOf(cell);
    if (problem) this.problems.push(`${column} ${quoted(cell)} ${problem}`);
    return cell;
  }

  /**
   * Free text that the row can do without, white space as it stands; null when blank. Other control characters would end
   * up in environment variables and on terminals: read as spaces.
   */
  words(column: string): string | null {
    return this.#words(column, this.optionalText(column));
  }

  #words(column: string, given: string | null): string | null {
    if (given === null) return null;
    if (given.length <= MAX_TEXT && PLAIN.test(given) && SEEN.test(given)) return given;
    if (BLANK.test(given)) return null;
    let text = given.replace(CONTROL, ' ');
    if (text !== given) this.notes.push(`${column} has control characters, read as spaces`);
    if (text.length > MAX_TEXT) {
      text = cut(text, MAX_TEXT);
      this.notes.push(`${column} is cut to ${MAX_TEXT} characters`);
    }
    return BLANK.test(text) ? null : text;
  }

  /** A name; where it is blank, the key serves. */
  name(column: string, key: string): string {
    const name = this.#words(column, this.text(column));
    if (name !== null) return name;
    this.notes.push(`${column} is blank, ${quoted(key)} is used instead`);
    return key;
  }

  /** Bad coordinates count as none. */
  place(): Place {
    const { place, note } = readPlace(this.#cell('latitude'), this.#cell('longitude'));
    if (note !== null) this.notes.push(note);
    return place;
  }
}

function isNumberOrNull(cell: Cell): cell is number | null {
  return cell === null || (typeof cell === 'number' && Number.isFinite(cell));
}

/**
 * Gives a table row by row, by ascending id: if rows conflict, the one with the lowest id comes first and wins. After
 * the caller is done with a row, it is left out with a warning if it has problems; with notes it only gets a warning.
 *
 * @param nameOf gives the administrators' name of a row, for its warnings
 */
export function* rowsOf(
  db: Database,
  table: Warning['table'],
  columns: readonly string[],
  warnings: Warning[],
  nameOf: (row: Row) => string | null,
): Generator<Row, void, void> {
  const list = ['id', ...columns].map((name) => `"${name}"`).join(', ');
  const statement = db.prepare(`SELECT ${list} FROM main."${table}" ORDER BY "id"`);
  const row = new Row();
  let last: number | null = null;
  for (const cells of statement.iterate() as IterableIterator<Record<string, Cell>>) {
    if (!hasId(cells)) {
      const reason = 'id is not a whole number; left out';
      warnings.push({ table, id: null, row: nameRowWithoutId(table), reason });
      continue;
    }
    row.next(cells);
    if (cells.id === last) row.problems.push('another row has the same id');
    else yield row;
    last = cells.id;
    if (row.good && row.notes.length === 0) continue;
    const facts = { table, id: last, row: nameRow(table, nameOf(row), last) };
    if (!row.good) warnings.push({ ...facts, reason: `${row.problems.join('; ')}; left out` });
    else for (const reason of row.notes) warnings.push({ ...facts, reason });
  }
}

function hasId(cells: Record<string, Cell>): cells is Cells {
  return Number.isSafeInteger(cells['id']);
}
