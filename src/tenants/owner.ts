import { chmodSync, lchownSync, lstatSync, readFileSync, statSync } from 'node:fs';
import { onDisk } from '../install/disk.ts';
import type { Ownership } from '../install/stage.ts';
import { mappingAt } from '../site/data.ts';
import { navigatorPart } from '../site/static.ts';
import type { Site } from '../site/types.ts';

/** The application writes, everybody on the machine may read: it is alone there. */
const NEW_MODE = 0o644;

/** SQLite's own files beside a database, all of which its user must be able to write. */
const FILES = ['', '-wal', '-shm', '-journal'];

export interface Accounts {
  /** Text as in /etc/passwd. */
  readonly passwd: string;
  /** Text as in /etc/group. */
  readonly group: string;
}

/**
 * What a tenant's database shall be like: that of the user and group that Navigator runs tenants as
 * (`applications.pools`), where this machine has such a user, else of the owner of the db dir.
 *
 * @throws {Failure} `disk`
 */
export function readOwner(site: Site, accounts: Accounts = readAccounts()): Ownership {
  const pools = mappingAt(mappingAt(navigatorPart(site).config, 'applications'), 'pools');
  const user = lineOf(accounts.passwd, pools['user']);
  const directory = onDisk('cannot look at', site.dbDir, () => statSync(site.dbDir));
  const uid = numberAt(user, 2);
  if (uid === null) return { mode: NEW_MODE, uid: directory.uid, gid: directory.gid };
  const gid = numberAt(lineOf(accounts.group, pools['group']), 2) ?? numberAt(user, 3) ?? directory.gid;
  return { mode: NEW_MODE, uid, gid };
}

/**
 * Gives a database and SQLite's files beside it to their owner, if this process may; others only look.
 *
 * @param options.made whether the database has just been made, and so gets the mode as well
 * @returns whether anything was changed
 * @throws {Failure} `disk`
 */
export function giveToOwner(path: string, owner: Ownership, options: { made: boolean }): boolean {
  if (process.geteuid?.() !== 0) return false;
  return onDisk('cannot give to its owner', path, () => {
    let changed = false;
    for (const suffix of FILES) {
      const file = path + suffix;
      const stats = lstatSync(file, { throwIfNoEntry: false });
      // A link could lead to somebody else's file.
      if (!stats?.isFile() || stats.nlink !== 1) continue;
      if (stats.uid !== owner.uid || stats.gid !== owner.gid) {
        lchownSync(file, owner.uid, owner.gid);
        changed = true;
      }
      if (suffix === '' && options.made && (stats.mode & 0o7777) !== owner.mode) chmodSync(file, owner.mode);
    }
    return changed;
  });
}

function readAccounts(): Accounts {
  return { passwd: readText('/etc/passwd'), group: readText('/etc/group') };
}

/** Nobody is known where there is no such file. */
function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** The fields of the line that begins with this name. */
function lineOf(text: string, name: unknown): readonly string[] | null {
  if (typeof name !== 'string' || name === '') return null;
  return (
    text
      .split('\n')
      .find((line) => line.startsWith(`${name}:`))
      ?.split(':') ?? null
  );
}

function numberAt(fields: readonly string[] | null, at: number): number | null {
  const text = fields?.[at] ?? '';
  return /^[0-9]{1,10}$/.test(text) ? Number(text) : null;
}
