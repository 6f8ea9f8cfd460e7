import { mkdirSync, readFileSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Failure } from '../../failure.ts';
import { codeOf } from '../../files/disk.ts';
import { removeTree } from '../../rights/files.ts';

/** What goes when the simulator ends: files, and the directories that were made for them where nothing else is in them. */
export interface Traces {
  readonly made: string[];
  readonly parents: string[];
}

/** Makes the directory that `--home` names. @throws {Failure} `usage` */
export function makeHome(path: string): void {
  forOption('--home', path, () => mkdirSync(path, { recursive: true }));
}

/**
 * Writes a file that goes when the simulator ends, over one of an earlier simulator at most.
 *
 * @param option the one that names it
 * @throws {Failure} `usage`
 */
export function placeOwn(
  option: string,
  path: string,
  { content, mode }: { readonly content: string; readonly mode: number },
  { made, parents }: Traces,
): void {
  const there = statSync(path, { throwIfNoEntry: false });
  if (there && !(there.isFile() && readFileSync(path, 'utf8').includes('made by fleet-sim'))) {
    throw new Failure('usage', `${path} is there already, and was not made by fleet-sim`, {
      hint: 'Name a file that is not there yet: it is removed when the simulator ends.',
    });
  }
  forOption(option, path, () => {
    parents.push(...makeParents(path));
    rmSync(path, { force: true });
    writeFileSync(path, content, { mode, flag: 'wx' });
  });
  made.push(path);
}

/** Makes what an option names. @throws {Failure} `usage` where that cannot be made */
function forOption(option: string, path: string, make: () => void): void {
  try {
    make();
  } catch (error) {
    const code = codeOf(error);
    if (code === '') throw error;
    throw new Failure('usage', `${option} ${path} cannot be made: ${code}`, {
      hint: `Give ${option} another path: one that may be written to, with no file in place of a directory.`,
      cause: error,
    });
  }
}

/** Makes the directory of a file, and names those that were not there, the outermost first. */
function makeParents(path: string): string[] {
  const first = mkdirSync(dirname(path), { recursive: true });
  if (first === undefined) return [];
  const below: string[] = [];
  for (let at = dirname(path); at !== first; at = dirname(at)) below.unshift(at);
  return [first, ...below];
}

export function removeTraces({ made, parents }: Traces): void {
  for (const path of made) removeTree(path);
  for (const path of parents.toReversed()) removeIfEmpty(path);
}

function removeIfEmpty(path: string): void {
  try {
    rmdirSync(path);
  } catch {
    // Somebody has put something of their own there meanwhile, or taken it away.
  }
}
