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

/** @throws {Refused}; TypeError where nobody answers */
export async function askJson<T>(url: string, signal: AbortSignal): Promise<T> {
  const answer = await fetch(url, {
    headers: { Accept: 'application/json' },
    cache: 'no-store',
    // What waits for 25 s and says nothing for a minute is lost, whatever the network believes.
    signal: AbortSignal.any([signal, AbortSignal.timeout(60_000)]),
  });
  if (!answer.ok) throw new Refused(answer);
  return (await answer.json()) as T;
}
