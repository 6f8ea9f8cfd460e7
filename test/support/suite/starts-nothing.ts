import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** Modules that start processes or threads, or reach servers. */
const STARTERS =
  /^(?:node:(?:child_process|cluster|dgram|http|http2|https|net|tls|worker_threads)$|@aws-sdk\/|@smithy\/|playwright-core)/;

/** What a file imports or exports from, or imports where it is needed; types aside. */
const IMPORTS =
  /^\s*(?:import|export)\s+(?!type\b)(?:[^'";]*?\sfrom\s+)?'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/gm;

/**
 * Whether nothing that a file imports, however far, can start a process or reach a server.
 *
 * @param file absolute path of a TypeScript file or module of this project
 */
export function startsNothing(file: string): boolean {
  const seen = new Set([file]);
  for (const path of seen) {
    for (const [, from, late] of readFileSync(path, 'utf8').matchAll(IMPORTS)) {
      const name = from ?? late ?? '';
      if (STARTERS.test(name)) return false;
      const imported = resolve(dirname(path), name);
      if (name.startsWith('.') && /\.(?:ts|mjs)$/.test(name) && existsSync(imported)) seen.add(imported);
    }
  }
  return true;
}
