import { sameEtag } from '../etag.ts';
import { isRecord } from '../json.ts';
import type { FleetOperation, PublishedIndex } from '../report/fleet-results.ts';
import { type Claim, type ClaimedIndex, sameBytes } from './claim.ts';
import { failed, type Verdict } from './judge-answer.ts';

/**
 * Judges what a machine says of its state. In a verification it must have the expected index, and all that follows from
 * it; where there is none to expect, the index of the first machine that answers. In a dry run it says whether there is
 * anything to do.
 *
 * @param byBytes whether the same bytes are the same index, whatever ETag they have on either side
 */
export function settleState(
  operation: FleetOperation,
  expected: PublishedIndex | null,
  byBytes = false,
): (claim: Claim) => Verdict {
  let reference: ClaimedIndex | null = expected
    ? {
        etag: expected.etag,
        sha256: expected.sha256,
        digest: expected.digest ?? null,
        time: Date.parse(expected.time),
      }
    : null;
  return (claim) => {
    const { index } = claim;
    if (claim.outcome !== 'state')
      return failed('it did not tell its state', 'Look at its version: it knows no ?state=1 yet.');
    const settled = { etag: index?.etag ?? null, detail: describe(claim) };
    reference ??= index;
    const settledDown =
      claim.changed === 0 && claim.fields['pendingReload'] !== true && !isRecord(claim.fields['fallback']);
    const same = sameIndex(index, reference, byBytes) && settledDown;
    if (operation === 'verify')
      return { kind: 'done', outcome: { ...settled, outcome: same ? 'same' : 'differs' } };
    const todo = same ? 'nothing to do' : 'would be updated';
    return {
      kind: 'done',
      outcome: { ...settled, outcome: 'dry-run', detail: `${todo}: ${settled.detail}` },
    };
  };
}

function sameIndex(a: ClaimedIndex | null, b: ClaimedIndex | null, byBytes: boolean): boolean {
  if (!a || !b) return false;
  if (byBytes && sameBytes(a, b)) return true;
  if (a.etag !== null && b.etag !== null) return sameEtag(a.etag, b.etag);
  return sameBytes(a, b);
}

function describe({ index, changed, fields }: Claim): string {
  const when = index?.time == null ? '' : ` of ${new Date(index.time).toISOString()}`;
  const run = fields['lastRun'];
  return [
    index ? `index${when}` : 'no index',
    ...(index && index.etag === null ? ['its own copy'] : []),
    ...(changed > 0 ? [`${changed} of its files are not what that index gives`] : []),
    ...(fields['pendingReload'] === true ? ['an update was cut short'] : []),
    ...(isRecord(fields['fallback'])
      ? ['it serves from the index that it has, since its last update failed']
      : []),
    ...(isRecord(run) && run['outcome'] === 'failed' ? ['its last run failed'] : []),
  ].join(', ');
}
