import type { LiveFrame, PollAnswer } from '../run/live-frames.ts';
import { askJson, Refused } from './ask-json.ts';
import { Pauses } from './pauses.ts';

export type Run = PollAnswer['run'];
type RunEvent = PollAnswer['events'][number]['event'];

/** `refused`: it will not get better by waiting; the page has to be loaded again. */
export type Connection = 'connected' | 'lost' | 'refused';

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

/** A proxy that swallows the upgrade answers nothing at all. */
const OPEN_MS = 8000;
/** The server says something every 15 s. */
const SILENCE_MS = 40_000;
const WAIT_SECONDS = 25;
/** WebSockets that failed one after another; then only every fifth long poll is followed by another try. */
const MOST_FAILED = 2;

/** Watches a run until it is over: by WebSocket, where that does not work by long poll, for as long as the page is open. */
export function watchRun(options: Watching): { readonly stop: () => void } {
  const ending = new AbortController();
  new Watch(options, ending.signal).go();
  return { stop: () => ending.abort() };
}

class Watch {
  readonly #options: Watching;
  readonly #signal: AbortSignal;
  readonly #pauses = new Pauses();
  #after: number;
  #ticket: string;
  #isOver = false;

  constructor(options: Watching, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
    this.#after = options.after;
    this.#ticket = options.ticket;
  }

  async go(): Promise<void> {
    for (let failed = 0, tries = 0; !this.#isDone(); tries++) {
      if (failed < MOST_FAILED || tries % 5 === 0) failed = (await this.#listen()) ? 0 : failed + 1;
      if (this.#isDone()) return;
      // Also after a WebSocket that was lost: it tells at once how things are, and brings another ticket.
      await this.#ask(failed < MOST_FAILED ? 0 : WAIT_SECONDS);
    }
  }

  #isDone(): boolean {
    return this.#isOver || this.#signal.aborted;
  }

  /** @returns whether anything came; resolves when the socket is closed */
  #listen(): Promise<boolean> {
    const url = new URL(this.#options.socket, location.href);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    url.search = `${new URLSearchParams({ run: this.#options.id, after: `${this.#after}`, ticket: this.#ticket })}`;
    return new Promise((resolve) => {
      const socket = new WebSocket(url);
      const stop = (): void => socket.close();
      let hasSpoken = false;
      let timer = setTimeout(stop, OPEN_MS);
      this.#signal.addEventListener('abort', stop);
      socket.onmessage = ({ data }) => {
        clearTimeout(timer);
        timer = setTimeout(stop, SILENCE_MS);
        if (!hasSpoken) this.#connected();
        hasSpoken = true;
        this.#take(JSON.parse(String(data)) as LiveFrame);
        if (this.#isOver) stop();
      };
      socket.onclose = () => {
        clearTimeout(timer);
        this.#signal.removeEventListener('abort', stop);
        resolve(hasSpoken);
      };
    });
  }

  async #ask(waitSeconds: number): Promise<void> {
    try {
      const query = new URLSearchParams({ after: `${this.#after}`, wait: `${waitSeconds}` });
      const answer = await askJson<PollAnswer>(`${this.#options.poll}?${query}`, this.#signal);
      this.#connected();
      this.#ticket = answer.ticket;
      this.#take({ type: 'state', run: answer.run });
      for (const { seq, event } of answer.events) this.#take({ type: 'event', seq, event });
      if (answer.end) this.#take({ type: 'end' });
    } catch (error) {
      if (this.#signal.aborted) return;
      if (error instanceof Refused && error.isFinal) {
        this.#isOver = true;
        return this.#options.onConnection('refused');
      }
      this.#options.onConnection('lost');
      await this.#pauses.wait(error instanceof Refused ? error.retryMs : 0, this.#signal);
    }
  }

  #connected(): void {
    this.#pauses.succeeded();
    this.#options.onConnection('connected');
  }

  #take(frame: LiveFrame): void {
    if (frame.type === 'state') this.#options.onState(frame.run);
    else if (frame.type === 'end') {
      this.#isOver = true;
      this.#options.onEnd();
    } else if (frame.type === 'event' && frame.seq > this.#after) {
      this.#after = frame.seq;
      this.#options.onEvent(frame.event, frame.seq);
    }
  }
}
