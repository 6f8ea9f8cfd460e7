/**
 * Directories of the demos: below `tmp/` of this clone, which git ignores. Nothing is written anywhere else, compiled code aside.
 */
import { chmodSync, mkdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join, relative, resolve } from 'node:path';
import { isRootsAlone } from '../../src/rights/control.ts';
import { WrongOption } from '../options.mjs';

export const ROOT = resolve(import.meta.dirname, '../..');

/** A directory that takes the place of the one that an earlier run has left. */
export interface Place {
  readonly path: string;
  /** As it is typed in the directory of the clone, such as `tmp/demo`. */
  readonly shown: string;
}

/** @throws {WrongOption} for a user who cannot have one here */
export function makePlace(name: 'demo' | 'demo-fleet' | 'demo-web' | 'pages' | 'sandbox'): Place {
  const path = join(ROOT, 'tmp', name);
  const shown = relative(ROOT, path);
  const { uid } = statSync(ROOT);
  // Programs that root starts refuse to work below a directory of somebody else's.
  if (process.getuid?.() === 0 && uid !== 0)
    throw new WrongOption(`This clone belongs to user ${uid}, and this is root: run it as that user`);
  try {
    removePlace(path);
    mkdirSync(path, { recursive: true });
    chmodSync(path, 0o700);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EACCES' && code !== 'EPERM') throw error;
    throw new WrongOption(`${shown} cannot be made anew (${code}): another user has made what is there`);
  }
  return { path, shown };
}

export function removePlace(path: string): void {
  rmSync(path, { recursive: true, force: true });
}

/** An app root and a db dir; the app root has this clone's executables, as an installation has them. */
export interface Directories {
  readonly appRoot: string;
  readonly dbDir: string;
}

export function makeDirectories(parent: string): Directories {
  const [appRoot, dbDir] = [join(parent, 'rails'), join(parent, 'db')];
  for (const path of [appRoot, dbDir]) mkdirSync(path, { recursive: true });
  for (const folder of ['cgi-bin', 'scripts']) symlinkSync(join(ROOT, folder), join(appRoot, folder));
  return { appRoot, dbDir };
}

/** Compiled code of the executables, which the next demo need not compile again; a build has its notes beside it. */
const COMPILED = join(ROOT, 'node_modules/.cache/compiled');

/** The directory for compiled code, which is there. @param own the one to be made where the clone's cannot be trusted */
export function compiledOr(own: string): string {
  try {
    mkdirSync(COMPILED, { recursive: true, mode: 0o700 });
    const user = process.geteuid?.();
    if (statSync(COMPILED).uid === user && (user !== 0 || isRootsAlone(COMPILED))) return COMPILED;
  } catch {
    // Somebody else has installed the packages.
  }
  mkdirSync(own, { recursive: true, mode: 0o700 });
  return own;
}

/** What every program is given that a demo starts: the Node of this clone, and where it may write. */
export function ownEnvironment({ path }: Pick<Place, 'path'>): Record<string, string> {
  const home = join(path, 'home');
  mkdirSync(home, { recursive: true, mode: 0o700 });
  return {
    PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter),
    HOME: home,
    UPDATE_CONFIG_CACHE_DIR: compiledOr(join(path, 'cache')),
    // What root keeps for itself must be where nobody else can write; in a clone of somebody else's it cannot be here.
    ...(isRootsAlone(path)
      ? { UPDATE_CONFIG_STATE_DIR: join(path, 'state'), UPDATE_CONFIG_RUN_DIR: join(path, 'run') }
      : {}),
  };
}

/** Writes variables for `. FILE`, readable by their owner alone. The shell keeps its own PATH, behind the Node of this clone. */
export function writeVariables(
  path: string,
  { PATH: _, ...variables }: Readonly<Record<string, string>>,
): void {
  const lines = Object.entries(variables).map(([name, value]) => `export ${name}=${quoted(value)}\n`);
  const search = `export PATH=${quoted(dirname(process.execPath))}:"$PATH"\n`;
  writeFileSync(path, [search, ...lines].join(''), { mode: 0o600 });
}

/** For a shell. */
function quoted(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}
