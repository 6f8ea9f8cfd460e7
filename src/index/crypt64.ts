const ALPHABET = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/**
 * The text form that crypt(3) gives a digest: the bytes named by `order` are taken three at a time as a number, whose
 * lowest six bits come first. The last group may have fewer bytes, and then has fewer characters.
 */
export function crypt64(digest: Buffer, order: readonly number[]): string {
  let text = '';
  for (let at = 0; at < order.length; at += 3) {
    const group = order.slice(at, at + 3);
    let bits = 0;
    for (const index of group) bits = (bits << 8) | (digest[index] ?? 0);
    for (let left = group.length + 1; left > 0; left--) {
      text += ALPHABET[bits & 63];
      bits >>>= 6;
    }
  }
  return text;
}
