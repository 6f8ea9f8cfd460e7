import { readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setMtime, syncDirectory } from '../install/commit.ts';
import { onDisk } from '../install/disk.ts';
import { ownershipFor, writeNewFile } from '../install/stage.ts';
import type { TenantImage } from './image.ts';

/** Copies of one tenant's database that are kept; of more, the oldest go. Each grew from the one before it. */
const KEPT = 5;

/** `20260102T030405Z-<16 hex digits of the digest>` */
const STAMP = /^[0-9]{8}T[0-9]{6}Z-[0-9a-f]{16}$/;

export interface AsideOptions {
  /** A private directory on the same file system, where the copy stands until it is whole. */
  readonly workDir: string;
  /** When the content was last changed. */
  readonly modified: Date;
  readonly now: Date;
}

/**
 * Keeps a database's content beside the live one, as `<file>.changed-elsewhere-<time>-<digest>`: it does not end in
 * `.sqlite3`, so nobody takes it for a tenant's. Content that is kept already is not written again.
 *
 * @param path of the live database
 * @returns the path of the copy
 * @throws {Failure} `disk`
 */
export function keepAside(path: string, image: TenantImage, options: AsideOptions): string {
  const { workDir, modified, now } = options;
  const directory = dirname(path);
  const prefix = `${basename(path)}.changed-elsewhere-`;
  return onDisk('cannot keep a copy of', path, () => {
    const digest = image.digest.slice(0, 16);
    const copies = readdirSync(directory)
      .filter((name) => name.startsWith(prefix) && STAMP.test(name.slice(prefix.length)))
      .sort();
    const same = copies.find((name) => name.endsWith(`-${digest}`));
    if (same) return join(directory, same);
    const stamp = now.toISOString().replace(/[-:]|\.\d+/g, '');
    const target = join(directory, `${prefix}${stamp}-${digest}`);
    const staged = join(workDir, `${basename(path)}.aside`);
    rmSync(staged, { force: true });
    writeNewFile(staged, [image.bytes], ownershipFor(path, 0o640));
    setMtime(staged, modified.getTime());
    renameSync(staged, target);
    syncDirectory(directory);
    for (const name of copies.slice(0, Math.max(0, copies.length + 1 - KEPT)))
      rmSync(join(directory, name), { force: true });
    return target;
  });
}
