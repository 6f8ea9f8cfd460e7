import type { PublishedRow } from '../journal/fleet-history.ts';
import { renderFitting } from '../report/fitting-table.ts';
import { fitted } from '../report/table.ts';

/** Columns. ETags and names come from strangers. */
const LONGEST_CELL = 60;
/** Characters of a digest: so many tell a few hundred of them apart. */
const DIGEST_LENGTH = 12;

/** `--published` as text, newest first. `columns`: of the terminal. */
export function renderPublished(rows: readonly PublishedRow[], columns?: number): string {
  if (rows.length === 0) return 'No published index is kept here yet.\n';
  const isMixed = new Set(rows.map(({ place }) => place)).size > 1;
  const places = (cell: string): string[] => (isMixed ? [cell] : []);
  const table = [
    ['when', ...places('where'), 'run', 'by', 'ETag', 'bytes', 'digest', 'state'],
    ...rows.map((row) => [
      row.at,
      ...places(row.place),
      row.run ?? '-',
      row.by ?? '-',
      row.etag ?? '-',
      String(row.size),
      row.digest.slice(0, DIGEST_LENGTH),
      stateOf(row),
    ]),
  ];
  return renderFitting(
    table.map((row) => row.map((cell) => fitted(cell, LONGEST_CELL))),
    columns,
  );
}

function stateOf({ origin, replacedBy, undoes, isPresent }: PublishedRow): string {
  const undo = undoes === null ? [] : [`undo of ${undoes}`];
  const replaced = replacedBy === null ? [] : [`replaced by ${replacedBy}`];
  const what = origin === 'unpublished' ? ['never published'] : isPresent ? ['present'] : replaced;
  return [...what, ...undo].join(', ') || '-';
}
