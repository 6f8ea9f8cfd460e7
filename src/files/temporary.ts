import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure } from '../failure.ts';
import { codeOf } from './disk.ts';

/**
 * Makes a private directory for files that must not be among the databases, such as copies. The caller removes it.
 *
 * @returns its path
 * @throws {Failure} `disk`
 */
export function makeTemporaryDirectory(prefix: string): string {
  try {
    return mkdtempSync(join(tmpdir(), prefix));
  } catch (cause) {
    throw new Failure('disk', `no temporary directory can be made in ${tmpdir()} (${codeOf(cause)})`, {
      hint: 'Set TMPDIR to a directory that may be written to, and that has room for copies of databases.',
      cause,
    });
  }
}
