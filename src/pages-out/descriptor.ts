import { fchmodSync, fchownSync, fstatSync, readSync, writeSync } from 'node:fs';

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** Gives an open file or directory its owner, which only root may, and its mode, unless that is null. */
export function give(fd: number, { uid, gid }: Owner, mode: number | null): void {
  const now = fstatSync(fd);
  if (process.geteuid?.() === 0 && (now.uid !== uid || now.gid !== gid)) fchownSync(fd, uid, gid);
  if (mode !== null && (now.mode & 0o7777) !== mode) fchmodSync(fd, mode);
}

export function readWhole(fd: number, size: number): Buffer {
  const bytes = Buffer.allocUnsafe(size);
  let done = 0;
  while (done < size) {
    const got = readSync(fd, bytes, done, size - done, null);
    if (got === 0) break;
    done += got;
  }
  return bytes.subarray(0, done);
}

export function writeWhole(fd: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
}
