import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { ROOT } from '../machine/machine.ts';

/** What a release is made from, beside node_modules. */
const SOURCES = [
  'src',
  'dev',
  'docs',
  'examples',
  'build.mjs',
  'package.json',
  'package-lock.json',
  '.npmrc',
  '.gitignore',
];
const TEXTS = ['LICENSE', 'CHANGELOG.md', 'SECURITY.md'];

/** When it was committed: seconds since 1970. */
export const COMMITTED = 1_780_000_000;

const WHO = { NAME: 'somebody', EMAIL: 'somebody@example.org', DATE: `${COMMITTED} +0000` };

/** The directory becomes a checkout of what this one holds, committed or not. */
export function checkOut(directory: string): void {
  mkdirSync(directory, { recursive: true });
  for (const name of [...SOURCES, ...TEXTS].filter((each) => existsSync(join(ROOT, each)))) {
    cpSync(join(ROOT, name), join(directory, name), {
      recursive: true,
      filter: (path) => !/docs\/pictures$|docs-site\/node_modules$/.test(path),
    });
  }
  const people = ['AUTHOR', 'COMMITTER'].flatMap((role) =>
    Object.entries(WHO).map(([fact, value]) => [`GIT_${role}_${fact}`, value]),
  );
  const env = { PATH: process.env['PATH'], HOME: directory, ...Object.fromEntries(people) };
  const git = (...args: string[]) => execFileSync('git', args, { cwd: directory, env, stdio: 'pipe' });
  git('init', '--quiet', '--initial-branch=main');
  git('add', '--all');
  git('commit', '--quiet', '--message=all of it');
}

/** `npm run package` there, with the packages of this checkout. */
export async function packageIn(directory: string, env: Record<string, string>, ...args: string[]) {
  const command = 'umask "$UMASK"; mkdir node_modules; mount --bind "$1" node_modules; shift; exec "$@"';
  const inside = [join(ROOT, 'node_modules'), process.execPath, 'dev/package.ts', ...args];
  const child = spawn('unshare', ['--mount', 'sh', '-euc', command, 'sh', ...inside], {
    cwd: directory,
    env: { PATH: process.env['PATH'], HOME: dirname(directory), UMASK: '022', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr, [exitCode]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  return { exitCode, stdout, stderr };
}

export interface Entry {
  readonly path: string;
  readonly mode: string;
  readonly owner: string;
  readonly time: string;
}

/** What tar says of an archive's entries, in their order. */
export function entriesOf(archive: string): Entry[] {
  const args = ['--list', '--verbose', '--numeric-owner', '--full-time', '--utc', '--file', archive];
  const lines = execFileSync('tar', args, { encoding: 'utf8', maxBuffer: 2 ** 24 })
    .trim()
    .split('\n');
  return lines.map((line) => {
    const [mode = '', owner = '', , day = '', hour = '', path = ''] = line.split(/ +/);
    return { mode, owner, time: `${day}T${hour}Z`, path };
  });
}

/** Bytes of the files of an archive that was unpacked into a directory. */
export function filesIn(directory: string, paths: readonly string[]): Map<string, Buffer> {
  return new Map(paths.map((path) => [path, readFileSync(join(directory, path))]));
}
