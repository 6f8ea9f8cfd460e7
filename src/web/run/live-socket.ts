import type { Socket } from 'node:net';
import type { WebSocketLike } from '@hono/node-server';
import type { WSEvents } from 'hono/ws';
import type { Place } from '../watcher-count.ts';

/** Bytes that wait to be sent: whoever is that much slower than the run comes back with the number that it has. */
const MOST_UNSENT = 1024 * 1024;

/** Bytes after which nothing more is given to a socket before it has sent something. */
const ENOUGH_UNSENT = 64 * 1024;
/** Milliseconds for that. */
const PATIENCE_MS = 10_000;

/** Codes of RFC 6455 and its registry. */
const OVER = 1000;
const COME_BACK = 1012;
const TRY_LATER = 1013;

/** Frames, each of which is sent as JSON. It throws where somebody may not watch any more. */
type News = AsyncGenerator<object, void, void>;

interface Watching {
  /** What is sent. */
  readonly news: (signal: AbortSignal) => News;
  /** Takes a place among the watchers. @throws {Failure} `busy` */
  readonly enter: () => Place;
  /** Aborted when this server ends. */
  readonly ending: AbortSignal;
}

/** Sends the news of a run over a WebSocket until one of both is over. What the other end says does not matter. */
export function sendNews({ news, enter, ending }: Watching): WSEvents {
  const gone = new AbortController();
  let place: Place | null = null;
  const end = (): void => {
    gone.abort();
    place?.leave();
  };
  return {
    onOpen: (_, socket) => {
      const raw = socket.raw as Raw;
      try {
        place = enter();
      } catch {
        raw.close(TRY_LATER);
        return;
      }
      const early = AbortSignal.any([ending, place.lost]);
      send(raw, news(AbortSignal.any([gone.signal, early]))).then(
        // Who does not read does not read a farewell either.
        (isAll) => (isAll ? raw.close(early.aborted ? COME_BACK : OVER) : raw.terminate()),
        () => raw.close(COME_BACK),
      );
    },
    onClose: end,
    onError: end,
  };
}

/** A real one, of `ws`. */
type Raw = WebSocketLike & {
  readonly bufferedAmount: number;
  /** Null once it is closed. */
  readonly _socket: Socket | null;
  send(text: string, sent?: () => void): void;
  terminate(): void;
};

/** @returns whether all was sent; false for an end that is too slow */
async function send(raw: Raw, news: News): Promise<boolean> {
  for await (const frame of news) {
    const text = textOf(frame);
    if (raw.bufferedAmount + text.length > MOST_UNSENT) return false;
    if (raw.bufferedAmount < ENOUGH_UNSENT) {
      gather(raw);
      raw.send(text);
    } else if (!(await isSent(raw, text))) return false;
  }
  return true;
}

/** Of frames that many watchers are told: they are made once, and written once. */
const texts = new WeakMap<object, string>();

function textOf(frame: object): string {
  const text = texts.get(frame) ?? JSON.stringify(frame);
  texts.set(frame, text);
  return text;
}

/** Those whose frames leave when all that is known now is there. */
const gathering = new WeakSet<Socket>();

/** Has many frames leave in one piece: to send each by itself takes most of the time that 200 watchers cost. */
function gather({ _socket: socket }: Raw): void {
  if (!socket || gathering.has(socket)) return;
  gathering.add(socket);
  socket.cork();
  setImmediate(() => {
    gathering.delete(socket);
    socket.uncork();
  });
}

/** Sends, and waits until it is gone: whoever keeps up is never asked to take all of a run at once. */
function isSent(raw: Raw, text: string): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, PATIENCE_MS, false);
    raw.send(text, () => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}
