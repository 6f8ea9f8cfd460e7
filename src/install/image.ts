/** What an SQLite database image says of itself in its header (https://www.sqlite.org/fileformat.html). */
const MAGIC = Buffer.from('SQLite format 3\0', 'latin1');

/** Bytes of a page: a big-endian 16-bit number at offset 16, where 1 stands for 65536. */
export function pageSizeOf(image: Buffer): number {
  const value = image.readUInt16BE(16);
  return value === 1 ? 65536 : value;
}

export function isImage(bytes: Buffer): boolean {
  return bytes.length >= 512 && bytes.subarray(0, MAGIC.length).equals(MAGIC);
}
