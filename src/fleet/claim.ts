import { isRecord, parseJson } from '../json.ts';
/*
 * What a machine says about itself. It comes over a network and may come from another program, so every field is
 * checked before it is used, and nothing else is taken from it.
 */

/** The index that a machine says it has. */
export interface ClaimedIndex {
  /** Quotes included; null when it did not come from the store. */
  readonly etag: string | null;
  readonly sha256: string | null;
  /** The same without what SQLite rewrites in each copy; null when it did not say. */
  readonly digest: string | null;
  /** When it was last changed; null when it did not say. */
  readonly time: Date | null;
}

/** The `RESULT` object of an answer, as far as the fleet cares. */
export interface Claim {
  readonly machine: string;
  /** Such as `updated`. */
  readonly outcome: string;
  readonly index: ClaimedIndex | null;
  /** Files that changed, or would; and all of them. */
  readonly changed: number;
  readonly files: number;
  readonly reload: boolean;
  readonly error: { readonly code: string; readonly message: string; readonly hint: string } | null;
  /** The object itself, for what only some operations ask. */
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface Answer {
  /** The lines before the `RESULT` line; only the first ones of a very long answer. */
  readonly log: readonly string[];
  /** Null if the last line is not a complete `RESULT` line. */
  readonly claim: Claim | null;
}

const RESULT = 'RESULT ';
/** Characters. Anything longer than this in one field is not ours. */
const LONGEST_TEXT = 4000;
/** Lines of a log. The longest diff of a dry run has some 10,000. Each line that is kept is scrubbed and reported. */
const MOST_LINES = 20_000;

/** Reads the body of an answer: lines, and `RESULT {json}` as the very last one. */
export function readAnswer(body: string): Answer {
  const text = body.trimEnd();
  if (text === '') return { log: [], claim: null };
  const end = text.lastIndexOf('\n');
  const last = text.slice(end + 1);
  const claim = last.startsWith(RESULT) ? readClaim(last.slice(RESULT.length)) : null;
  if (!claim) return { log: linesOf(text), claim };
  return { log: end < 0 ? [] : linesOf(text.slice(0, end).replace(/\r$/, '')), claim };
}

function linesOf(text: string): string[] {
  const lines = text.split(/\r?\n/, MOST_LINES + 1);
  if (lines.length <= MOST_LINES) return lines;
  let count = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count += 1;
  return [...lines.slice(0, MOST_LINES), `(${count - MOST_LINES} more lines are not shown)`];
}

function readClaim(text: string): Claim | null {
  const value = parseJson(text);
  if (!isRecord(value)) return null;
  const { machine, outcome, index, files, reload, error } = value;
  if (typeof machine !== 'string' || typeof outcome !== 'string') return null;
  const rows = Array.isArray(files) ? files.filter(isRecord) : [];
  return {
    machine: machine.slice(0, LONGEST_TEXT),
    outcome: outcome.slice(0, LONGEST_TEXT),
    index: isRecord(index) ? readIndex(index) : null,
    changed: rows.filter((row) => row['changed'] === true).length,
    files: rows.length,
    reload: reload === true,
    error: isRecord(error) ? readError(error) : null,
    fields: value,
  };
}

function readIndex({ etag, sha256, digest, time }: Readonly<Record<string, unknown>>): ClaimedIndex {
  const changed = typeof time === 'string' ? new Date(time) : null;
  return {
    etag: typeof etag === 'string' && etag !== '' && etag.length <= 200 ? etag : null,
    sha256: readHash(sha256),
    digest: readHash(digest),
    time: changed && !Number.isNaN(changed.getTime()) ? changed : null,
  };
}

function readHash(value: unknown): string | null {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value) ? value : null;
}

function readError({ code, message, hint }: Readonly<Record<string, unknown>>): Claim['error'] {
  const text = (value: unknown): string => (typeof value === 'string' ? value.slice(0, LONGEST_TEXT) : '');
  return { code: text(code), message: text(message), hint: text(hint) };
}

/** Whether two copies without ETags are the same: byte by byte, or except for what SQLite rewrites in each copy. */
export function sameBytes(a: Copy, b: Copy): boolean {
  const same = (one: string | null | undefined, other: string | null | undefined): boolean =>
    one != null && one === other;
  return same(a.sha256, b.sha256) || same(a.digest, b.digest);
}

interface Copy {
  readonly sha256: string | null;
  readonly digest?: string | null;
}
