import { pause } from '../backoff.ts';
import { monotonicMs } from '../clock.ts';
import type { DeliveryLimits } from './delivery-limits.ts';
import { KeptRun } from './kept-run.ts';
import { countOf } from './lost-lines.ts';
import { lockRun, removeRun, removeStrayLocks, runsInOutbox, sizeOfRun } from './outbox-place.ts';
import { OutgoingRun } from './outgoing-run.ts';
import type { Sender } from './sender.ts';

/** Where runs are that a dashboard does not have yet. */
export interface Outbox {
  /** Null where there is none. */
  readonly dir: string | null;
  /** Of the address that they are sent to; those for another one stay where they are. */
  readonly urlDigest: string;
}

/** What could not be sent. Not all of it is counted where nobody waits for that. */
export interface LeftRuns {
  readonly runs: number;
  readonly lines: number;
}

/** How long is tried. */
export interface Patience {
  /** Of the monotonic clock; nothing is begun after it. */
  readonly deadline: number;
  /** What fails is tried again until it is aborted; null: it is not tried again at all. */
  readonly signal: AbortSignal | null;
}

/** Sends what earlier runs have left, the oldest first. A run that did not say how it ended is said to be interrupted. */
export async function sendLeftRuns(
  { dir, urlDigest }: Outbox,
  sender: Sender,
  limits: DeliveryLimits,
  patience: Patience,
): Promise<LeftRuns> {
  let runs = 0;
  let lines = 0;
  if (dir === null) return { runs, lines };
  for (const name of runsInOutbox(dir)) {
    // A thousand runs take seconds to be read alone, and nobody asks for their number.
    if (patience.signal === null && monotonicMs() >= patience.deadline) break;
    const kept = KeptRun.take(dir, name, urlDigest);
    if (kept === null) continue;
    const run = new OutgoingRun(kept, limits);
    if (kept.end === null) sayInterrupted(kept, run);
    await sendWhole(run, sender, patience);
    if (run.isComplete || sender.isGone) {
      kept.remove();
      continue;
    }
    runs += 1;
    lines += run.unsent;
    kept.close();
  }
  return { runs, lines };
}

/** Is never aborted. */
const NEVER = new AbortController().signal;

async function sendWhole(run: OutgoingRun, sender: Sender, { deadline, signal }: Patience): Promise<void> {
  while (!sender.isStopped && !signal?.aborted) {
    const now = monotonicMs();
    if (sender.failures > 0 && signal === null) return;
    if (Math.max(now, sender.nextAt) >= deadline) return;
    if (sender.nextAt > now) await pause(sender.nextAt - now, signal ?? NEVER);
    const outgoing = run.next();
    // A pause may have ended later than it should.
    const left = deadline - monotonicMs();
    if (outgoing === null || signal?.aborted || left <= 0) return;
    await sender.attempt(run, outgoing, left);
  }
}

/** The end of a run that was killed. */
function sayInterrupted(kept: KeptRun, run: OutgoingRun): void {
  const { deployId, run: name, operation } = kept.meta;
  const { lastSeq, lastAt } = kept;
  kept.keepStatus({
    status: 'failed',
    error: `the run ended without a word; last line at ${lastAt}`,
    deploy_id: deployId,
    run: name,
    operation,
    status_seq: Math.max(0, ...kept.statuses.keys()) + 1,
    at: lastAt,
    last_seq: lastSeq,
    outcome: 'interrupted',
    dropped: countOf(run.lost),
  });
}

/** Removes what is for an address that wants nothing any more. */
export function dropLeftRuns({ dir, urlDigest }: Outbox): void {
  if (dir === null) return;
  for (const name of runsInOutbox(dir)) KeptRun.take(dir, name, urlDigest)?.remove();
}

/**
 * Removes what is too old, and of the rest the oldest where it is too much, of all addresses. Never throws.
 *
 * @returns how many runs that nobody will get
 */
export function throwAwayOldRuns(dir: string | null, { keptMs, keptBytes }: DeliveryLimits): number {
  if (dir === null) return 0;
  removeStrayLocks(dir);
  let thrown = 0;
  let bytes = 0;
  // From the newest on: what comes behind the bound is too much.
  for (const name of runsInOutbox(dir).reverse()) {
    const found = sizeOfRun(dir, name);
    if (found === null) continue;
    bytes += found.size;
    if (bytes <= keptBytes && Date.now() - found.at <= keptMs) continue;
    if (removeUnlessHeld(dir, name)) thrown += 1;
  }
  return thrown;
}

function removeUnlessHeld(dir: string, name: string): boolean {
  try {
    const lock = lockRun(dir, name);
    if (lock === null) return false;
    removeRun(dir, name);
    lock.release();
    return true;
  } catch {
    return false;
  }
}
