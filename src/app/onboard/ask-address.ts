import { exchange, type Reply } from '../../fleet/exchange.ts';
import { httpFor } from '../../http-for.ts';

/** Milliseconds. Somebody waits for it. */
export const PATIENCE_MS = 15_000;
/** Bytes of an answer. */
const MAX_BYTES = 1024 * 1024;

/** One request to an address that was given. */
export async function askAddress(
  method: 'GET' | 'POST',
  url: URL,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Reply> {
  const agent = new (httpFor(url).Agent)();
  return await exchange({
    ...{ method, url, headers, agent, signal },
    timeoutMs: PATIENCE_MS,
    maxBytes: MAX_BYTES,
  });
}

/** What came back, in words. */
export function describeReply(reply: Reply): string {
  switch (reply.kind) {
    case 'answered':
      return `it answers with status ${reply.status}`;
    case 'unreachable':
      return `there is no connection (${reply.code})`;
    case 'timed-out':
      return `there is no answer within ${PATIENCE_MS / 1000} s`;
    case 'truncated':
      return 'the answer is cut short';
    case 'too-large':
      return 'the answer is too large';
    case 'aborted':
      return 'it was not waited for';
  }
}
