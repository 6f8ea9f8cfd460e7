/** What a release is made of: the commit that is checked out, and whether anything differs from it. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Commit {
  /** 40 hex digits. */
  readonly id: string;
  /** Seconds since 1970: `SOURCE_DATE_EPOCH`, else when it was committed. */
  readonly time: number;
  /** Of package.json, such as `0.1.0`; `0.1.0+dirty` where the tree differs from the commit. */
  readonly version: string;
  /** Files that differ from the commit, as `git status --porcelain` says it. */
  readonly changed: readonly string[];
}

/**
 * Whatever git is told by the settings of who asks: they may colour what it says, add a line for the branch, or a signature.
 *
 * @throws {Error} not a git checkout, or `SOURCE_DATE_EPOCH` is not a number of seconds
 */
export function readCommit(root: string, env: NodeJS.ProcessEnv): Commit {
  const status = git(root, 'status', '--porcelain', '--untracked-files=all');
  const [id = '', committed = ''] = git(
    root,
    'log',
    '-1',
    '--no-show-signature',
    '--no-color',
    '--format=%H %ct',
  )
    .trim()
    .split(' ');
  const changed = status.split('\n').filter((line) => line !== '');
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const text = env['SOURCE_DATE_EPOCH'] || committed;
  if (!/^\d{1,12}$/.test(text))
    throw new Error(`SOURCE_DATE_EPOCH is not a number of seconds since 1970: ${text}`);
  return { id, changed, time: Number(text), version: changed.length > 0 ? `${version}+dirty` : version };
}

/** A file that is committed. */
export interface CommittedFile {
  /** Relative to the root of the checkout. */
  readonly path: string;
  /** As it is committed: some file systems have one mode for all files. */
  readonly isExecutable: boolean;
}

/** Files below these directories that the commit has, sorted, but those that are missing from the tree. */
export function committedFiles(root: string, ...directories: string[]): CommittedFile[] {
  const listed = git(root, 'ls-files', '-z', '--stage', '--', ...directories).split('\0');
  return listed
    .flatMap((entry) => {
      const [, mode = '', path = ''] = /^(\d+) \S+ 0\t(.+)$/s.exec(entry) ?? [];
      return path === '' || !existsSync(join(root, path)) ? [] : [{ path, isExecutable: mode === '100755' }];
    })
    .sort((one, other) => (one.path < other.path ? -1 : 1));
}

function git(root: string, ...args: string[]): string {
  return execFileSync('git', ['-C', root, ...args], { encoding: 'utf8', maxBuffer: 2 ** 26, stdio: 'pipe' });
}
