const NEWLINE = 0x0a;
const RETURN = 0x0d;

/** Bytes of a line that are kept by default; the rest of the line is dropped. */
export const MAX_LINE_BYTES = 2000;
/** Lines that a tail holds. */
export const TAIL_LINES = 40;

/**
 * Cuts a stream of bytes into lines of text, in bounded memory for any input: long lines are cut, invalid UTF-8 becomes
 * replacement characters. Keeps the last lines.
 */
export class Lines {
  readonly #onLine: ((line: string) => void) | undefined;
  readonly #tail: string[] = [];
  readonly #maxBytes: number;
  readonly #tailLines: number;
  #parts: Buffer[] = [];
  #size = 0;
  #cut = false;

  /**
   * @param options.maxBytes of a line that are kept
   * @param options.tailLines that are kept
   */
  constructor(
    onLine?: (line: string) => void,
    { maxBytes = MAX_LINE_BYTES, tailLines = TAIL_LINES }: { maxBytes?: number; tailLines?: number } = {},
  ) {
    this.#onLine = onLine;
    this.#maxBytes = maxBytes;
    this.#tailLines = tailLines;
  }

  add(chunk: Buffer): void {
    let start = this.#onLine ? 0 : this.#skip(chunk);
    for (;;) {
      const end = chunk.indexOf(NEWLINE, start);
      if (end < 0) break;
      this.#keep(chunk.subarray(start, end));
      this.#emit();
      start = end + 1;
    }
    if (start < chunk.length) this.#keep(chunk.subarray(start));
  }

  /** The end of the stream: text after the last line end is a line, too. */
  end(): void {
    if (this.#size > 0) this.#emit();
  }

  /** The last lines, oldest first. */
  get tail(): readonly string[] {
    return [...this.#tail];
  }

  /**
   * Where in a chunk those lines begin that the tail can still have at its end. Earlier lines are not needed: making a
   * text of each would slow down a child that writes millions of them.
   */
  #skip(chunk: Buffer): number {
    let end = chunk.length;
    for (let lines = 0; lines <= this.#tailLines; lines += 1) {
      // A negative offset would count from the end.
      end = end > 0 ? chunk.lastIndexOf(NEWLINE, end - 1) : -1;
      if (end < 0) return 0;
    }
    this.#begin();
    return end + 1;
  }

  #keep(bytes: Buffer): void {
    const room = this.#maxBytes - this.#size;
    if (bytes.length > room) this.#cut = true;
    if (room <= 0 || bytes.length === 0) return;
    // A copy: a part of a chunk would keep all of it in memory.
    const part = Buffer.from(bytes.subarray(0, room));
    this.#parts.push(part);
    this.#size += part.length;
  }

  #emit(): void {
    const bytes = Buffer.concat(this.#parts);
    const text = (bytes.at(-1) === RETURN ? bytes.subarray(0, -1) : bytes).toString('utf8');
    const line = this.#cut ? `${text} ... (cut)` : text;
    this.#begin();
    this.#tail.push(line);
    if (this.#tail.length > this.#tailLines) this.#tail.shift();
    this.#onLine?.(line);
  }

  #begin(): void {
    this.#parts = [];
    this.#size = 0;
    this.#cut = false;
  }
}
