/** UTF-16 units at a time: nearly every file is one piece, and of the largest only a part stands in memory as bytes. */
const PIECE = 256 * 1024;

/** UTF-8 takes at most this many bytes for a unit. */
const WIDEST = 3;

/**
 * The bytes of a text, as `Buffer.from(text)` gives them, in pieces. All pieces are in the same place: each is good until
 * the next one is asked for.
 */
export function* encoded(text: string): Generator<Buffer, void, void> {
  const room = Buffer.allocUnsafe(WIDEST * Math.min(text.length, PIECE));
  for (let from = 0; from < text.length; ) {
    let to = Math.min(from + PIECE, text.length);
    if (to < text.length && isFirstOfPair(text.charCodeAt(to - 1))) to -= 1;
    yield room.subarray(0, room.write(text.slice(from, to)));
    from = to;
  }
}

/** Whether these are the bytes of a text. */
export function holds(bytes: Buffer, text: string): boolean {
  let at = 0;
  for (const piece of encoded(text)) {
    if (!bytes.subarray(at, at + piece.length).equals(piece)) return false;
    at += piece.length;
  }
  return at === bytes.length;
}

function isFirstOfPair(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}
