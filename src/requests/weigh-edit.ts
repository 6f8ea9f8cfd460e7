import type { Database } from '../database/sqlite.ts';
import type { Index, ReadIndex, User } from '../index/index-model.ts';
import { entriesOf } from '../index/index-model.ts';
import { readIndex } from '../index/read-index.ts';
import { scopeOf } from '../index/tenant-names.ts';
import type { Warning } from '../warning.ts';
import { consequencesOf } from './consequences.ts';
import { type Edited, EditSession } from './edit-session.ts';
import type { Effects, FieldProblem, NewChange, Refused } from './request-model.ts';

/** A function of the rows that makes one edit. */
export type MakeEdit = (session: EditSession) => Edited;

/** An edit that was made in an open transaction, and may be committed. */
export interface Weighed extends Effects {
  readonly kind: 'good';
  readonly id: number;
  readonly change: Omit<NewChange, 'by' | 'live' | 'publish'>;
  /** Path of the event that was meant, `2027/boston/gala`; null for none, and for one that is gone. */
  readonly eventPath: string | null;
}

/**
 * Makes an edit in an open transaction, and proves that the index is in order with it, as machines will read it.
 * Commits nothing.
 */
export function weighEdit(
  db: Database,
  edit: MakeEdit,
  now: Date,
): Weighed | Refused | { readonly kind: 'unchanged'; readonly id: number } {
  const session = new EditSession(db, now);
  const before = readIndex(db);
  const edited = edit(session);
  if (edited.kind === 'refused' || !session.problems.none) {
    return { kind: 'invalid', problems: session.problems.list };
  }
  if (edited.kind !== 'done') return edited;
  const { table, id } = edited;
  if (session.changes.length === 0) return { kind: 'unchanged', id };
  const after = readIndex(db);
  const problems = [...orderProblems(before, after), ...loginProblems(before.index, after.index)];
  if (problems.length > 0) return { kind: 'invalid', problems };
  const own = session.changes.filter((change) => change.table === table && change.id === id);
  return {
    kind: 'good',
    id,
    change: {
      ...edited.change,
      before: own[0]?.before ?? null,
      after: own.at(-1)?.after ?? null,
      rows: session.changes,
    },
    eventPath: table === 'showcases' ? pathOf(after.index, id) : null,
    warnings: [...session.warnings, ...remaining(session, after.warnings)],
    consequences: consequencesOf(before.index, after.index),
  };
}

/** A row that was in order must not be left out, or read with a reservation, because of the edit. */
function orderProblems(before: ReadIndex, after: ReadIndex): FieldProblem[] {
  const known = new Set(before.warnings.map(rowOf));
  return after.warnings
    .filter((warning) => !known.has(rowOf(warning)))
    .map(({ row, reason }) => ({ field: '', message: `Machines could not use ${row}: ${reason}.` }));
}

/** Somebody must be able to log in, and to administer, wherever somebody could. */
function loginProblems(before: Index, after: Index): FieldProblem[] {
  if (before.users.some(canAdminister) && !after.users.some(canAdminister)) {
    return [
      {
        field: 'sites',
        message: 'This is the last administrator who can log in: make another one first.',
      },
    ];
  }
  if (before.users.some(canLogIn) && !after.users.some(canLogIn)) {
    return [{ field: '', message: 'This is the last user who can log in: machines would refuse the index.' }];
  }
  return [];
}

/** What was wrong with the edited rows before, and still is. */
function remaining({ changes }: EditSession, warnings: readonly Warning[]): string[] {
  const edited = new Set(changes.map(({ table, id }) => `${table} ${id}`));
  return warnings
    .filter((warning) => edited.has(rowOf(warning)))
    .map(({ row, reason }) => `Not in order yet: ${row}: ${reason}.`);
}

const rowOf = ({ table, id }: Warning): string => `${table} ${id}`;
const canLogIn = ({ htpasswdLine }: User): boolean => htpasswdLine !== null;
const canAdminister = (user: User): boolean => canLogIn(user) && user.sites.includes('index');

function pathOf(index: Index, id: number): string | null {
  for (const entry of entriesOf(index)) {
    const event = entry.events.find((one) => one.id === id);
    if (event) return scopeOf(entry, event);
  }
  return null;
}
