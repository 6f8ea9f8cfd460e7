/** Files as one archive, whose bytes depend on nothing but them and one time. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** A file of a release. */
export interface ReleaseFile {
  /** Within the release, such as `scripts/start`. */
  readonly path: string;
  readonly content: string | Buffer;
  readonly mode: 0o644 | 0o755;
}

/** Entries in the order of their names, all of root's and of the same time; in a form that every tar reads. */
const REPRODUCIBLE = ['--format=ustar', '--sort=name', '--owner=0', '--group=0', '--numeric-owner'];

/**
 * A .tar.gz with the files below a directory of that name. Compressed by the Node that the clone has, of which there is
 * one for each commit, since gzip programs differ in what they write.
 *
 * @param time seconds since 1970, that of every entry
 * @throws {Error} there is no GNU tar, or it fails
 */
export function pack(name: string, files: readonly ReleaseFile[], time: number): Buffer {
  const stage = mkdtempSync(join(tmpdir(), 'release-'));
  try {
    for (const { path, content, mode } of files) {
      const staged = join(stage, name, path);
      makeDirectory(stage, join(name, dirname(path)));
      writeFileSync(staged, content);
      chmodSync(staged, mode); // whatever the umask
    }
    const { TAR_OPTIONS: _, ...env } = process.env;
    const args = [...REPRODUCIBLE, `--mtime=@${time}`, `--directory=${stage}`, '--create', '--file=-', name];
    const { status, stdout, stderr, error } = spawnSync('tar', args, {
      env: { ...env, LC_ALL: 'C' },
      maxBuffer: 2 ** 28,
    });
    if (error || status !== 0) throw new Error(`GNU tar is needed: ${error?.message ?? stderr.toString()}`);
    return gzipSync(stdout, { level: 9 });
  } finally {
    rmSync(stage, { recursive: true });
  }
}

function makeDirectory(stage: string, path: string): void {
  if (path === '.') return;
  makeDirectory(stage, dirname(path));
  mkdirSync(join(stage, path), { recursive: true });
  chmodSync(join(stage, path), 0o755);
}
