import { readFileSync } from 'node:fs';
import { Failure } from '../failure.ts';

/** The account that the application runs as: its tenants, and so the owner of its files. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  /** Its home directory; `/` where the machine names none. */
  readonly home: string;
}

/** A user, and the group in place of the user's own one; null for that. */
export interface AccountName {
  readonly user: string;
  readonly group: string | null;
}

/** The machine's own lists. */
export interface Accounts {
  /** Text as in /etc/passwd. */
  readonly passwd: string;
  /** Text as in /etc/group. */
  readonly group: string;
}

/**
 * Reads `APP_USER`: `user` or `user:group`, names or numbers. Null where it is unset or empty.
 *
 * @throws {Failure} `config-invalid`
 */
export function readAppUser(env: NodeJS.ProcessEnv): AccountName | null {
  const value = env['APP_USER'];
  if (!value) return null;
  const [user = '', group, ...rest] = value.split(':');
  const isName = (text: string) => /^[A-Za-z0-9_][A-Za-z0-9_.-]*\$?$/.test(text);
  if (rest.length === 0 && isName(user) && (group === undefined || isName(group))) {
    return { user, group: group ?? null };
  }
  throw new Failure('config-invalid', 'APP_USER is not the name of an account', {
    hint: 'Set APP_USER to a user such as rails, or to user:group; or unset it for the one that navigator.yml names.',
  });
}

/**
 * The account of that name on this machine; null where there is none. As Navigator takes it (`GetUserCredentials`): the
 * group that is named, else the user's own, and no others. Numbers need no entry, so that containers without one work.
 */
export function findAccount(
  { user, group }: AccountName,
  accounts: Accounts = readAccounts(),
): Account | null {
  const entry = lineOf(accounts.passwd, user) ?? lineOf(accounts.passwd, user, 2);
  const uid = numberAt(entry, 2) ?? numberOf(user);
  const own = numberAt(entry, 3);
  const gid = group === null ? (own ?? numberOf(user)) : groupId(group, accounts.group);
  if (uid === null || gid === null) return null;
  return { name: entry?.[0] ?? user, uid, gid, home: entry?.[5] || '/' };
}

function groupId(group: string, text: string): number | null {
  return numberAt(lineOf(text, group), 2) ?? numberOf(group);
}

/** /etc alone is asked: look-ups by other means (LDAP, NSS) take a network that a start hook must not wait for. */
function readAccounts(): Accounts {
  return { passwd: readText('/etc/passwd'), group: readText('/etc/group') };
}

/** No account is known if there is no such file. */
function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** The fields of the line that has this text in the field at that place. */
function lineOf(text: string, name: string, at = 0): readonly string[] | null {
  if (name === '') return null;
  const lines = text.split('\n').map((line) => line.split(':'));
  return lines.find((fields) => fields[at] === name) ?? null;
}

function numberAt(fields: readonly string[] | null, at: number): number | null {
  return numberOf(fields?.[at] ?? '');
}

/** Below the two ids that stand for "none" in system calls. */
function numberOf(text: string): number | null {
  const value = /^[0-9]{1,10}$/.test(text) ? Number(text) : Number.NaN;
  return value < 0xffff_fffe ? value : null;
}
