import { sameEtag } from '../etag.ts';
import { isRecord } from '../json.ts';
import {
  type FleetOperation,
  type MachineOutcome,
  nameOf,
  type PublishedIndex,
} from '../report/fleet-results.ts';
import { failed, type Verdict } from './answer-verdict.ts';
import { type Claim, type ClaimedIndex, sameBytes } from './claim.ts';

/**
 * The verdict on the state that a machine reports. In a verification it must have the expected index, and the files of that
 * index; if no index is expected, that of the first machine that answers. In a dry run it says whether an update would
 * change anything.
 *
 * @param byBytes whether equal bytes are the same index, even with different ETags
 */
export function stateVerdict(
  operation: FleetOperation,
  expected: PublishedIndex | null,
  byBytes = false,
): (claim: Claim) => Verdict {
  let reference: ClaimedIndex | null = expected
    ? {
        etag: expected.etag,
        sha256: expected.sha256,
        digest: expected.digest ?? null,
        time: new Date(expected.time),
      }
    : null;
  return (claim) => {
    const { index } = claim;
    if (claim.outcome !== 'state')
      return failed('its answer has no state', 'Look at its version: it knows no ?state=1 yet.');
    const version = claim.fields['version'];
    const reported = {
      etag: index?.etag ?? null,
      detail: describe(claim),
      ...(typeof version === 'string' && VERSION.test(version) ? { version } : {}),
    };
    reference ??= index;
    const isComplete =
      claim.changed === 0 && claim.fields['pendingReload'] !== true && !isRecord(claim.fields['fallback']);
    const same = sameIndex(index, reference, byBytes) && isComplete;
    if (operation === 'verify')
      return { kind: 'done', outcome: { ...reported, outcome: same ? 'same' : 'differs' } };
    const todo = same ? 'nothing to do' : 'would be updated';
    return {
      kind: 'done',
      outcome: { ...reported, outcome: 'dry-run', detail: `${todo}: ${reported.detail}` },
    };
  };
}

/** What we say of ourselves; anything else is not repeated. */
const VERSION = /^[\w.+-]{1,60}$/;

/** Machines of one version that are named. */
const MOST_NAMES = 5;

/** Which machines run another version than most do, in words; null where all run the same. */
export function versionsNote(outcomes: readonly MachineOutcome[]): string | null {
  const versions = new Map<string, string[]>();
  for (const { machine, outcome, version = 'a version that does not tell its name' } of outcomes) {
    if (outcome === 'failed') continue;
    versions.set(version, [...(versions.get(version) ?? []), nameOf(machine)]);
  }
  const [most, ...others] = [...versions].sort(([, a], [, b]) => b.length - a.length);
  if (!most || others.length === 0) return null;
  const groups = others.map(([version, names]) => {
    const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : '';
    return `${names.slice(0, MOST_NAMES).join(', ')}${more}: ${version}`;
  });
  return `not all machines run the same version: ${groups.join('; ')}; the others: ${most[0]}`;
}

function sameIndex(a: ClaimedIndex | null, b: ClaimedIndex | null, byBytes: boolean): boolean {
  if (!a || !b) return false;
  if (byBytes && sameBytes(a, b)) return true;
  if (a.etag !== null && b.etag !== null) return sameEtag(a.etag, b.etag);
  return sameBytes(a, b);
}

function describe({ index, changed, fields }: Claim): string {
  const when = index?.time == null ? '' : ` of ${index.time.toISOString()}`;
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
