import type { Warning } from '../warning.ts';
import { costClass } from './cost-class.ts';
import type { User } from './index-model.ts';
import { nameRow } from './row-names.ts';

/**
 * How many classes of hashes (`costClass`) are verified. Each refusal costs one verification of every class, so an
 * index with many classes could keep a processor busy with one wrong password; usual indexes have two or three. Eight
 * cost some 5 s at most.
 */
const MOST_CLASSES = 8;

/**
 * The classes of hashes that count here: first those that most administrators have, then those of other users, up to
 * the limit. Depends on nothing but the users.
 */
export function provenClasses(users: readonly User[]): ReadonlySet<string> {
  const administrators = mostFrequent(users.filter(isAdministrator));
  const others = mostFrequent(users);
  return new Set([...new Set([...administrators, ...others])].slice(0, MOST_CLASSES));
}

/** Adds a warning for each administrator who can log in, but whose password does not count for `update_config`. */
export function warnOfUnproven(users: readonly User[], warnings: Warning[]): void {
  const administrators = users.filter((user) => isAdministrator(user) && user.htpasswdLine !== null);
  const proven = provenClasses(administrators);
  for (const { id, userid, htpasswdLine } of administrators) {
    const known = classOf(htpasswdLine);
    if (known !== null && proven.has(known)) continue;
    const why =
      known === null
        ? 'its hash costs more than bcrypt 14 or 200,000 rounds'
        : `administrators have hashes of more than ${MOST_CLASSES} kinds and costs, and this kind is rare`;
    warnings.push({
      table: 'users',
      id,
      // Not a value that may be an htpasswd line in the wrong column.
      row: nameRow('users', /^[${]/.test(userid) ? null : userid, id),
      reason: `${why}: this user can log in, but is not an administrator for update_config`,
    });
  }
}

function isAdministrator({ sites }: User): boolean {
  return sites.includes('index');
}

function classOf(htpasswdLine: string | null): string | null {
  return htpasswdLine === null ? null : costClass(htpasswdLine.slice(htpasswdLine.indexOf(':') + 1));
}

/** The classes of these users' hashes, the most frequent first; of two that are as frequent the one that came first. */
function mostFrequent(users: readonly User[]): string[] {
  const counts = new Map<string, number>();
  for (const { htpasswdLine } of users) {
    const found = classOf(htpasswdLine);
    if (found !== null) counts.set(found, (counts.get(found) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a).map(([name]) => name);
}
