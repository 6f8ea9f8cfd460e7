import type { Stats } from 'node:fs';
import { isAbsolute } from 'node:path';
import { Failure } from '../failure.ts';
import { type Found, readRegularFile } from '../files/regular-file.ts';
import { asRoot } from './rights.ts';

/** Bytes: several keys, one a line, and some comment. */
const LONGEST = 64 * 1024;

/** Bits with which anybody but the owner could read, write or replace a secret. */
const OPEN_TO_OTHERS = 0o077;

/**
 * The content of a file that only its owner can read: root, or the user who runs this. White space around it is
 * dropped, since editors end a file with a line end.
 *
 * @param path absolute
 * @param setting the variable that names it, for messages
 * @throws {Failure} `config-invalid`: it does not exist, is empty, or others can read it; never with any of its content
 */
export function readSecretFile(path: string, setting: string): string {
  const invalid = (problem: string, hint: string) =>
    new Failure('config-invalid', `${setting} names ${path}, which ${problem}`, { hint });
  if (!isAbsolute(path)) throw invalid('is not an absolute path', `Set ${setting} to an absolute path.`);
  let found: Found;
  try {
    found = asRoot(() => readRegularFile(path, LONGEST));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw invalid(`cannot be read (${code})`, 'Make it a file that the user who runs this can read.');
  }
  if (found.kind === 'missing') throw invalid('is not there', `Make that file, or unset ${setting}.`);
  if (found.kind !== 'file')
    throw invalid('is not a file of its own', 'Put the secret itself into that file.');
  if (!isPrivate(found.stats)) {
    throw invalid(
      'has another owner, or can be read by others than its owner',
      `Run: chmod 600 ${path}, and chown it to root.`,
    );
  }
  const secret = found.bytes.toString('utf8').trim();
  if (secret === '') throw invalid('is empty', 'Put the secret into that file.');
  return secret;
}

function isPrivate({ uid, mode }: Stats): boolean {
  const users = [0, process.getuid?.()];
  return users.includes(uid) && (mode & OPEN_TO_OTHERS) === 0;
}
