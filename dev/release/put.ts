/** Archives and their sums in the directory that they go to. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { place } from '../build/output.mjs';
import { sumLine } from './contents.ts';

/** What was put there, and what is in its way: if anything is, nothing was put. */
export interface Put {
  readonly written: readonly string[];
  readonly foreign: readonly string[];
}

/**
 * Puts archives there, and `<name>.SHA256SUMS` beside them. What a file of sums from before names, with its sum, is an
 * earlier release of the same version, and is replaced; any other file of such a name is somebody's.
 *
 * @param archives by their file names
 */
export async function putRelease(
  dir: string,
  name: string,
  archives: ReadonlyMap<string, Buffer>,
): Promise<Put> {
  const sumsName = `${name}.SHA256SUMS`;
  const known = new Set(linesOf(read(join(dir, sumsName))));
  const sums = [...archives].map(([file, content]) => sumLine(file, content));
  const foreign = [...archives].flatMap(([file, content]) => {
    const found = read(join(dir, file));
    if (found === null || found.equals(content) || known.has(sumLine(file, found).trimEnd())) return [];
    return [join(dir, file)];
  });
  if (![...known].every((line) => /^[0-9a-f]{64} {2}showcase-config-\S+\.tar\.gz$/.test(line)))
    foreign.push(join(dir, sumsName));
  if (foreign.length > 0) return { written: [], foreign };
  mkdirSync(dir, { recursive: true });
  for (const [file, content] of archives) await place(join(dir, file), content, 0o644);
  // Those of other targets stay.
  const others = [...known].map((line) => `${line}\n`).filter((line) => !archives.has(line.slice(66, -1)));
  await place(join(dir, sumsName), [...others, ...sums].sort(bySecondWord).join(''), 0o644);
  return { written: [...archives.keys(), sumsName].map((file) => join(dir, file)), foreign };
}

function bySecondWord(a: string, b: string): number {
  return a.slice(66) < b.slice(66) ? -1 : 1;
}

function linesOf(content: Buffer | null): string[] {
  return content === null
    ? []
    : content
        .toString('latin1')
        .split('\n')
        .filter((line) => line !== '');
}

function read(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
