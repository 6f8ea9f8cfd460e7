import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { build } from 'esbuild';
import { sourcePlugins } from '../../../dev/source-plugins.mjs';
import { ROOT } from '../machine/machine.ts';
import { COMPILED } from './helpers.ts';

/** By the path of their source. */
const made = new Map<string, Promise<string>>();

/**
 * Makes one file of a program that tests start, once in a process of theirs: a file starts several times as fast as its many
 * modules do, above all under strace, and Node reads no YAML as a module.
 *
 * @param source absolute path of its TypeScript
 * @returns path of the file, below node_modules, where it finds the packages
 */
export function oneFileOf(source: string): Promise<string> {
  const known = made.get(source) ?? make(source);
  made.set(source, known);
  return known;
}

async function make(source: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [source],
    write: false,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    define: { __BUNDLED__: 'false' },
    plugins: sourcePlugins,
  });
  mkdirSync(COMPILED, { recursive: true });
  const path = join(COMPILED, `${relative(ROOT, source).replaceAll(sep, '-')}.mjs`);
  // Tests of other processes may be starting the one that they have made.
  const fresh = `${path}.${process.pid}`;
  writeFileSync(fresh, outputFiles[0]?.contents ?? '');
  renameSync(fresh, path);
  return path;
}
