import { lstatSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { Failure } from '../../failure.ts';
import { onDisk } from '../../files/disk.ts';
import { makeDirectory, makePrivateDirectory } from '../../rights/directories.ts';
import { quoted } from '../../text.ts';

/**
 * The state directory, made where there is none: it holds addresses, what people typed, and the key of all seals. A link
 * is followed, so that the directory behind it is private, too.
 *
 * @param report told where others may enter all the same, since it is not this process's own
 * @returns its path, without links
 * @throws {Failure} `config-invalid`, `disk`
 */
export function webStateDir(path: string, report: (problem: string) => void): string {
  return onDisk('cannot prepare', path, () => {
    makeDirectory(dirname(path));
    const real = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ? targetOf(path) : path;
    makePrivateDirectory(real);
    const stats = statSync(real);
    if (!stats.isDirectory()) throw unusable(path, 'is not a directory');
    if ((stats.mode & 0o077) !== 0)
      report(`others may enter ${quoted(real)}, which holds secrets: make it private (chmod 700)`);
    return real;
  });
}

function targetOf(link: string): string {
  try {
    return realpathSync(link);
  } catch {
    throw unusable(link, 'is a link that leads nowhere');
  }
}

function unusable(path: string, why: string): Failure {
  return new Failure('config-invalid', `the state directory ${quoted(path)} ${why}`, {
    hint: 'Set WEB_STATE_DIR to a directory of its own, or move aside what is there.',
  });
}
