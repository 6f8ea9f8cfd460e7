import { cpSync, readdirSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';

/** Copies a directory with the times of all that is in it; those of directories, too, which `cpSync` changes as it fills them. */
export function copyTree(from: string, to: string): void {
  cpSync(from, to, { recursive: true, preserveTimestamps: true });
  const directories = readdirSync(from, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name));
  for (const path of [from, ...directories]) {
    const { atime, mtime } = statSync(path);
    utimesSync(to + path.slice(from.length), atime, mtime);
  }
}
