import { resolve } from 'node:path';

/** Where Node keeps what it has compiled of the TypeScript of programs that tests start. */
export const COMPILED = resolve(import.meta.dirname, '../../../node_modules/.cache/helpers');

/**
 * Variables for tests, which programs in TypeScript inherit from them: to strip types takes longer than all else that most
 * of these do. A file is known by its place relative to the directory, so that a copy of the tree can share it. Built
 * executables get variables of their own.
 */
export function helperVariables(): Record<string, string> {
  return { NODE_COMPILE_CACHE: COMPILED, NODE_COMPILE_CACHE_PORTABLE: '1' };
}
