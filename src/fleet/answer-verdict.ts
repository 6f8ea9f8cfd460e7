import { sameEtag } from '../etag.ts';
import type { FailureCode } from '../failure.ts';
import type { FleetError, Machine, MachineOutcome, PublishedIndex } from '../report/fleet-results.ts';
import { type Answer, type Claim, readAnswer, sameBytes } from './claim.ts';
import { type Reply, retryAfterMs } from './exchange.ts';
import type { Sending } from './fleet-model.ts';
import { BRING_IT, isFinal, isPlatformScript, KEPT, ofUnsigned, PLATFORM_SCRIPT } from './refusals.ts';
import { shortageOf } from './shortages.ts';

/** The verdict on an answer. */
export type Verdict =
  | { readonly kind: 'done'; readonly outcome: AnsweredOutcome }
  /** Not the expected answer, but another attempt may give it. */
  | {
      readonly kind: 'retry';
      readonly error: FleetError;
      readonly etag: string | null;
      /** Milliseconds that the other side asks us to wait; 0 when it does not. */
      readonly waitMs: number;
    }
  | { readonly kind: 'failed'; readonly error: FleetError; readonly etag: string | null };

/** The part of a machine's outcome that its answer decides. */
type AnsweredOutcome = Pick<MachineOutcome, 'outcome' | 'etag' | 'detail' | 'version'>;

/** The question to the machines, which decides what an answer to it means. */
export interface Question {
  /** Of the request, such as `?dry_run=1`. */
  readonly query: string;
  /** On an answer of the right machine with status 200. */
  readonly verdict: (claim: Claim) => Verdict;
  /** Whether the answer must name the machine that was asked. */
  readonly namesMachines: boolean;
  /** The body of the request; absent for none. */
  readonly sends?: Sending;
}

/** What the reply of one machine means for the operation, and the machine's log. */
export function verdictOn(
  reply: Reply,
  machine: Machine,
  question: Question,
): { verdict: Verdict; log: readonly string[] } {
  if (reply.kind !== 'answered') return { verdict: verdictOnSilence(reply), log: [] };
  const answer = readAnswer(reply.body);
  return { verdict: verdictOnAnswer(reply, answer, machine, question), log: answer.log };
}

function verdictOnSilence(reply: Exclude<Reply, { kind: 'answered' }>): Verdict {
  switch (reply.kind) {
    case 'unreachable': {
      const error = shortageOf(reply.code);
      if (error) return { kind: 'retry', error, etag: null, waitMs: 0 };
      // Another attempt would meet the same certificate.
      return /CERT|SIGNATURE/.test(reply.code)
        ? failed(
            `no connection that can be trusted (${reply.code})`,
            'Check the URL of the target, and the clock of this host.',
          )
        : retry(
            `no connection (${reply.code})`,
            'Check that the machine runs and that the URL of the target is right (FLEET_FLY_URL, FLEET_KAMAL_URL).',
          );
    }
    case 'timed-out':
      return retry(
        'no answer in time',
        'Look at its log. If it is only slow, raise FLEET_TIMEOUT (seconds).',
      );
    case 'truncated':
      return retry('the answer was cut short', 'Look at its log: the update may have been killed.');
    case 'too-large':
      return failed('the answer is far too long', 'Check the URL of the target: update_config is not there.');
    case 'aborted':
      return failed('the request was cancelled', 'Run it again.', 'cancelled');
  }
}

function verdictOnAnswer(
  reply: Extract<Reply, { kind: 'answered' }>,
  { claim, log }: Answer,
  machine: Machine,
  question: Question,
): Verdict {
  const { status } = reply;
  const etag = claim?.index?.etag ?? null;
  const waitMs = retryAfterMs(reply.headers, Date.now()) ?? 0;
  if (claim && question.namesMachines && claim.machine !== machine.id)
    return retry(
      `machine ${shown(claim.machine)} answered in its place`,
      'See whether the machine still runs: Fly sent the request elsewhere.',
    );
  if (!claim && isPlatformScript(log)) return { kind: 'failed', error: PLATFORM_SCRIPT, etag };
  if (claim && status === 401 && question.sends)
    return { kind: 'failed', error: ofUnsigned(reply.headers, Date.now()), etag };
  if (isFinal(status, claim)) return { kind: 'failed', error: ofStatus(status, claim), etag };
  if (status === 408 || status === 429 || status >= 500)
    return { kind: 'retry', error: ofStatus(status, claim), etag, waitMs };
  if (status < 200 || status >= 300) return { kind: 'failed', error: ofStatus(status, claim), etag };
  if (!claim)
    return retry(
      `status ${status}, but no RESULT line`,
      'Look at what answers there: it is not update_config, or it was killed.',
    );
  if (claim.error || claim.outcome === 'failed')
    return { kind: 'failed', error: ofStatus(status, claim), etag };
  return question.verdict(claim);
}

/** What is wrong with an answer whose status is not 200: in the machine's own words, if it sent any. */
function ofStatus(status: number, claim: Claim | null): FleetError {
  const own = claim?.error;
  const error = (text: string, hint: string): FleetError => ({
    code: 'machine-failed',
    message: `status ${status}${text}`,
    hint,
  });
  if (own && own.message !== '') {
    const text = `: ${shown(own.message)}`;
    return own.hint === ''
      ? error(text, 'Look at its log.')
      : { ...error(text, shown(own.hint)), hintFrom: 'machine' };
  }
  if (status >= 300 && status < 400)
    return error(': the URL leads elsewhere', 'Set the URL of the target to where update_config answers.');
  if (status === 401 || status === 403)
    return error(': access denied', "Give an administrator's credentials with --user, or in netrc.");
  if (status === 404 || status === 405)
    return error(
      ': update_config is not there',
      'Check the URL of the target, and whether the machine is still there.',
    );
  return error('', 'Look at its log; --verbose shows what it answered.');
}

/**
 * An update counts if the machine says that it has the published index.
 *
 * @param local whether nothing was published: then another attempt could find nothing else
 */
export function updateVerdict(
  expected: PublishedIndex,
  namesMachines: boolean,
  local = false,
): (claim: Claim) => Verdict {
  return (claim) => {
    const { index, outcome } = claim;
    const etag = index?.etag ?? null;
    if (outcome !== 'updated' && outcome !== 'unchanged')
      return {
        ...failed(`it answered with the outcome ${shown(outcome)}`, 'Look at its version and its log.'),
        etag,
      };
    if (has(claim, expected, namesMachines))
      return { kind: 'done', outcome: { outcome, etag, detail: changes(claim) } };
    if (local) return { ...failed('it has another index than this host', BRING_IT), etag };
    const newer = index?.time != null && index.time.getTime() > Date.parse(expected.time) + 999;
    if (newer && etag !== null)
      return {
        ...failed(
          `it has a newer index than the one published, ${shown(etag)}`,
          'Another index was published meanwhile: run it again to see every machine follow.',
        ),
        etag,
      };
    return {
      ...retry(
        etag === null
          ? 'it kept its local index, which is not the published one'
          : `it has ${shown(etag)}, not the index that was published`,
        'Look at its log: it may be unable to reach the store, or the published index was rolled back there.',
      ),
      etag,
    };
  };
}

const ASKED_FOR: Readonly<Record<'update' | 'dry-run', readonly AnsweredOutcome['outcome'][]>> = {
  update: ['updated', 'unchanged'],
  'dry-run': ['dry-run'],
};

/**
 * If the index was sent, an update counts if the machine says that it has that very index, by its digests; a dry run
 * counts if the machine would have it.
 */
export function pushVerdict(expected: PublishedIndex, isDryRun = false): (claim: Claim) => Verdict {
  return (claim) => {
    const { index } = claim;
    const etag = index?.etag ?? null;
    const outcome = ASKED_FOR[isDryRun ? 'dry-run' : 'update'].find((one) => one === claim.outcome);
    if (!outcome)
      return {
        ...failed(`it answered with the outcome ${shown(claim.outcome)}`, 'Look at its version and its log.'),
        etag,
      };
    if (index && sameBytes(index, expected)) {
      const detail = `${isDryRun ? 'would do: ' : ''}${changes(claim)}`;
      return { kind: 'done', outcome: { outcome, etag, detail } };
    }
    return {
      ...failed(`it ${isDryRun ? 'would keep' : 'kept'} another index than the one that was sent`, KEPT),
      etag,
    };
  };
}

/** A dry run counts if the machine did one, with whatever index it found: the new one is not published yet. */
export function dryRunVerdict(expected: PublishedIndex, namesMachines: boolean): (claim: Claim) => Verdict {
  return (claim) => {
    const etag = claim.index?.etag ?? null;
    if (claim.outcome !== 'dry-run')
      return { ...failed(`it answered with the outcome ${shown(claim.outcome)}`, 'Look at its log.'), etag };
    const detail = has(claim, expected, namesMachines)
      ? `would do: ${changes(claim)}`
      : `would get the new index, and reload (the one it finds now: ${changes(claim)})`;
    return { kind: 'done', outcome: { outcome: 'dry-run', etag, detail } };
  };
}

/**
 * Whether the machine has the expected index: by ETag. A server that works from a copy of its own, without a store, has
 * no ETag; then the digest of the bytes decides.
 */
function has({ index }: Claim, expected: PublishedIndex, namesMachines: boolean): boolean {
  if (!index) return false;
  if (index.etag !== null) return sameEtag(index.etag, expected.etag);
  return !namesMachines && sameBytes(index, expected);
}

function changes({ changed, files, reload }: Claim): string {
  return `${changed} of ${files} files changed, ${reload ? 'a reload follows' : 'no reload'}`;
}

/** Text from outside, cut to be quoted in a message; unprintable characters are escaped when it is shown. */
function shown(text: string): string {
  return text.length > 300 ? `${text.slice(0, 300)}...` : text;
}

function retry(message: string, hint: string): Extract<Verdict, { kind: 'retry' }> {
  return { kind: 'retry', error: { code: 'machine-failed', message, hint }, etag: null, waitMs: 0 };
}

export function failed(
  message: string,
  hint: string,
  code: FailureCode = 'machine-failed',
): Extract<Verdict, { kind: 'failed' }> {
  return { kind: 'failed', error: { code, message, hint }, etag: null };
}
