import { Failure } from '../failure.ts';
import { describeDifferences } from '../index/differences.ts';
import { counted } from '../text.ts';
import { readKeptImage } from './kept-files.ts';
import { ofDigest, presentIn } from './kept-list.ts';
import type { Memory } from './memory.ts';
import type { PublishContext } from './publish-context.ts';
import { sameRows } from './same-rows.ts';
import type { Taken } from './taken-back.ts';

interface Content {
  readonly image: Buffer;
  readonly digest: string;
}

type PendingContext = Pick<PublishContext, 'site'>;

/** Rows that a refusal names. */
const MOST_NAMED = 3;

/** Whether the index of this host has content that was never published from here, and that no copy is kept of. */
export function isPending(context: PendingContext, memory: Memory, live: Content): boolean {
  if (live.digest === memory.state.last?.digest || ofDigest(memory.kept, live.digest)) return false;
  // What an undo that was killed has put here.
  if (live.digest === memory.kept.restored?.digest) return false;
  const present = presentImage(context, memory);
  return present === null || !sameRows(present, live.image);
}

/** Whether an update has put it here, and nobody has changed it since. */
export function isFetched({ installed }: Memory, live: Content): boolean {
  return installed?.digest === live.digest;
}

/** Says what would be lost, and how to go on. */
export function refusePending(
  context: PendingContext,
  memory: Memory,
  live: Content,
  { undoes }: Pick<Taken, 'undoes'>,
): Failure {
  return new Failure(
    'pending-changes',
    `${describePending(context, memory, live)}, which an undo would take away`,
    {
      hint: `Publish them first, and then take back run ${undoes} (--undo ${undoes}); or add --discard-pending: a copy of them is kept, and listed by --published.`,
    },
  );
}

export function describePending(context: PendingContext, memory: Memory, live: Content): string {
  const owner = 'the index of this host has';
  const present = presentImage(context, memory);
  const lines = present ? describeDifferences(present, live.image) : [];
  if (!lines.some((line) => line.includes(':'))) return `${owner} changes that were never published`;
  const named = lines
    .slice(0, MOST_NAMED)
    .join('; ')
    .replaceAll('only in ours', 'added')
    .replaceAll('only in theirs', 'removed');
  const more = lines.length > MOST_NAMED ? '; ...' : '';
  return `${owner} ${counted(lines.length, 'change')} that ${lines.length === 1 ? 'was' : 'were'} never published (${named}${more})`;
}

function presentImage({ site }: PendingContext, { kept, state }: Memory): Buffer | null {
  const present = presentIn(kept, state.last?.etag ?? null);
  return present && readKeptImage(site.dbDir, present);
}
