/**
 * Programs for tables take what begins so for a formula, and run it; some also in wide letters, or behind what cannot be
 * seen. It is looked for from where that begins, so that a text costs no more than its length.
 */
const SIGN = /(?<![\s\p{Cf}\p{Cc}])([\s\p{Cf}\p{Cc}]*)[=+\-@\uff1d\uff0b\uff0d\uff20]/gu;

/**
 * A table as CSV (RFC 4180), in UTF-8 with a byte order mark, since some programs for tables take it for another encoding
 * else. What such a program would run gets an apostrophe before it, and is shown as text.
 */
export function csvOf(rows: readonly (readonly (string | number | null)[])[]): string {
  return `\ufeff${rows.map((row) => `${row.map(cellOf).join(',')}\r\n`).join('')}`;
}

function cellOf(value: string | number | null): string {
  const text = value === null ? '' : String(value);
  const safe = typeof value === 'string' ? withoutFormulas(text) : text;
  return `"${safe.replaceAll('"', '""')}"`;
}

/** Tabs and line ends begin a cell in some programs, a semicolon where the comma is for decimals. */
function withoutFormulas(text: string): string {
  return text.replaceAll(SIGN, (found: string, unseen: string, at: number) => {
    const last = Math.max(...['\t', '\r', '\n'].map((one) => unseen.lastIndexOf(one)));
    const begin = at === 0 ? 0 : last + 1;
    const isFirst = begin > 0 || at === 0 || text[at - 1] === ';';
    return isFirst ? `${found.slice(0, begin)}'${found.slice(begin)}` : found;
  });
}
