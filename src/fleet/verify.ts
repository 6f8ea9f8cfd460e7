import { type Claim, type ClaimedIndex, sameEtag } from './claim.ts';
import { failed, type Verdict } from './judge.ts';
import type { FleetOperation, PublishedIndex } from './types.ts';

/**
 * Judges what a machine says of its state. In a verification it must have the expected index, and have told Navigator of
 * it; where there is none to expect, the index of the first machine that answers. In a dry run its state is all that is
 * asked.
 */
export function settleState(
  operation: FleetOperation,
  expected: PublishedIndex | null,
): (claim: Claim) => Verdict {
  let reference: ClaimedIndex | null | undefined = expected
    ? { etag: expected.etag, sha256: expected.sha256, time: Date.parse(expected.time) }
    : undefined;
  return (claim) => {
    const { index } = claim;
    if (claim.outcome !== 'state')
      return failed('it did not tell its state', 'Look at its version: it knows no ?state=1 yet.');
    const settled = { etag: index?.etag ?? null, detail: describe(claim) };
    reference = reference === undefined ? index : reference;
    const same = sameIndex(index, reference) && claim.fields['pendingReload'] !== true;
    if (operation === 'verify')
      return { kind: 'done', outcome: { ...settled, outcome: same ? 'same' : 'differs' } };
    return { kind: 'done', outcome: { ...settled, outcome: 'dry-run' } };
  };
}

function sameIndex(a: ClaimedIndex | null, b: ClaimedIndex | null): boolean {
  if (!a || !b) return a === b;
  if (a.etag !== null && b.etag !== null) return sameEtag(a.etag, b.etag);
  return a.sha256 !== null && a.sha256 === b.sha256;
}

function describe({ index, fields }: Claim): string {
  const pending = fields['pendingReload'] === true ? ', an update was cut short' : '';
  if (!index) return `no index${pending}`;
  const when = index.time === null ? '' : ` of ${new Date(index.time).toISOString()}`;
  return `index${when}${index.etag === null ? ', its own copy' : ''}${pending}`;
}
