import type { LiveFrame, PollAnswer } from '../run/live-frames.ts';
import { askJson } from './ask-json.ts';
import { type Connection, LiveWatch } from './watch-live.ts';

export type Run = PollAnswer['run'];
type RunEvent = PollAnswer['events'][number]['event'];

export interface Watching {
  readonly id: string;
  /** Address of `/live`, relative to the page. */
  readonly socket: string;
  /** Of `/runs/ID/events`. */
  readonly poll: string;
  /** Number of the last event that the page shows already. */
  readonly after: number;
  readonly ticket: string;
  readonly onState: (run: Run) => void;
  readonly onEvent: (event: RunEvent, seq: number) => void;
  /** The run is over, and everything has been told. */
  readonly onEnd: () => void;
  readonly onConnection: (connection: Connection) => void;
}

const OPEN_MS = 8000;

/** Watches a run until it is over. */
export function watchRun(options: Watching): { readonly stop: () => void } {
  const { id, socket, poll, ticket, onState, onEvent, onEnd, onConnection } = options;
  const ending = new AbortController();
  let { after } = options;
  const take = (frame: LiveFrame): boolean => {
    if (frame.type === 'state') onState(frame.run);
    else if (frame.type === 'end') onEnd();
    else if (frame.type === 'event' && frame.seq > after) {
      after = frame.seq;
      onEvent(frame.event, frame.seq);
    }
    return frame.type === 'end';
  };
  const source = {
    socket: (pass: string) => {
      const url = new URL(socket, location.href);
      url.search = `${new URLSearchParams({ run: id, after: `${after}`, ticket: pass })}`;
      return url;
    },
    ask: async (waitSeconds: number, signal: AbortSignal) => {
      const query = new URLSearchParams({ after: `${after}`, wait: `${waitSeconds}` });
      const answer = await askJson<PollAnswer>(`${poll}?${query}`, signal);
      const events = answer.events.map((event) => ({ type: 'event', ...event }) as const);
      const frames: LiveFrame[] = [{ type: 'state', run: answer.run }, ...events];
      return { ticket: answer.ticket, frames: answer.end ? [...frames, { type: 'end' } as const] : frames };
    },
    ...{ take, onConnection, openMs: OPEN_MS },
  };
  void new LiveWatch<LiveFrame>(source, ticket, ending.signal).go();
  return { stop: () => ending.abort() };
}
