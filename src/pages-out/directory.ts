import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmdirSync,
  unlinkSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { Failure } from '../failure.ts';
import { codeOf } from '../files/disk.ts';
import { isRootsWay } from '../rights/control.ts';
import { own } from '../rights/files.ts';
import { asApplication, inDirectory, inOpenDirectory } from '../rights/rights.ts';
import { readWhole, writeWhole } from './descriptor.ts';

const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY } = constants;

/** Where Linux shows open descriptors: a path through one means that directory, whatever its name has become since. */
const DESCRIPTORS = existsSync('/proc/self/fd') ? '/proc/self/fd' : null;

/** Bytes: no page of ours is larger, and what somebody else has put there must not fill the memory. */
const LARGEST = 128 * 1024 * 1024;

/**
 * An open directory: the public one, or one below it. Its entries are reached through its descriptor and by a name
 * without a slash, and links are not followed: a user who may write to the public directory cannot lead us out of it.
 * Work in it is done with the rights of its owner: root's or the application's.
 */
export class Directory {
  readonly path: string;
  readonly #fd: number;
  /** Whether root alone decides where the path of the public directory leads. */
  readonly #isRootsWay: boolean;
  /** What every path within begins with. */
  readonly #base: string;

  private constructor(fd: number, path: string, isRootsWay: boolean) {
    this.#fd = fd;
    this.path = path;
    this.#isRootsWay = isRootsWay;
    this.#base = DESCRIPTORS === null ? path : `${DESCRIPTORS}/${fd}`;
  }

  /**
   * The public directory itself, which may be a link. If it is missing, it is made; or the answer is null. If the
   * application controls a part of its path, nothing in it is done as root, whoever owns it.
   */
  static openTop(path: string, options: { make: boolean }): Directory | null {
    if (!existsSync(path)) {
      if (!options.make) return null;
      if (!existsSync(dirname(path))) {
        throw new Failure('disk', `${path} cannot be made: ${dirname(path)} does not exist`, {
          hint: 'Set APP_ROOT to the directory of the application.',
        });
      }
      return inDirectory(realpathSync(dirname(path)), () => {
        mkdirSync(path, 0o755);
        const made = Directory.#open(path);
        made.#setMode(made.#fd, 0o755);
        return made;
      });
    }
    return Directory.#open(path);
  }

  static #open(path: string): Directory {
    // By its own path, not by where that leads at this moment.
    const isRoots = isRootsWay(path);
    const real = realpathSync(path);
    return new Directory(openSync(real, O_RDONLY | O_DIRECTORY | O_NOFOLLOW), real, isRoots);
  }

  close(): void {
    closeSync(this.#fd);
  }

  /** Takes the rights for work in this directory once for all of it, which goes nowhere else. */
  inOneStep<T>(work: () => T): T {
    return this.#do(work);
  }

  /** Names of what is in it. */
  names(): string[] {
    return this.#named(() => readdirSync(this.#base));
  }

  /**
   * A directory in it; null when there is none.
   *
   * @throws {Failure} `disk`: it is a link, or no directory.
   */
  enter(name: string): Directory | null {
    const path = join(this.path, name);
    try {
      const fd = openSync(this.#within(name), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
      return new Directory(fd, path, this.#isRootsWay);
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return null;
      if (!/^(ELOOP|ENOTDIR)$/.test(codeOf(error))) throw this.#renamed(error);
      throw new Failure('disk', `${path} is a link or a file, not a directory of its own`, {
        hint: 'Move it aside: pages are written to real directories below public, never through a link.',
        cause: error,
      });
    }
  }

  /** A directory in it, made if it is missing. */
  enterOrMake(name: string): Directory {
    const there = this.enter(name);
    if (!there) this.#make(name);
    const directory = there ?? this.enter(name);
    if (!directory) throw new Error(`${join(this.path, name)} was removed while pages were being written`);
    if (!there) this.#do(() => this.#setMode(directory.#fd, 0o755));
    return directory;
  }

  /** The bytes of a regular file; null when there is none, or something else or larger. `length`: only if it has so many. */
  read(name: string, length?: number): Buffer | null {
    let fd: number;
    try {
      // Without O_NONBLOCK, opening a pipe would wait for its writer.
      fd = openSync(this.#within(name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    } catch (error) {
      if (/^(ENOENT|ELOOP|ENXIO|EACCES|EAGAIN)$/.test(codeOf(error))) return null;
      throw this.#renamed(error);
    }
    try {
      const stats = fstatSync(fd);
      const fits = stats.isFile() && (length === undefined ? stats.size <= LARGEST : stats.size === length);
      return fits ? readWhole(fd, stats.size) : null;
    } finally {
      closeSync(fd);
    }
  }

  /** When a file or link was last written, in milliseconds since 1970; 0 if it is gone. */
  timeOf(name: string): number {
    return lstatSync(this.#within(name), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  }

  /** Makes a file that did not exist, with these bytes. */
  create(name: string, bytes: Buffer): void {
    this.#named(() => {
      const fd = openSync(this.#within(name), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
      try {
        writeWhole(fd, bytes);
        this.#setMode(fd, 0o644);
      } finally {
        closeSync(fd);
      }
    });
  }

  /** Readers see the old file or the new one; a link is replaced, not followed. */
  rename(from: string, to: string): void {
    this.#named(() => renameSync(this.#within(from), this.#within(to)));
  }

  /** Removes a file, or the link itself; it may be gone already. */
  remove(name: string): void {
    this.#unless(/^ENOENT$/, () => unlinkSync(this.#within(name)));
  }

  /** Removes a directory if nothing is left in it. */
  removeEmpty(name: string): void {
    this.#unless(/^(ENOENT|ENOTEMPTY|EEXIST|ENOTDIR)$/, () => rmdirSync(this.#within(name)));
  }

  #make(name: string): void {
    this.#unless(/^EEXIST$/, () => mkdirSync(this.#within(name), 0o755));
  }

  /** Of what was just made, whatever the umask is; its group is that of this directory. */
  #setMode(fd: number, mode: number): void {
    own(fd, { mode, uid: process.geteuid?.() ?? 0, gid: fstatSync(this.#fd).gid });
  }

  #do<T>(work: () => T): T {
    if (this.#isRootsWay) return inOpenDirectory(this.#fd, this.path, work);
    return asApplication(this.path, work);
  }

  #within(name: string): string {
    return `${this.#base}/${name}`;
  }

  #named<T>(work: () => T): T {
    try {
      return this.#do(work);
    } catch (error) {
      throw this.#renamed(error);
    }
  }

  #unless(expected: RegExp, work: () => void): void {
    try {
      this.#do(work);
    } catch (error) {
      if (!expected.test(codeOf(error))) throw this.#renamed(error);
    }
  }

  /** An error with the directory's name in it instead of its descriptor. */
  #renamed(error: unknown): unknown {
    if (error instanceof Error) error.message = error.message.replaceAll(`${this.#base}/`, `${this.path}/`);
    return error;
  }
}
