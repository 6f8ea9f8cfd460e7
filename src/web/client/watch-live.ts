import { Refused } from './ask-json.ts';
import { Pauses } from './pauses.ts';

/** `refused`: it will not get better by waiting; the page has to be loaded again. */
export type Connection = 'connected' | 'lost' | 'refused';

/** What came, and whether nothing more will. */
interface Answer<Frame> {
  readonly frames: readonly Frame[];
  /** For the next WebSocket. */
  readonly ticket: string;
}

export interface Source<Frame> {
  /** Address of the WebSocket, by what is known already. */
  readonly socket: (ticket: string) => URL;
  /** Asks without one, and waits so long for news. @throws {Refused}; TypeError where nobody answers */
  readonly ask: (waitSeconds: number, signal: AbortSignal) => Promise<Answer<Frame>>;
  /** @returns whether nothing more will come */
  readonly take: (frame: Frame) => boolean;
  readonly onConnection: (connection: Connection) => void;
  /** Milliseconds for the first frame: a proxy that swallows the upgrade answers nothing at all. */
  readonly openMs: number;
}

/** The server says something every 15 s. */
const SILENCE_MS = 40_000;
/** Who looks at a page that was silent for so long asks at once. */
const STALE_MS = 20_000;
const WAIT_SECONDS = 25;
/** A WebSocket that breaks so soon is none to build on. */
const SOON_MS = 5000;
/** WebSockets that failed one after another; then only every fifth long poll is followed by another try. */
const MOST_FAILED = 2;

/** Watches something until it is over: by WebSocket, where that does not work by long poll, for as long as the page is open. */
export class LiveWatch<Frame> {
  readonly #source: Source<Frame>;
  readonly #signal: AbortSignal;
  readonly #pauses = new Pauses();
  #ticket: string;
  #isOver = false;
  #isConnected = true;

  constructor(source: Source<Frame>, ticket: string, signal: AbortSignal) {
    this.#source = source;
    this.#ticket = ticket;
    this.#signal = signal;
  }

  async go(): Promise<void> {
    for (let failed = 0, tries = 0; !this.#isDone(); tries++) {
      if (failed < MOST_FAILED || tries % 5 === 0) failed = (await this.#listen()) ? 0 : failed + 1;
      if (this.#isDone()) return;
      // Also after a connection that was lost: it tells at once how things are, and brings another ticket.
      await this.#ask(failed < MOST_FAILED || !this.#isConnected ? 0 : WAIT_SECONDS);
    }
  }

  #isDone(): boolean {
    return this.#isOver || this.#signal.aborted;
  }

  /** @returns whether anything came, for longer than a moment, or the network has changed; resolves when the socket is given up */
  #listen(): Promise<boolean> {
    const url = this.#source.socket(this.#ticket);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    return new Promise((resolve) => {
      const socket = new WebSocket(url);
      const closed = new AbortController();
      // A network that is gone answers no closing either, so nobody waits for that.
      const end = (isGood: boolean): void => {
        clearTimeout(timer);
        closed.abort();
        socket.onmessage = null;
        socket.onclose = null;
        socket.close();
        resolve(isGood);
      };
      const stop = (): void => end(heard !== null && Date.now() - began > SOON_MS);
      const began = Date.now();
      let heard: number | null = null;
      let timer = setTimeout(stop, this.#source.openMs);
      const { signal } = closed;
      this.#signal.addEventListener('abort', stop, { signal });
      const onVisibility = (): void => {
        if (document.visibilityState === 'visible' && Date.now() - (heard ?? began) > STALE_MS) stop();
      };
      document.addEventListener('visibilitychange', onVisibility, { signal });
      const onOffline = (): void => {
        this.#lost();
        end(true);
      };
      window.addEventListener('offline', onOffline, { signal });
      const onOnline = (): void => {
        if (heard === null) end(true);
      };
      window.addEventListener('online', onOnline, { signal });
      socket.onmessage = ({ data }) => {
        clearTimeout(timer);
        timer = setTimeout(stop, SILENCE_MS);
        if (heard === null) this.#connected();
        heard = Date.now();
        this.#isOver = this.#source.take(JSON.parse(String(data)) as Frame) || this.#isOver;
        if (this.#isOver) stop();
      };
      socket.onclose = stop;
    });
  }

  async #ask(waitSeconds: number): Promise<void> {
    try {
      const { ticket, frames } = await this.#source.ask(waitSeconds, this.#signal);
      this.#connected();
      this.#ticket = ticket;
      for (const frame of frames) this.#isOver = this.#source.take(frame) || this.#isOver;
    } catch (error) {
      if (this.#signal.aborted) return;
      if (error instanceof Refused && error.isFinal) {
        this.#isOver = true;
        return this.#source.onConnection('refused');
      }
      this.#lost();
      await this.#pauses.after(error, this.#signal);
    }
  }

  #lost(): void {
    this.#isConnected = false;
    this.#source.onConnection('lost');
  }

  #connected(): void {
    this.#pauses.succeeded();
    this.#isConnected = true;
    this.#source.onConnection('connected');
  }
}
