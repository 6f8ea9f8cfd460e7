/** Everything that is written for people: the pages at the top, in docs/, and beside what is built or copied. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../machine/machine.ts';

/** Relative to the project. */
export const DOCUMENTS: readonly string[] = [
  ...readdirSync(ROOT).filter((name) => name.endsWith('.md')),
  ...['docs', 'cgi-bin', 'scripts', 'examples'].flatMap((directory) => markdownBelow(directory)),
];

function markdownBelow(directory: string): string[] {
  return readdirSync(join(ROOT, directory), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(directory, name));
}

/** @param path relative to the project */
export function readText(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** Everything that runs on a machine, in one text. */
export function sourceText(): string {
  return [readText('dev/build/preamble.cjs'), ...sourceFiles('src').map(readText)].join('\n');
}

/** Paths of the TypeScript below a directory, relative to the project. */
export function sourceFiles(directory: string): string[] {
  return readdirSync(join(ROOT, directory), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.includes('node_modules/'))
    .map((name) => join(directory, name));
}
