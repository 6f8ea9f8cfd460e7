import { createHash } from 'node:crypto';

/** https://www.sqlite.org/fileformat2.html#the_database_header: offsets of the first 100 bytes, numbers big-endian. */
const MAGIC = Buffer.from('SQLite format 3\0', 'latin1');
const HEADER_BYTES = 100;
const PAGE_SIZE = 16;
const CHANGE_COUNTER = 24;
const PAGE_COUNT = 28;
const TEXT_ENCODING = 56;
const VERSION_VALID_FOR = 92;

/** Bytes of a page of an image; the 16 bits of the header cannot hold 65536, for which 1 stands. */
export function pageSizeOf(header: Buffer): number {
  const value = header.readUInt16BE(PAGE_SIZE);
  return value === 1 ? 65_536 : value;
}

/** Whether SQLite knows pages of so many bytes. */
export function isPageSize(bytes: number): boolean {
  return bytes >= 512 && bytes <= 65_536 && (bytes & (bytes - 1)) === 0;
}

/** Whether these are the first bytes of a database. */
export function hasMagic(bytes: Buffer): boolean {
  return bytes.subarray(0, MAGIC.length).equals(MAGIC);
}

/** The text encoding of an image, in the words of `PRAGMA encoding`. */
export function encodingOf(header: Buffer): string {
  return ['UTF-8', 'UTF-8', 'UTF-16le', 'UTF-16be'][header.readUInt32BE(TEXT_ENCODING)] ?? 'unknown';
}

/** The first problem of an image, as the end of the sentence "the index ..."; null for none. */
export function headerProblem(image: Buffer): string | null {
  if (image.length === 0) return 'is empty (0 bytes)';
  if (!image.subarray(0, MAGIC.length).equals(MAGIC.subarray(0, image.length))) {
    return 'is not an SQLite database, or an encrypted one';
  }
  if (image.length < HEADER_BYTES) return `is cut short: ${image.length} bytes are not even a header`;
  const version = Math.max(...image.subarray(18, 20));
  if (version > 2) return `has the format of a newer SQLite (${version})`;
  const due = isCounted(image) ? image.readUInt32BE(PAGE_COUNT) * pageSizeOf(image) : 0;
  return image.length < due ? `is cut short: ${image.length} of ${due} bytes` : null;
}

/** Whether the page count is valid, because the last writer maintained it; else the length counts. */
export function isCounted(header: Buffer): boolean {
  return header.readUInt32BE(CHANGE_COUNTER) === header.readUInt32BE(VERSION_VALID_FOR);
}

/**
 * The header bytes that SQLite itself writes when the backup API copies into a database: journal mode (18, 19), change
 * counter (24 to 27), schema cookie (40 to 43), version-valid-for and library version (92 to 99). A change of the
 * schema shows in the schema table, so its cookie can be ignored.
 */
const REWRITTEN: readonly (readonly [from: number, to: number])[] = [
  [18, 20],
  [24, 28],
  [40, 44],
  [92, 100],
];

/**
 * Hex SHA-256 of an image without the bytes that SQLite rewrites in a copy: an index has the same digest in the store
 * and in the live database that it was copied into, whatever that one's journal mode and history.
 */
export function imageDigest(image: Buffer): string {
  const header = Buffer.from(image.subarray(0, HEADER_BYTES));
  for (const [from, to] of REWRITTEN) header.subarray(from, to).fill(0);
  return createHash('sha256').update(header).update(image.subarray(HEADER_BYTES)).digest('hex');
}
