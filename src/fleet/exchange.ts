import type { Agent, ClientRequest, IncomingHttpHeaders } from 'node:http';
import { httpFor } from '../http-for.ts';

/** For the access logs on the other side. */
const USER_AGENT = 'showcase-config-update';

/** One request. */
export interface Ask {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Of a POST; none where absent. */
  readonly body?: Buffer;
  readonly agent: Agent;
  /** Milliseconds until the whole answer must be there. */
  readonly timeoutMs: number;
  /** Bytes of a body. */
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

/** What came back. Only `answered` is an answer, whatever its status. */
export type Reply =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly headers: IncomingHttpHeaders;
      readonly body: string;
    }
  /** No connection, or none that held until an answer began. `code` is Node's or OpenSSL's. */
  | { readonly kind: 'unreachable'; readonly code: string }
  | { readonly kind: 'timed-out' }
  /** The answer began and did not end. */
  | { readonly kind: 'truncated' }
  | { readonly kind: 'too-large' }
  /** The signal was aborted first. */
  | { readonly kind: 'aborted' };

/**
 * Sends one request and waits for the whole answer. Follows no redirect. Rejects only for values that no request can
 * have.
 */
export function exchange(ask: Ask): Promise<Reply> {
  return new Promise((resolve) => {
    const { signal } = ask;
    if (signal.aborted) return resolve({ kind: 'aborted' });
    const request = begin(ask);
    const end = (reply: Reply): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      resolve(reply);
      // The rest of a partial answer is not needed; after a complete answer the socket is kept for the next request.
      if (reply.kind !== 'answered') request.destroy();
    };
    const abort = (): void => end({ kind: 'aborted' });
    const timer = setTimeout(() => end({ kind: 'timed-out' }), ask.timeoutMs);
    signal.addEventListener('abort', abort);

    let began = false;
    request.on('error', (error: NodeJS.ErrnoException) =>
      end(began ? { kind: 'truncated' } : { kind: 'unreachable', code: error.code ?? error.name }),
    );
    request.on('response', (response) => {
      began = true;
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > ask.maxBytes) end({ kind: 'too-large' });
        else chunks.push(chunk);
      });
      response.on('error', () => end({ kind: 'truncated' }));
      response.on('close', () => {
        if (!response.complete) end({ kind: 'truncated' });
      });
      response.on('end', () => {
        const { statusCode: status = 0, headers: received } = response;
        end(
          response.complete
            ? { kind: 'answered', status, headers: received, body: Buffer.concat(chunks).toString() }
            : { kind: 'truncated' },
        );
      });
    });
    request.end(ask.body);
  });
}

function begin({ url, method, headers, body, agent }: Ask): ClientRequest {
  const all = {
    'User-Agent': USER_AGENT,
    ...headers,
    ...(method === 'POST' ? { 'Content-Length': String(body?.length ?? 0) } : {}),
  };
  return httpFor(url).request(url, { method, headers: all, agent });
}

/** Milliseconds that a `Retry-After` header asks for, in seconds or as a date; null when it does not. */
export function retryAfterMs(headers: IncomingHttpHeaders, now: number): number | null {
  const text = headers['retry-after']?.trim();
  if (!text) return null;
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}
