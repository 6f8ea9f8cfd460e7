import {
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  renameSync,
  rmdirSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { Failure } from '../failure.ts';
import { codeOf } from '../install/disk.ts';

const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY } = constants;

/** Where Linux shows open descriptors: a path through one means that directory, whatever its name has become since. */
const DESCRIPTORS = existsSync('/proc/self/fd') ? '/proc/self/fd' : null;

/**
 * An open directory below the public one. What is in it is reached through its descriptor and by a name without a
 * slash, and links are not followed: nobody who may write to the public directory can lead us out of it.
 */
export class Directory {
  readonly #fd: number;
  readonly #path: string;
  /** What every path within begins with. */
  readonly #base: string;

  private constructor(fd: number, path: string) {
    this.#fd = fd;
    this.#path = path;
    this.#base = DESCRIPTORS === null ? path : `${DESCRIPTORS}/${fd}`;
  }

  /**
   * The public directory itself, which may be a link. If it is missing it is made, with the owner of the one above; or
   * the answer is null.
   */
  static openTop(path: string, options: { make: boolean }): Directory | null {
    if (!existsSync(path)) {
      if (!options.make) return null;
      const { uid, gid } = statSync(dirname(path));
      mkdirSync(path, 0o755);
      own(openSync(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW), { uid, gid }, 0o755);
    }
    const real = realpathSync(path);
    return new Directory(openSync(real, O_RDONLY | O_DIRECTORY | O_NOFOLLOW), real);
  }

  get path(): string {
    return this.#path;
  }

  close(): void {
    closeSync(this.#fd);
  }

  /** Null when there is none. */
  enter(name: string): Directory | null {
    try {
      return new Directory(
        openSync(this.#within(name), O_RDONLY | O_DIRECTORY | O_NOFOLLOW),
        join(this.#path, name),
      );
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return null;
      if (codeOf(error) !== 'ELOOP' && codeOf(error) !== 'ENOTDIR') throw error;
      throw new Failure('disk', `${join(this.#path, name)} is not a directory of its own`, {
        hint: 'Move the link or file aside; pages are written to directories below public, and links are not followed.',
        cause: error,
      });
    }
  }

  /** Made if it is missing. */
  enterOrMake(name: string, owner: Owner): Directory {
    const there = this.enter(name);
    if (there) return there;
    try {
      mkdirSync(this.#within(name), 0o755);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
    const made = this.enter(name);
    if (!made) throw new Error(`${join(this.#path, name)} was removed while pages were being written`);
    own(openSync(this.#within(name), O_RDONLY | O_DIRECTORY | O_NOFOLLOW), owner, 0o755);
    return made;
  }

  owner(): Owner {
    const { uid, gid } = fstatSync(this.#fd);
    return { uid, gid };
  }

  /** Names of what is in it. */
  names(): string[] {
    return readdirSync(this.#base);
  }

  /** The bytes of a regular file; null when there is none, or something else. `length`: only if it has so many. */
  read(name: string, length?: number): Buffer | null {
    let fd: number;
    try {
      // Without O_NONBLOCK, opening a pipe would wait for its writer.
      fd = openSync(this.#within(name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    } catch (error) {
      if (/^(ENOENT|ELOOP|ENXIO|EACCES)$/.test(codeOf(error))) return null;
      throw error;
    }
    try {
      const stats = fstatSync(fd);
      if (!stats.isFile() || (length !== undefined && stats.size !== length)) return null;
      const bytes = Buffer.allocUnsafe(stats.size);
      let done = 0;
      while (done < bytes.length) {
        const got = readSync(fd, bytes, done, bytes.length - done, null);
        if (got === 0) break;
        done += got;
      }
      return bytes.subarray(0, done);
    } finally {
      closeSync(fd);
    }
  }

  /** When a file was last written to, milliseconds; null when there is none. */
  modified(name: string): number | null {
    return statSync(this.#within(name), { throwIfNoEntry: false })?.mtimeMs ?? null;
  }

  /** Puts a file in place whole: readers see the old one or this one. */
  write(name: string, staged: string, bytes: Buffer, owner: Owner): void {
    const fd = openSync(this.#within(staged), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    try {
      try {
        for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
      } finally {
        own(fd, owner, 0o644);
      }
      renameSync(this.#within(staged), this.#within(name));
    } catch (error) {
      this.remove(staged);
      throw error;
    }
  }

  /** Removes a file, or the link itself; it may be gone already. */
  remove(name: string): void {
    try {
      unlinkSync(this.#within(name));
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
    }
  }

  /** Removes a directory if nothing is left in it. */
  removeEmpty(name: string): void {
    try {
      rmdirSync(this.#within(name));
    } catch (error) {
      if (!/^(ENOENT|ENOTEMPTY|EEXIST|ENOTDIR)$/.test(codeOf(error))) throw error;
    }
  }

  #within(name: string): string {
    return `${this.#base}/${name}`;
  }
}

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** Gives what is open its owner, as far as we may, and its mode; and closes it. */
function own(fd: number, { uid, gid }: Owner, mode: number): void {
  try {
    const now = fstatSync(fd);
    if (process.geteuid?.() === 0 && (now.uid !== uid || now.gid !== gid)) fchownSync(fd, uid, gid);
    if ((now.mode & 0o7777) !== mode) fchmodSync(fd, mode);
  } finally {
    closeSync(fd);
  }
}
