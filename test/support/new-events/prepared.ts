import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';

/** A copy of a machine's directories, and where they were. */
export interface Prepared {
  readonly home: string;
  readonly copy: string;
}

let prepared: Map<string, Prepared> | null = null;

/**
 * Has the tests of a file share what `Stand.ready` prepares: the second one that wants the same has a copy of it, in the same
 * place, since paths are part of what is installed.
 */
export function shareReadyStands(): void {
  beforeAll(() => {
    prepared = new Map();
  });
  afterAll(() => {
    for (const { copy } of prepared?.values() ?? []) rmSync(copy, { recursive: true });
    prepared = null;
  });
}

/** What is shared under that key, unless its place is taken; undefined where the file shares nothing. */
export function findPrepared(key: string): Prepared | undefined {
  const known = prepared?.get(key);
  return known && !existsSync(known.home) ? known : undefined;
}

/** Shares a machine's directories as they are now under that key. */
export function keepPrepared(key: string, home: string): void {
  if (!prepared || prepared.has(key)) return;
  const copy = mkdtempSync(join(tmpdir(), 'prepared-'));
  cpSync(home, copy, { recursive: true, preserveTimestamps: true });
  prepared.set(key, { home, copy });
}
