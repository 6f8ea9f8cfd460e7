import { setTimeout as wait } from 'node:timers/promises';
import { backoff } from '../backoff.ts';
import { monotonicMs } from '../clock.ts';
import type { LiveResult } from './run-model.ts';

interface ProbeLimits {
  /** Milliseconds for one request. */
  readonly requestMs: number;
  /** Milliseconds all in all. */
  readonly checkMs: number;
  /** Bound of the first pause. */
  readonly firstCheckPauseMs: number;
}

export interface Probe extends ProbeLimits {
  /** Absolute. */
  readonly url: string;
  /** The value of an `Authorization` header for that address; null for none. */
  readonly authorization: (url: URL) => string | null;
  /** ETag of the index that the machines have; null if that is not known. */
  readonly revision: string | null;
  /** Waits for its turn to make a request. */
  readonly inTurn: <T>(request: () => Promise<T>) => Promise<T>;
  readonly signal: AbortSignal;
}

const LONGEST_PAUSE_MS = 4000;

type Answer = Pick<LiveResult, 'isLive' | 'status' | 'reason'>;

/**
 * Asks the address of something new until it answers with what belongs there, or the time is up: at least once, unless
 * the signal is aborted before.
 *
 * @returns null when it was aborted
 */
export async function probeLive(probe: Probe): Promise<LiveResult | null> {
  const deadline = monotonicMs() + probe.checkMs;
  for (let tries = 1; ; tries += 1) {
    const answer = await probe.inTurn(() => askOnce(probe));
    if (probe.signal.aborted) return null;
    const pause = backoff({ firstPauseMs: probe.firstCheckPauseMs, longestPauseMs: LONGEST_PAUSE_MS }, tries);
    if (answer.isLive || monotonicMs() + pause >= deadline)
      return { ...answer, revision: probe.revision, at: new Date().toISOString(), tries };
    await wait(pause, undefined, { signal: probe.signal }).catch(() => {});
    if (probe.signal.aborted) return null;
  }
}

async function askOnce({ url: text, authorization, requestMs, signal }: Probe): Promise<Answer> {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol)) return noAnswer(`${text} is not an http(s) address`);
  const late = AbortSignal.timeout(requestMs);
  try {
    const login = authorization(url);
    const response = await fetch(url, {
      headers: {
        Accept: 'text/html',
        'User-Agent': 'showcase-web',
        ...(login ? { Authorization: login } : {}),
      },
      redirect: 'manual',
      signal: AbortSignal.any([signal, late]),
    });
    // Only what the headers say counts, and the connection is to be free again.
    await response.body?.cancel();
    return meaningOf(url, response.status, response.headers.get('location'));
  } catch (error) {
    return noAnswer(late.aborted ? `no answer within ${requestMs / 1000} s` : reasonOf(error));
  }
}

/** Whether an answer is that of an event that is served. */
function meaningOf(url: URL, status: number, location: string | null): Answer {
  const answer = (isLive: boolean, reason: string): Answer => ({ isLive, status, reason });
  if (status === 401)
    return answer(true, 'it answers 401: it asks for a login, and what is behind that was not seen');
  if (status >= 200 && status < 300) return answer(true, `it answers ${status}`);
  if (status < 300 || status >= 400) return answer(false, `it answers ${status}`);
  if (location === null) return answer(status === 304, `it answers ${status} without saying where to`);
  const to = URL.parse(location, url.href);
  const where = `it leads to ${to ? to.origin + to.pathname : 'no address'}`;
  return answer(to !== null && (isWithin(url, to) || isLogin(to)), where);
}

/** Whether an address is the event's own, or one below it. */
function isWithin(event: URL, to: URL): boolean {
  const own = event.pathname.replace(/\/+$/, '');
  return to.host === event.host && (to.pathname === own || to.pathname.startsWith(`${own}/`));
}

/** The platform's own way to ask for a login is 401, or a page that is named so. */
function isLogin(to: URL): boolean {
  return to.searchParams.has('login') || /\/(?:log-?in|sign-?in|sessions\/new)\/?$/.test(to.pathname);
}

function noAnswer(reason: string): Answer {
  return { isLive: false, status: null, reason };
}

/** What `fetch` throws says little by itself: its cause knows. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
  return `it cannot be reached: ${cause instanceof Error ? cause.message : String(cause)}${code}`;
}
