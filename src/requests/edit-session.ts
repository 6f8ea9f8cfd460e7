import type { Database } from '../database/sqlite.ts';
import { Problems } from './form-text.ts';
import {
  type IndexTables,
  rowIn,
  rowsIn,
  tablesOf,
  valuesOf,
  versionOf,
  type WholeRow,
} from './index-tables.ts';
import type { NewChange, Refused, RowChange, TableName, Value } from './request-model.ts';

/** What became of an edit, apart from the problems of its session. */
export type Edited =
  | {
      readonly kind: 'done';
      readonly change: Pick<NewChange, 'kind' | 'action' | 'subject' | 'studio'>;
      /** The row that was meant. */
      readonly table: TableName;
      readonly id: number;
    }
  /** The problems say why. */
  | { readonly kind: 'refused' }
  | Exclude<Refused, { kind: 'invalid' }>;

export const REFUSED: Edited = { kind: 'refused' };

/** Cells to write; secrets may be among them. */
type Cells = Readonly<Record<string, Value>>;

/**
 * One edit inside a transaction: reads rows, writes rows, and keeps what each was before and after. What is wrong goes to
 * `problems`; then nothing of it is committed.
 */
export class EditSession {
  readonly problems = new Problems();
  readonly warnings: string[] = [];
  readonly changes: RowChange[] = [];
  readonly tables: IndexTables;
  readonly #db: Database;
  readonly #time: string;
  /** Until the table is written to: the rules of one edit look at the same rows again and again. */
  readonly #rows = new Map<TableName, WholeRow[]>();

  /** @param now time that new rows get */
  constructor(db: Database, now: Date) {
    this.#db = db;
    this.#time = railsTime(now);
    this.tables = tablesOf(db);
  }

  has(table: TableName, column: string): boolean {
    return this.tables.columns[table].has(column);
  }

  rows(table: TableName): WholeRow[] {
    const rows = this.#rows.get(table) ?? rowsIn(this.#db, table);
    this.#rows.set(table, rows);
    return rows;
  }

  row(table: TableName, id: number): WholeRow | null {
    return rowIn(this.#db, table, id);
  }

  /** The row that a form was made from; else why it cannot be edited. */
  current(table: TableName, { id, version }: { id: number; version: string }): Current {
    const row = this.row(table, id);
    if (row === null) return { kind: 'missing' };
    return versionOf(row) === version
      ? { kind: 'current', row }
      : { kind: 'conflict', theirs: valuesOf(row) };
  }

  /** @returns the id; columns that the table does not have are left out */
  insert(table: TableName, cells: Cells): number {
    const stamped = { created_at: this.#time, updated_at: this.#time, ...cells };
    const entries = Object.entries(stamped).filter(([column]) => this.has(table, column));
    const names = entries.map(([column]) => `"${column}"`).join(', ');
    const marks = entries.map(() => '?').join(', ');
    const { lastInsertRowid } = this.#db
      .prepare(`INSERT INTO main."${table}" (${names}) VALUES (${marks})`)
      .run(...entries.map(([, cell]) => cell));
    const id = Number(lastInsertRowid);
    this.#keep(table, id, null);
    return id;
  }

  /** Writes the cells that differ; a row in which none does stays as it is. */
  update(table: TableName, id: number, cells: Cells): void {
    const row = this.row(table, id);
    if (row === null) return;
    const differing = Object.entries(cells).filter(
      ([column, cell]) => this.has(table, column) && (row[column] ?? null) !== cell,
    );
    if (differing.length === 0) return;
    const isStamped = this.has(table, 'updated_at') && !Object.hasOwn(cells, 'updated_at');
    const entries = isStamped ? [...differing, ['updated_at', this.#time] as const] : differing;
    const sets = entries.map(([column]) => `"${column}" = ?`).join(', ');
    this.#db
      .prepare(`UPDATE main."${table}" SET ${sets} WHERE "id" = ?`)
      .run(...entries.map(([, cell]) => cell), id);
    this.#keep(table, id, row);
  }

  remove(table: TableName, id: number): void {
    const row = this.row(table, id);
    if (row === null) return;
    this.#db.prepare(`DELETE FROM main."${table}" WHERE "id" = ?`).run(id);
    this.#keep(table, id, row);
  }

  /** What was written just now. */
  #keep(table: TableName, id: number, before: WholeRow | null): void {
    this.#rows.delete(table);
    const after = this.row(table, id);
    this.changes.push({ table, id, before: before && valuesOf(before), after: after && valuesOf(after) });
  }
}

type Current = { readonly kind: 'current'; readonly row: WholeRow } | Exclude<Refused, { kind: 'invalid' }>;

/** `2027-03-05 12:34:56.789000`: UTC, as Rails writes it into SQLite. */
function railsTime(time: Date): string {
  return `${time.toISOString().slice(0, 23).replace('T', ' ')}000`;
}
