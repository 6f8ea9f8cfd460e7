import { closeSync, fdatasyncSync, ftruncateSync, readSync, writeSync } from 'node:fs';

/** Bytes that are read at a time. */
const PIECE = 64 * 1024;
const LINE_END = 0x0a;

/** One record, without its line end. */
export interface OutboxRecord {
  readonly bytes: Buffer;
  /** Where the next one begins. */
  readonly next: number;
}

/**
 * The records of one run: JSON objects, one a line, that are only ever appended. They are in a file, each written by one
 * call before anything else is done with it. What no file takes (there is none, the disk is full) is kept in memory and
 * read back in the same way.
 */
export class OutboxRecords {
  #fd: number | null;
  #isWritable: boolean;
  #inFile: number;
  #inMemory: Buffer = Buffer.alloc(0);
  #memorySize = 0;
  #isDirty = false;

  /**
   * @param fd of a file, open for reading and appending, which is closed by `close`; null for memory alone
   * @param size of that file, up to the end of its last whole record
   */
  constructor(fd: number | null, size = 0) {
    this.#fd = fd;
    this.#isWritable = fd !== null;
    this.#inFile = size;
  }

  /** Bytes. */
  get size(): number {
    return this.#inFile + this.#memorySize;
  }

  /** Whether all of them outlive this process. */
  get isKept(): boolean {
    return this.#fd !== null && this.#memorySize === 0;
  }

  /** Keeps a record. Never throws. */
  append(json: string): void {
    const bytes = Buffer.from(`${json}\n`);
    if (!this.#write(bytes)) this.#remember(bytes);
  }

  #write(bytes: Buffer): boolean {
    if (this.#fd === null || !this.#isWritable) return false;
    try {
      if (writeSync(this.#fd, bytes) === bytes.length) {
        this.#inFile += bytes.length;
        this.#isDirty = true;
        return true;
      }
    } catch {
      // A full disk, or one that is gone.
    }
    // Nothing is appended to half a record, nor behind one that is missing.
    this.#isWritable = false;
    this.cutAt(this.#inFile);
    return false;
  }

  #remember(bytes: Buffer): void {
    const needed = this.#memorySize + bytes.length;
    if (needed > this.#inMemory.length) {
      const room = Buffer.allocUnsafe(Math.max(PIECE, 2 * needed));
      this.#inMemory.copy(room, 0, 0, this.#memorySize);
      this.#inMemory = room;
    }
    bytes.copy(this.#inMemory, this.#memorySize);
    this.#memorySize = needed;
  }

  /** Takes away what follows the last whole record in the file, which ends at `size`. */
  cutAt(size: number): void {
    this.#inFile = size;
    try {
      if (this.#fd !== null) ftruncateSync(this.#fd, size);
    } catch {
      // Then whoever reads it passes over it.
    }
  }

  /** The whole records from a position on, as they are when they are asked for. Never throws. */
  *from(position: number): Generator<OutboxRecord> {
    let at = position;
    let rest = Buffer.alloc(0);
    for (;;) {
      const piece = this.#read(at + rest.length);
      if (piece.length === 0) return;
      const bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
      let from = 0;
      for (let end = bytes.indexOf(LINE_END); end !== -1; end = bytes.indexOf(LINE_END, from)) {
        yield { bytes: bytes.subarray(from, end), next: at + end + 1 };
        from = end + 1;
      }
      rest = bytes.subarray(from);
      at += from;
    }
  }

  #read(at: number): Buffer<ArrayBuffer> {
    if (at >= this.#inFile) {
      const from = at - this.#inFile;
      return Buffer.from(this.#inMemory.subarray(from, Math.min(this.#memorySize, from + PIECE)));
    }
    const bytes = Buffer.allocUnsafe(Math.min(PIECE, this.#inFile - at));
    try {
      const got = this.#fd === null ? 0 : readSync(this.#fd, bytes, 0, bytes.length, at);
      return bytes.subarray(0, got);
    } catch {
      return Buffer.alloc(0);
    }
  }

  /** Has the disk keep what was written, also when the power fails. */
  sync(): void {
    if (this.#fd === null || !this.#isDirty) return;
    this.#isDirty = false;
    try {
      fdatasyncSync(this.#fd);
    } catch {
      // The run does not depend on it.
    }
  }

  close(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
    this.#isWritable = false;
    this.#inFile = 0;
  }
}
