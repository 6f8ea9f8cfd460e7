import type { ReceivedLine, ReceivedRun } from '../../runs/deploys/deploy-model.ts';

/** What is sent over a WebSocket of a run that was received, one JSON text a frame. `state` comes first, and at each change. */
export type DeployFrame =
  | { readonly type: 'state'; readonly run: ReceivedRun; readonly now: number }
  /** In the order of their arrival, which need not be that of their numbers. */
  | { readonly type: 'lines'; readonly lines: readonly ReceivedLine[]; readonly cursor: number }
  | { readonly type: 'ping' }
  /** The run is over, and none of its lines is missing. */
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
export function isWhole({
  status,
  lastSeq,
  sentLastSeq,
}: Pick<ReceivedRun, 'status' | 'lastSeq' | 'sentLastSeq'>): boolean {
  return (status === 'completed' || status === 'failed') && lastSeq >= sentLastSeq;
}
