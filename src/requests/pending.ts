import { openImage } from '../database/image.ts';
import type { Database } from '../database/sqlite.ts';
import {
  type AnyRow,
  differingColumns,
  KINDS,
  type Kind,
  pairRows,
  type RowPair,
} from '../index/row-pairs.ts';
import { validateIndex } from '../index/validate.ts';
import { shownCell } from './index-tables.ts';
import type { Pending, PendingChange, PendingColumn } from './pending-model.ts';
import { labelOf, SECRET_WORDS, wordsOfChange } from './pending-words.ts';

/**
 * What a push of our index would change for machines that have theirs: row by row, with old and new values. Rows are the
 * same if they have the same name; a row that was renamed is found by its id and the time it was made. Ids, time stamps
 * and the order in which rows stand do not count.
 *
 * @throws {Failure} `index-invalid`: one of them cannot be used
 */
export function pendingChanges(other: Buffer, local: Buffer): Pending {
  const there = openImage(other);
  const here = openImage(local);
  try {
    validateIndex(there);
    validateIndex(here);
    const sides = {
      there,
      here,
      studios: renamedAsOurs(there, here, 'locations'),
      users: renamedAsOurs(there, here, 'users'),
    };
    const changes = KINDS.flatMap((kind) => changesOf(kind, sides));
    return { changes, needsDeployment: changes.some(({ kind }) => kind === 'region') };
  } finally {
    there.close();
    here.close();
  }
}

/** What a row refers to, by names: ids say nothing to people, and differ between hosts. */
type Named = AnyRow & { readonly studio?: unknown; readonly owner?: unknown };

interface Sides {
  readonly there: Database;
  readonly here: Database;
  /** Names of their studios and users by id. Those that were renamed have ours: what refers to them has not changed. */
  readonly studios: Names;
  readonly users: Names;
}

type Names = ReadonlyMap<unknown, unknown>;

/** The column by which people know the rows of a table that others refer to. */
const NAME_COLUMN = { locations: 'key', users: 'userid' } as const;

function namesIn(db: Database, table: keyof typeof NAME_COLUMN): Map<unknown, unknown> {
  const sql = `SELECT id, "${NAME_COLUMN[table]}" FROM main.${table}`;
  return new Map(db.prepare<[], [unknown, unknown]>(sql).raw().all());
}

function renamedAsOurs(there: Database, here: Database, table: keyof typeof NAME_COLUMN): Names {
  const names = namesIn(there, table);
  for (const kind of KINDS.filter((one) => one.table === table)) {
    for (const { other, local } of joinRenamed(pairRows(there, here, kind))) {
      if (other && local) names.set(other['id'], local[NAME_COLUMN[table]]);
    }
  }
  return names;
}

function changesOf(kind: Kind, { there, here, studios, users }: Sides): PendingChange[] {
  const nameOther = namer(kind, { studios, users });
  const nameLocal = namer(kind, { studios: namesIn(here, 'locations'), users: namesIn(here, 'users') });
  return joinRenamed(pairRows(there, here, kind, studios)).flatMap(({ name, other, local }) => {
    const before = other && nameOther(other);
    const after = local && nameLocal(local);
    const noun = kind.noun as PendingChange['kind'];
    const action = before === null ? 'added' : after === null ? 'removed' : 'changed';
    const columns = columnsOf(before ?? {}, after ?? {});
    if (action === 'changed' && columns.length === 0) return [];
    return [{ kind: noun, action, name, words: wordsOfChange(noun, action, columns), columns }];
  });
}

/** A row that only theirs has, and one that only ours has, with one id and one time of birth, are one that was renamed. */
function joinRenamed(pairs: readonly RowPair[]): RowPair[] {
  const births = new Map(
    pairs.flatMap((pair) =>
      pair.local === null || pair.other !== null ? [] : [[birthOf(pair.local), pair] as const],
    ),
  );
  const joined = new Set<RowPair>();
  const found = pairs.map((pair) => {
    if (pair.other === null || pair.local !== null) return pair;
    const partner = births.get(birthOf(pair.other));
    if (!partner || joined.has(partner)) return pair;
    joined.add(partner);
    return { name: partner.name, other: pair.other, local: partner.local };
  });
  return found.filter((pair) => !joined.has(pair));
}

function birthOf({ id, created_at: time }: AnyRow): string {
  return `${String(id)} ${String(time)}`;
}

function namer(
  { table }: Kind,
  { studios, users }: Pick<Sides, 'studios' | 'users'>,
): (row: AnyRow) => Named {
  if (table === 'showcases') {
    return ({ location_id: id, ...row }) => ({ ...row, studio: studios.get(id) ?? null });
  }
  if (table !== 'locations') return (row) => row;
  return ({ user_id: id, ...row }) => ({ ...row, owner: users.get(id) ?? null });
}

function columnsOf(before: AnyRow, after: AnyRow): PendingColumn[] {
  return differingColumns(before, after).map((column) => {
    const label = labelOf(column);
    if (SECRET_WORDS.has(column)) return { column, label, from: null, to: null };
    return { column, label, from: shownCell(before[column]), to: shownCell(after[column]) };
  });
}
