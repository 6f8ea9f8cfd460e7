/** An answer that is not one of 200. */
export class Refused extends Error {
  /** Whether asking again gives the same: somebody has to log in, or it is gone. */
  readonly isFinal: boolean;
  /** Milliseconds that the server asks to wait. */
  readonly retryMs: number;

  constructor({ status, headers }: Response) {
    super(`answered ${status}`);
    this.isFinal = status >= 400 && status < 500 && status !== 408 && status !== 429;
    this.retryMs = 1000 * Number(headers.get('retry-after') ?? 0) || 0;
  }
}

/** The network is back: what was asked of it before gets no answer any more. */
export class BackOnline extends Error {}

/** @throws {Refused | BackOnline}; TypeError or DOMException where nobody answers */
export async function askJson<T>(url: string, signal: AbortSignal): Promise<T> {
  return ask({ url, accept: 'application/json', signal }, async (answer) => {
    if (!answer.ok) throw new Refused(answer);
    return (await answer.json()) as T;
  });
}

/** Asks for as long as the network stays the same: a request that it took along would wait for a minute. */
export async function ask<T>(
  { url, accept, signal }: { url: string; accept: string; signal: AbortSignal },
  read: (answer: Response) => Promise<T>,
): Promise<T> {
  const network = new AbortController();
  const over = new AbortController();
  window.addEventListener('offline', () => network.abort(), { signal: over.signal });
  window.addEventListener('online', () => network.abort(new BackOnline()), { signal: over.signal });
  // What waits for 25 s and says nothing for a minute is lost, whatever the network believes.
  const ends = AbortSignal.any([signal, network.signal, AbortSignal.timeout(60_000)]);
  try {
    return await read(await fetch(url, { headers: { Accept: accept }, cache: 'no-store', signal: ends }));
  } finally {
    over.abort();
  }
}
