import type { RunEvent } from '../../report/events.ts';
import type { Run } from '../../runs/run-model.ts';

/** What is sent over a WebSocket of a run, one JSON text a frame. `state` comes first, and at each change. */
export type LiveFrame =
  | { readonly type: 'state'; readonly run: Run }
  | { readonly type: 'event'; readonly seq: number; readonly event: RunEvent }
  | { readonly type: 'ping' }
  /** The run is over, and all of its events were sent. */
  | { readonly type: 'end' };

/** The answer of a long poll. */
export interface PollAnswer {
  readonly run: Run;
  readonly events: readonly { readonly seq: number; readonly event: RunEvent }[];
  /** As the frame `end`: nothing more will come. */
  readonly end: boolean;
  /** For the next WebSocket: a browser does not reliably send its login with one. */
  readonly ticket: string;
}
