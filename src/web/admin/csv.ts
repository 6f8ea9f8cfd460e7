/**
 * Programs for tables take what begins so for a formula, and run it; some also in wide letters, or behind what cannot be
 * seen. A semicolon begins a cell where the comma is for decimals.
 */
const FORMULA = /(^|[;\t\r\n])([\s\p{Cf}\p{Cc}]*[=+\-@\uff1d\uff0b\uff0d\uff20])/gu;

/**
 * A table as CSV (RFC 4180), in UTF-8 with a byte order mark, since some programs for tables take it for another encoding
 * else. What such a program would run gets an apostrophe before it, and is shown as text.
 */
export function csvOf(rows: readonly (readonly (string | number | null)[])[]): string {
  return `\ufeff${rows.map((row) => `${row.map(cellOf).join(',')}\r\n`).join('')}`;
}

function cellOf(value: string | number | null): string {
  const text = value === null ? '' : String(value);
  const safe = typeof value === 'string' ? text.replaceAll(FORMULA, "$1'$2") : text;
  return `"${safe.replaceAll('"', '""')}"`;
}
