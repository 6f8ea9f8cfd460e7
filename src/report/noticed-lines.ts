import type { NoticedChange } from '../noticed-change.ts';

/** Changes that are shown; one more line gives the number of the others. */
const MOST_CHANGES = 40;

const SIGNS = { new: '+', moved: '>', gone: '-', password: '*' } as const;

/** What people will notice, a line for each change: a sign, a name, and what becomes of it. None for no changes. */
export function noticedLines(changes: readonly NoticedChange[]): string[] {
  const shown = changes.slice(0, MOST_CHANGES);
  const width = Math.max(0, ...shown.map(({ name }) => name.length));
  const lines = shown.map((one) => `${SIGNS[one.change]} ${one.name.padEnd(width)}  ${fate(one)}`);
  const more = changes.length - shown.length;
  return more > 0 ? [...lines, `and ${more} more`] : lines;
}

function fate({ kind, change, from, to }: NoticedChange): string {
  if (kind === 'event') {
    if (change === 'moved') return `was ${from}`;
    return change === 'new' ? 'is new' : 'is gone';
  }
  if (kind === 'studio') return `is served by ${regionName(to)}, was by ${regionName(from)}`;
  if (change === 'password') return 'has another password';
  return change === 'new' ? 'can log in' : 'can no longer log in';
}

function regionName(code: string | null | undefined): string {
  return code ?? 'every region';
}
