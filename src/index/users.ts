import type { Database } from '../sqlite.ts';
import { parseHtpasswdLine, useridProblem } from './htpasswd.ts';
import { type Row, visitRows } from './rows.ts';
import type { User, Warning } from './types.ts';

/** Users by ascending id. No warning quotes anything of them. */
export function readUsers(db: Database, warnings: Warning[]): User[] {
  const users = new Map<string, User>();
  visitRows(db, 'users', ['userid', 'password', 'sites'], warnings, (row) => {
    const userid = row.text('userid') ?? '';
    const problem = useridProblem(userid);
    if (problem) row.problems.push(problem);
    const user: User = {
      id: row.id,
      userid,
      htpasswdLine: htpasswdLine(row, userid),
      sites: sites(row.text('sites')),
    };
    const first = users.get(userid);
    if (first) row.problems.push(`row ${first.id} has the same userid`);
    if (row.good) users.set(userid, user);
  });
  return [...users.values()];
}

/**
 * The line of a user who can log in. It must be the user's own: rights go by `userid`, so a line in another's name
 * would let one person in as the other.
 */
function htpasswdLine(row: Row, userid: string): string | null {
  const line = row.text('password');
  if (line === null) return null;
  const parsed = parseHtpasswdLine(line);
  if ('reason' in parsed) row.problems.push(`password ${parsed.reason}`);
  else if (parsed.userid !== userid) row.problems.push('password is the line of another userid');
  return line;
}

function sites(list: string | null): string[] {
  const names = (list ?? '').split(',').map((name) => name.trim());
  return names.filter((name) => name !== '');
}
