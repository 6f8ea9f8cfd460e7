/** Bytes of UTF-8 that a message of a line has at most. */
export const LONGEST_MESSAGE = 8 * 1024;

/**
 * A message of at most so many bytes of UTF-8: itself, or its beginning and how much was cut off. Cut what is scrubbed: half
 * of a secret is not found any more.
 *
 * @param most at least 64
 */
export function cutMessage(message: string, most = LONGEST_MESSAGE): string {
  // No character of UTF-16 has more than three bytes of UTF-8.
  if (message.length * 3 <= most) return message;
  const bytes = Buffer.from(message);
  if (bytes.length <= most) return message;
  let end = most - Buffer.byteLength(cutMark(bytes.length));
  // Not within a character.
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end) + cutMark(bytes.length - end);
}

function cutMark(bytes: number): string {
  return ` … (${bytes} bytes more)`;
}
