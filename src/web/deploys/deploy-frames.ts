import type { ReceivedLine, ReceivedRun } from '../../runs/deploys/deploy-model.ts';
import { GONE_MS, hasEnded } from '../../runs/deploys/deploy-standing.ts';

/** What is sent over a WebSocket of a run that was received, one JSON text a frame. `state` comes first, and at each change. */
export type DeployFrame =
  | { readonly type: 'state'; readonly run: ReceivedRun; readonly now: number }
  /** In the order of their arrival, which need not be that of their numbers. */
  | { readonly type: 'lines'; readonly lines: readonly ReceivedLine[]; readonly cursor: number }
  | { readonly type: 'ping' }
  /** Nothing more is waited for: the run is over, and nothing is missing, or it has been silent for too long. */
  | { readonly type: 'end' };

/** The answer of `/deploys/:id/logs`. */
export interface DeployAnswer {
  readonly run: ReceivedRun;
  readonly lines: readonly ReceivedLine[];
  /** Behind the last of them, where the request named one; else that of the run. */
  readonly cursor: number;
  /** As the frame `end`: nothing more will come. */
  readonly end: boolean;
  /** For the next WebSocket: a browser does not reliably send its login with one. */
  readonly ticket: string;
  /** Milliseconds since 1970, by the clock that `lastHeardAt` is of. */
  readonly now: number;
}

/** Whether all of a run was said, and all of it is here. */
export function isWhole(run: Pick<ReceivedRun, 'status' | 'lastSeq' | 'sentLastSeq'>): boolean {
  return hasEnded(run) && run.lastSeq >= run.sentLastSeq;
}

/** Milliseconds: a day. Later than that nobody waits for a run that has not said how it ended. */
const FORGOTTEN_MS = 86_400_000;

/**
 * Whether nothing more of a run is waited for. Lines that are missing at its end come with the next run of its sender, if at
 * all: that is waited for as long as it takes until a run is gone.
 *
 * @param now milliseconds since 1970, by the clock of the receiver
 */
export function isFinished(run: ReceivedRun, now: number): boolean {
  const silence = now - run.lastHeardAt;
  return isWhole(run) || silence >= (hasEnded(run) ? GONE_MS : FORGOTTEN_MS);
}
