import type { Database } from '../database/sqlite.ts';
import type { Warning } from '../warning.ts';
import { parseHtpasswdLine, useridProblem, withoutTrailingSpace } from './htpasswd.ts';
import type { User } from './index-model.ts';
import { warnOfUnproven } from './proven.ts';
import { type Row, rowsOf } from './rows.ts';

/** Users by ascending id. Warnings show nothing of a row but the user name. */
export function readUsers(db: Database, warnings: Warning[]): User[] {
  const users = [...usersOf(db, warnings)];
  warnOfUnproven(users, warnings);
  return users;
}

/** Whether any user that `readUsers` finds can log in. */
export function hasLogin(db: Database): boolean {
  for (const user of usersOf(db, [])) {
    if (user.htpasswdLine !== null) return true;
  }
  return false;
}

function* usersOf(db: Database, warnings: Warning[]): Generator<User, void, void> {
  const ids = new Map<string, number>();
  for (const row of rowsOf(db, 'users', ['userid', 'password', 'sites'], warnings, nameOf)) {
    const userid = row.text('userid') ?? '';
    const problem = useridProblem(userid);
    if (problem) row.problems.push(problem);
    const htpasswdLine = lineOf(row, userid);
    const sites = sitesOf(row);
    const first = ids.get(userid);
    if (first !== undefined) row.problems.push(`row ${first} has the same userid`);
    if (!row.good) continue;
    ids.set(userid, row.id);
    yield { id: row.id, userid, htpasswdLine, sites };
  }
}

/** A value that cannot be a name is not shown: it may be an htpasswd line in the wrong column. */
function nameOf(row: Row): string | null {
  const userid = row.shown('userid') ?? '';
  return useridProblem(userid) !== null || /^[${]/.test(userid) ? null : userid;
}

/**
 * The line of a user who can log in. The line must name the same user: rights go by `userid`, so with a line of another
 * name one person could log in as another.
 */
function lineOf(row: Row, userid: string): string | null {
  const text = row.text('password');
  if (text === null) return null;
  const line = withoutTrailingSpace(text);
  const parsed = parseHtpasswdLine(line);
  if ('reason' in parsed) row.problems.push(`password ${parsed.reason}`);
  else if (parsed.userid !== userid) row.problems.push('password is the line of another userid');
  return line;
}

function sitesOf(row: Row): string[] {
  const list = row.optionalText('sites');
  if (list === null) return [];
  const names = list.split(',').map((name) => name.trim());
  return names.filter((name) => name !== '');
}
