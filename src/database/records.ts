import type { Pages } from './pages.ts';

/*
 * The rows of one table, read from its pages without SQLite: https://www.sqlite.org/fileformat2.html#b_tree_pages. It
 * accepts what SQLite itself writes and nothing else, each page once, so that it ends whatever the pages say.
 */

/** What is wrong with a table, as the end of the sentence "its schema ...". */
export class Malformed extends Error {}

export interface Limits {
  readonly rows: number;
  /** Bytes of all rows together. */
  readonly bytes: number;
  /** How the table is called in a message. */
  readonly name: string;
}

/** A column of a row, as it stands in the file. */
export type Field = number | Buffer | null;

const LEAF = 0x0d;
const INTERIOR = 0x05;
/** Of the first page, before its own part of the tree. */
const FILE_HEADER = 100;
/** Bytes of a row that follow a varint of so many bytes are more than any limit here. */
const LONGEST_VARINT = 4;

/**
 * The rows of a table with row ids, in no particular order, each as the bytes of its record.
 *
 * @param root number of its first page
 * @throws {Malformed} more than the limits allow, a page that belongs to it twice, or anything that SQLite never writes
 */
export function* recordsOf(pages: Pages, root: number, limits: Limits): Generator<Buffer, void, void> {
  const usable = usableSize(pages);
  const seen = new Set<number>();
  const left = [root];
  let [rows, bytes] = [0, 0];
  for (let number = left.pop(); number !== undefined; number = left.pop()) {
    if (seen.has(number)) throw new Malformed(`is malformed: page ${number} stands in ${limits.name} twice`);
    seen.add(number);
    const page = pages.read(number);
    if (!page) throw new Malformed(`is malformed: there is no page ${number}`);
    const start = number === 1 ? FILE_HEADER : 0;
    const kind = page[start];
    const cells = page.readUInt16BE(start + 3);
    if (kind !== LEAF && kind !== INTERIOR) throw malformed(number);
    // The first page of all may lead to a single one, if that has more than fits behind the header of the file.
    if (cells === 0 && number !== root) throw malformed(number);
    const pointers = start + (kind === LEAF ? 8 : 12);
    if (kind === INTERIOR) left.push(page.readUInt32BE(start + 8));
    for (let cell = 0; cell < cells; cell += 1) {
      const at = pointers + 2 * cell < usable - 1 ? page.readUInt16BE(pointers + 2 * cell) : usable;
      if (at + 4 > usable) throw malformed(number);
      if (kind === INTERIOR) {
        left.push(page.readUInt32BE(at));
        continue;
      }
      const [size, behind] = varint(page, at, LONGEST_VARINT);
      rows += 1;
      bytes += size;
      if (rows > limits.rows) throw new Malformed(`has more than ${limits.rows} rows in ${limits.name}`);
      if (bytes > limits.bytes) throw new Malformed(`has more than ${limits.bytes} bytes in ${limits.name}`);
      yield payload(pages, page.subarray(0, usable), varint(page, behind, 9)[1], size);
    }
  }
}

/**
 * The first columns of a record.
 *
 * @throws {Malformed} it has fewer, or is cut short
 */
export function fieldsOf(record: Buffer, count: number): Field[] {
  const fields: Field[] = [];
  const [headerEnd, first] = varint(record, 0, LONGEST_VARINT);
  let at = first;
  let body = headerEnd;
  while (fields.length < count) {
    if (at >= headerEnd) throw malformedRow();
    const [type, next] = varint(record, at, LONGEST_VARINT);
    const length = lengthOf(type);
    if (next > headerEnd || body + length > record.length) throw malformedRow();
    fields.push(fieldFrom(type, record.subarray(body, body + length)));
    at = next;
    body += length;
  }
  return fields;
}

/** Bytes of a page but those that an extension has reserved at its end. */
function usableSize(pages: Pages): number {
  const usable = pages.size - (pages.read(1)?.[20] ?? 0);
  // The least that SQLite takes.
  if (usable < 480) throw new Malformed('is malformed: too little of each page is used');
  return usable;
}

/** The bytes of a row: what stands in its own page, then what stands in a chain of others. */
function payload(pages: Pages, page: Buffer, at: number, size: number): Buffer {
  const usable = page.length;
  const least = Math.floor(((usable - 12) * 32) / 255) - 23;
  const spilled = least + ((size - least) % (usable - 4));
  const local = size <= usable - 35 ? size : spilled <= usable - 35 ? spilled : least;
  if (at + local + (local < size ? 4 : 0) > usable) throw malformedRow();
  const parts = [page.subarray(at, at + local)];
  let next = local < size ? page.readUInt32BE(at + local) : 0;
  for (let rest = size - local; rest > 0; rest -= usable - 4) {
    const more = pages.read(next);
    if (next === 0 || !more) throw malformedRow();
    parts.push(more.subarray(4, 4 + Math.min(rest, usable - 4)));
    next = more.readUInt32BE(0);
  }
  return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
}

/** A number of variable length, and where it ends. */
function varint(bytes: Buffer, at: number, longest: number): [value: number, end: number] {
  let value = 0;
  for (let length = 0; length < longest; length += 1) {
    const byte = bytes[at + length];
    if (byte === undefined) break;
    // Of nine bytes the last has eight bits; no such number is looked at.
    if (length === 8) return [Number.POSITIVE_INFINITY, at + 9];
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) return [value, at + length + 1];
  }
  throw malformedRow();
}

function lengthOf(type: number): number {
  if (type >= 12) return (type - 12) >> 1;
  return [0, 1, 2, 3, 4, 6, 8, 8, 0, 0][type] ?? Number.POSITIVE_INFINITY;
}

/** Text as its bytes; a number that is none of a page comes out as one that is none, too. */
function fieldFrom(type: number, bytes: Buffer): Field {
  if (type === 0) return null;
  if (type === 8 || type === 9) return type - 8;
  if (type >= 1 && type <= 5) return bytes.readIntBE(0, bytes.length);
  if (type >= 13 && type % 2 === 1) return bytes;
  return Number.NaN;
}

function malformed(page: number): Malformed {
  return new Malformed(`is malformed on page ${page}`);
}

function malformedRow(): Malformed {
  return new Malformed('is malformed: a row of it cannot be read');
}
