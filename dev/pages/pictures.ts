/** A folder of pictures that `npm run screenshots` has made, and that may hold anything else besides. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';

/** Of a PNG: eight bytes, then the chunk IHDR, which is always of this length. */
const AFTER_HEADER = 8 + 25;
/** Stands in each picture, as text that viewers show: that the picture is one of ours is told by nothing else. */
const MARK = textChunk('Software', 'showcase-config, npm run screenshots');

/**
 * Neither `add` nor `removeOld` touches a file that was not made here: what has the name of a picture and is none of
 * ours stays, and is an error.
 */
export class Pictures {
  readonly #dir: string;
  readonly #added = new Set<string>();

  /**
   * @param dir is made where it is not there
   * @throws when it is no directory
   */
  constructor(dir: string) {
    mkdirSync(dir, { recursive: true });
    this.#dir = dir;
  }

  /**
   * Writes a picture, over an older one of the same name.
   *
   * @param png as a browser gives it
   * @returns its path
   * @throws when a file that was not made here stands there
   */
  add(name: string, png: Buffer): string {
    const path = join(this.#dir, name);
    if (existsSync(path) && !isOurs(path)) throw new Error(`${path} is there, and is no picture of ours`);
    writeFileSync(path, Buffer.concat([png.subarray(0, AFTER_HEADER), MARK, png.subarray(AFTER_HEADER)]));
    this.#added.add(name);
    return path;
  }

  /** Removes the pictures of earlier runs that this one has not made anew. */
  removeOld(): void {
    for (const name of readdirSync(this.#dir)) {
      const path = join(this.#dir, name);
      if (name.endsWith('.png') && !this.#added.has(name) && isOurs(path)) rmSync(path);
    }
  }
}

function isOurs(path: string): boolean {
  if (!statSync(path).isFile()) return false;
  return readFileSync(path)
    .subarray(AFTER_HEADER, AFTER_HEADER + MARK.length)
    .equals(MARK);
}

/** A chunk `tEXt` of a PNG. */
function textChunk(keyword: string, text: string): Buffer {
  const body = Buffer.from(`tEXt${keyword}\0${text}`, 'latin1');
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(body.length - 4);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}
