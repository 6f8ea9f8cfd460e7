import type { Comparison } from '../install/compare.ts';
import type { FileFacts } from '../report/results.ts';

/** What a result says of each file, the index first. */
export function fileFacts(
  comparisons: readonly Comparison[],
  index: { path: string; changed: boolean; size: number },
): FileFacts[] {
  return [
    { kind: 'index', ...index },
    ...comparisons.map(({ file, changed }) => ({
      kind: file.kind,
      path: file.path,
      changed,
      size: Buffer.byteLength(file.content),
    })),
  ];
}

/** `3 of 5 files differ: htpasswd, map, navigator` */
export function describeChanges(facts: readonly FileFacts[]): string {
  const changed = facts.filter((fact) => fact.changed);
  if (changed.length === 0) return 'nothing differs';
  return `${changed.length} of ${facts.length} differ: ${changed.map((fact) => fact.kind).join(', ')}`;
}
