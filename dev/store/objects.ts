import { hash, randomUUID } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

/** What is kept of an object beside its bytes. */
export interface StoredHead {
  readonly key: string;
  /** Without quotes: the MD5 of the bytes. */
  readonly etag: string;
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
  readonly contentType: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** What its files are called: an object, and one that is still being written. */
const OBJECT = /^[0-9a-f]{64}$/;
const TEMPORARY = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tmp$/;

/**
 * Objects as files, one each: a line of JSON (the head), then the bytes. Files are named by the SHA-256 of the key, so
 * that a key may hold any character. A file appears by rename, after fsync: killed at any moment, the directory holds
 * each object wholly old or wholly new. One process at a time.
 */
export class ObjectFiles {
  readonly #dir: string;
  readonly #heads = new Map<string, StoredHead>();

  /** @throws when the directory holds anything that no store has put there */
  constructor(dir: string) {
    this.#dir = dir;
    mkdirSync(dir, { recursive: true });
    const names = readdirSync(dir);
    const foreign = names.find((name) => !OBJECT.test(name) && !TEMPORARY.test(name));
    if (foreign !== undefined)
      throw new Error(`${join(dir, foreign)} is no object: a store needs a directory of its own`);
    for (const name of names) {
      // What a killed predecessor was still writing.
      if (TEMPORARY.test(name)) rmSync(join(dir, name));
      else this.#index(parse(readFileSync(join(dir, name))).head);
    }
  }

  #index(head: StoredHead): void {
    this.#heads.set(head.key, head);
  }

  head(key: string): StoredHead | null {
    return this.#heads.get(key) ?? null;
  }

  /** By key, in the byte order of UTF-8. */
  list(): StoredHead[] {
    const heads = [...this.#heads.values()];
    return heads.sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
  }

  read(key: string): { head: StoredHead; bytes: Buffer } | null {
    return this.#heads.has(key) ? parse(readFileSync(this.#path(key))) : null;
  }

  /**
   * Synchronous from the question to the rename: that makes a conditional write atomic in a single-threaded server.
   *
   * @param check called with what stands there now; throws when it may not be replaced.
   */
  write(head: Omit<StoredHead, 'modified'>, bytes: Buffer, check: (now: StoredHead | null) => void): void {
    check(this.head(head.key));
    const stored = { ...head, modified: Date.now() };
    const temporary = join(this.#dir, `${randomUUID()}.tmp`);
    const file = openSync(temporary, 'wx');
    try {
      writeAll(file, Buffer.concat([Buffer.from(`${JSON.stringify(stored)}\n`), bytes]));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, this.#path(head.key));
    this.#syncDirectory();
    this.#index(stored);
  }

  delete(key: string): void {
    if (!this.#heads.delete(key)) return;
    rmSync(this.#path(key));
    this.#syncDirectory();
  }

  #path(key: string): string {
    return join(this.#dir, hash('sha256', key));
  }

  #syncDirectory(): void {
    const dir = openSync(this.#dir, 'r');
    fsyncSync(dir);
    closeSync(dir);
  }
}

function parse(file: Buffer): { head: StoredHead; bytes: Buffer } {
  const end = file.indexOf('\n');
  return { head: JSON.parse(file.toString('utf8', 0, end)) as StoredHead, bytes: file.subarray(end + 1) };
}

function writeAll(file: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}
