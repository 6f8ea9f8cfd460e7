import { backoff } from '../backoff.ts';
import { monotonicMs } from '../clock.ts';
import { type PostResult, reasonOf, verdictOn } from './callback-answer.ts';
import type { Outgoing } from './callback-bodies.ts';
import { openPost, type Post } from './callback-post.ts';
import type { DeliveryLimits } from './delivery-limits.ts';
import type { Dashboard } from './delivery-model.ts';
import type { OutgoingRun } from './outgoing-run.ts';

/** Requests in a row that were refused, until nothing more is sent. */
const MOST_REFUSED = 3;
/** The same for an address that is not there; until then it may just be deployed. */
const MOST_NOT_FOUND = 3;
/** Separate ranges of lost lines, each of which is in every later request. */
const MOST_RANGES = 1000;
/** Answers in a row that asked for patience, until that counts as a failure. */
const MOST_BUSY = 20;
/** Attempts in a row that failed, until it is said. */
const NOTED_FAILURES = 2;

/** What an attempt came to. */
export type Attempt =
  /** The dashboard has it, or refused it, or gets something smaller: on with the next. */
  | 'done'
  | 'failed'
  /** The dashboard is there, and says from when on it takes more (`nextAt`). */
  | 'busy'
  /** Nothing more is sent by this process. */
  | 'stopped';

/** What a sender says. */
export interface SenderNotes {
  /** Called once when the dashboard does not answer, or will take nothing more. */
  readonly note: (message: string) => void;
  /** Whether a run is watched, so that the address of its log is noted, too. */
  readonly isLive: boolean;
}

/** Sends requests to a dashboard, one at a time, and knows how that goes. */
export class Sender {
  readonly #post: Post;
  readonly #origin: string;
  readonly #limits: DeliveryLimits;
  readonly #say: SenderNotes;
  #abort = new AbortController();
  #failures = 0;
  #refused = 0;
  #notFound = 0;
  #busy = 0;
  #isNoted = false;
  #lastReason = '';
  #isUrlSaid = false;
  #canBeat = true;
  #stopped: 'stopped' | 'gone' | null = null;
  /** When the last attempt began, and when the next may. Milliseconds of the monotonic clock. */
  #lastAt = Number.NEGATIVE_INFINITY;
  #nextAt = 0;
  #longestMs = 0;

  constructor(dashboard: Dashboard, limits: DeliveryLimits, say: SenderNotes) {
    this.#post = openPost(dashboard, limits);
    this.#origin = dashboard.url.origin;
    this.#limits = limits;
    this.#say = say;
  }

  get isStopped(): boolean {
    return this.#stopped !== null;
  }

  /** Whether the address wants nothing any more, ever. */
  get isGone(): boolean {
    return this.#stopped === 'gone';
  }

  /** Attempts in a row that failed. */
  get failures(): number {
    return this.#failures;
  }

  get lastAt(): number {
    return this.#lastAt;
  }

  get nextAt(): number {
    return this.#nextAt;
  }

  /** Whether heartbeats are of any use. */
  get canBeat(): boolean {
    return this.#canBeat;
  }

  /** Of all answers, the one that took longest. Milliseconds. */
  get longestMs(): number {
    return this.#longestMs;
  }

  /**
   * Makes one attempt, and has the run know what came of it. Never rejects.
   *
   * @param mostMs if it may take less than usual
   */
  async attempt(run: OutgoingRun, outgoing: Outgoing, mostMs = Number.POSITIVE_INFINITY): Promise<Attempt> {
    this.#lastAt = monotonicMs();
    const result = await this.#post.send(outgoing, mostMs, this.#abort.signal);
    if (result.kind === 'failed') return this.#failed(result);
    this.#longestMs = Math.max(this.#longestMs, monotonicMs() - this.#lastAt);
    const verdict = verdictOn(result);
    if (verdict !== 'not-found') this.#notFound = 0;
    switch (verdict) {
      case 'taken':
        return this.#taken(run, outgoing, result);
      case 'refused':
      case 'too-large':
        return this.#refusedBy(run, outgoing, result, verdict);
      case 'stop':
      case 'gone':
        return this.#stop(result, verdict === 'gone' ? 'gone' : 'stopped');
      case 'not-found':
        this.#notFound += 1;
        return this.#notFound === MOST_NOT_FOUND ? this.#stop(result) : this.#failed(result);
      case 'busy':
        return this.#askedForPatience(result);
      case 'again':
        return this.#failed(result);
    }
  }

  #taken(run: OutgoingRun, outgoing: Outgoing, { lastSeq, url }: PostResult & { kind: 'answered' }): Attempt {
    this.#failures = 0;
    this.#busy = 0;
    this.#nextAt = 0;
    if (outgoing.kind !== 'beat') this.#refused = 0;
    run.taken(outgoing, lastSeq);
    if (outgoing.kind === 'status' && url !== null) this.#sayUrl(url);
    return 'done';
  }

  #refusedBy(
    run: OutgoingRun,
    outgoing: Outgoing,
    result: PostResult,
    kind: 'refused' | 'too-large',
  ): Attempt {
    this.#failures = 0;
    this.#nextAt = 0;
    if (outgoing.kind === 'beat') {
      this.#canBeat = false;
      return 'done';
    }
    if (kind === 'too-large' && run.tooLarge(outgoing)) return 'done';
    if (kind === 'refused') run.refused(outgoing);
    this.#refused += 1;
    const isHopeless = this.#refused === MOST_REFUSED || run.lost.length > MOST_RANGES;
    return isHopeless ? this.#stop(result) : 'done';
  }

  #askedForPatience(result: PostResult & { kind: 'answered' }): Attempt {
    this.#busy += 1;
    if (this.#busy >= MOST_BUSY) return this.#failed(result);
    this.#nextAt = monotonicMs() + Math.min(result.retryAfterMs ?? 0, this.#limits.longestRetryAfterMs);
    return 'busy';
  }

  #failed(result: PostResult): Attempt {
    this.#failures += 1;
    const { backoff: pauses, longestRetryAfterMs } = this.#limits;
    const asked = result.kind === 'answered' ? (result.retryAfterMs ?? 0) : 0;
    const pause = Math.max(backoff(pauses, this.#failures), Math.min(asked, longestRetryAfterMs));
    this.#nextAt = monotonicMs() + pause;
    this.#lastReason = reasonOf(result);
    if (this.#failures === NOTED_FAILURES) this.explain();
    return 'failed';
  }

  #stop(result: PostResult, how: 'stopped' | 'gone' = 'stopped'): Attempt {
    this.#stopped = how;
    this.#failures += 1;
    this.#noteOnce(reasonOf(result));
    return 'stopped';
  }

  /** Notes why the last attempt failed, unless it went well or something was noted. */
  explain(): void {
    if (this.#failures > 0) this.#noteOnce(this.#lastReason);
  }

  #noteOnce(message: string): void {
    if (this.#isNoted) return;
    this.#isNoted = true;
    this.#say.note(message);
  }

  /** The receiver's text is said only where it is an address of its own. */
  #sayUrl(text: string): void {
    if (this.#isUrlSaid || !this.#say.isLive) return;
    const url = text.length <= 2000 ? URL.parse(text) : null;
    if (url?.origin !== this.#origin || url.username !== '' || url.password !== '') return;
    this.#isUrlSaid = true;
    this.#say.note(`live log: ${url.href}`);
  }

  /** For what should not happen: nothing more is sent, and that is said. */
  breakDown(error: unknown): void {
    this.#stopped ??= 'stopped';
    this.#failures += 1;
    const message = error instanceof Error ? error.message : String(error);
    this.#noteOnce(`nothing more is sent to the dashboard: ${message}`);
  }

  /** Gives up what is under way, which fails. */
  giveUp(): void {
    this.#abort.abort();
    this.#abort = new AbortController();
  }

  close(): void {
    this.#post.close();
  }
}
