import { useridProblem } from '../index/htpasswd.ts';
import { quoted } from '../text.ts';
import { type Edited, type EditSession, REFUSED } from './edit-session.ts';
import { namesIn, textOf, type WholeRow } from './index-tables.ts';
import { listOf } from './name-lists.ts';
import type { Edit, OwnForm, UserForm, Value } from './request-model.ts';

interface Existing {
  readonly id: number;
  readonly version: string;
}

type SetPassword = Extract<Edit, { kind: 'password' }>;

/** Without a password: nobody can log in as the new user before one is set. */
export function createUser(session: EditSession, form: UserForm): Edited {
  const cells = readForm(session, form, null);
  if (cells === null) return REFUSED;
  const id = session.insert('users', cells);
  return done('create', id, cells.userid);
}

/** The name in the htpasswd line goes with the userid: machines leave out a user whose two names differ. */
export function updateUser(session: EditSession, existing: Existing, form: UserForm): Edited {
  const found = session.current('users', existing);
  if (found.kind !== 'current') return found;
  const cells = readForm(session, form, found.row);
  if (cells === null) return REFUSED;
  const line = renamedLine(found.row, cells.userid);
  session.update('users', existing.id, { ...cells, ...(line === null ? {} : { password: line }) });
  if (textOf(found.row, 'userid') !== cells.userid) {
    session.warnings.push(
      `From now on the name to log in with is ${quoted(cells.userid)}; the password stays.`,
    );
  }
  return done('update', existing.id, cells.userid);
}

/** The studios of the user have no owner any more. */
export function deleteUser(session: EditSession, existing: Existing): Edited {
  const found = session.current('users', existing);
  if (found.kind !== 'current') return found;
  const { id } = existing;
  if (session.has('locations', 'user_id')) {
    for (const studio of session.rows('locations')) {
      if (studio['user_id'] !== id) continue;
      session.update('locations', Number(studio['id']), { user_id: null });
      session.warnings.push(`The studio ${quoted(textOf(studio, 'name'))} has no owner any more.`);
    }
  }
  session.remove('users', id);
  return done('delete', id, textOf(found.row, 'userid'));
}

/**
 * Writes the line of a new password, and takes away every token that could set another. Names and address are those
 * that the person changes with it.
 *
 * @param hash as an htpasswd line has it behind the name
 */
export function setPassword(session: EditSession, { userid, own }: SetPassword, hash: string): Edited {
  const row = session.rows('users').find((user) => user['userid'] === userid);
  if (!row) return { kind: 'missing' };
  const personal = own === null ? {} : readOwn(session, own, row);
  if (!session.problems.none) return REFUSED;
  const id = Number(row['id']);
  session.update('users', id, { ...personal, password: `${userid}:${hash}`, token: null, link: null });
  return {
    kind: 'done',
    table: 'users',
    id,
    change: { kind: 'password', action: 'update', subject: userid, studio: null },
  };
}

/** The line of a user under another userid; null for a user without one. */
export function renamedLine(row: WholeRow, userid: string): string | null {
  const line = textOf(row, 'password');
  const old = `${textOf(row, 'userid')}:`;
  // A line of another name is of no use, and stays so: with this one it would be another person's password.
  return line.startsWith(old) ? `${userid}:${line.slice(old.length)}` : null;
}

function done(action: 'create' | 'update' | 'delete', id: number, userid: string): Edited {
  return {
    kind: 'done',
    table: 'users',
    id,
    change: { kind: 'user', action, subject: userid, studio: null },
  };
}

type UserCells = Readonly<Record<string, Value>> & { readonly userid: string };

function readForm(session: EditSession, form: UserForm, row: WholeRow | null): UserCells | null {
  const { problems } = session;
  const userid = problems.required('userid', 'The userid', form.userid);
  const wrong = userid === '' ? null : useridProblem(userid);
  // Such a name in a list of users could be a hash in the wrong column.
  if (wrong !== null || /^[${#]|\s/.test(userid)) {
    problems.add('userid', 'A userid has no spaces and no colon, and does not begin with $, { or #.');
  }
  const others = session.rows('users').filter((other) => other['id'] !== row?.['id']);
  if (others.some((other) => textOf(other, 'userid').trim() === userid)) {
    problems.add('userid', `Another user has the userid ${quoted(userid)}.`);
  }
  const cells = { userid, ...readOwn(session, form, row), ...sitesOf(session, form.sites, row) };
  return problems.none ? cells : null;
}

/** Two people may have one address. What a row has already may stay. */
function readOwn({ problems }: EditSession, form: OwnForm, row: WholeRow | null): Record<string, Value> {
  const keeps = (column: string, typed: string): boolean => row !== null && textOf(row, column) === typed;
  const name = (field: 'name1' | 'name2', noun: string): Record<string, Value> => {
    if (keeps(field, form[field])) return {};
    return { [field]: problems.text(field, noun, form[field]) || null };
  };
  return {
    ...(keeps('email', form.email) && form.email !== ''
      ? {}
      : { email: problems.email('email', form.email) }),
    ...name('name1', 'The first name'),
    ...name('name2', 'The second name'),
  };
}

/** Names of studios and `index`; others may stay, since some are of events that the index does not know. */
function sitesOf(
  session: EditSession,
  typed: readonly string[],
  row: WholeRow | null,
): Record<string, Value> {
  const before = row === null ? [] : namesIn(textOf(row, 'sites'));
  const names = [...new Set(typed.map((name) => name.trim()).filter((name) => name !== ''))];
  const studios = session.rows('locations').map((studio) => textOf(studio, 'name').trim());
  const known = new Set(['index', ...before, ...studios]);
  const unknown = names.find((name) => !known.has(name) || name.includes(','));
  if (unknown !== undefined) session.problems.add('sites', `There is no studio ${quoted(unknown)}.`);
  const isSame = names.length === before.length && names.every((name) => before.includes(name));
  return isSame ? {} : { sites: listOf(names) };
}
