import { randomBytes } from 'node:crypto';

/** A column of a row of ours. */
export type Cell = string | number | null;

/** A name for a run or a change: 26 characters, 128 random bits. */
export function newId(): string {
  return BigInt(`0x${randomBytes(16).toString('hex')}`)
    .toString(32)
    .padStart(26, '0');
}

export function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}

export function isoOrNull(ms: number | null): string | null {
  return ms === null ? null : isoOf(ms);
}

export function jsonOrNull(value: object | null): string | null {
  return value === null ? null : JSON.stringify(value);
}

/** @param text as `jsonOrNull` made it, in a file that nobody else writes */
export function parsedOrNull<T>(text: string | null): T | null {
  return text === null ? null : (JSON.parse(text) as T);
}

/** SQL that a list of columns begins with or is compared with: `a = ?, b = ?`, and the values. */
export function assignments(columns: Readonly<Record<string, Cell>>): { sql: string; values: Cell[] } {
  return {
    sql: Object.keys(columns)
      .map((name) => `${name} = ?`)
      .join(', '),
    values: Object.values(columns),
  };
}

/** Conditions that are all to hold, each with its values. */
export class Where {
  readonly values: Cell[] = [];
  readonly #terms: string[] = [];

  is(column: string, value: Cell | undefined): this {
    return value === undefined ? this : this.holds(`${column} = ?`, value);
  }

  isOneOf(column: string, values: readonly Cell[] | undefined): this {
    if (values === undefined) return this;
    return this.holds(`${column} IN (${values.map(() => '?').join(', ')})`, ...values);
  }

  holds(term: string, ...values: readonly Cell[]): this {
    this.#terms.push(term);
    this.values.push(...values);
    return this;
  }

  get sql(): string {
    return this.#terms.length === 0 ? '' : `WHERE ${this.#terms.join(' AND ')}`;
  }
}

const USUAL_LIMIT = 50;

/** How many rows a page has, and how many stand before it. */
export function pageOf({
  page = 1,
  limit = USUAL_LIMIT,
}: {
  page?: number;
  limit?: number;
}): [number, number] {
  return [limit, (Math.max(1, page) - 1) * limit];
}
