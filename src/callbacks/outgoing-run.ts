import { type Batch, logsBody, type Outgoing, type StatusRequest } from './callback-bodies.ts';
import { batchOf, cutBatch } from './cut-batch.ts';
import { cutMessage } from './cut-message.ts';
import type { DeliveryLimits } from './delivery-limits.ts';
import type { KeptRun, KeptStatus } from './kept-run.ts';
import { countOf, endOfRange, withRange } from './lost-lines.ts';
import type { LostRange, StatusBody } from './wire.ts';

/** How often a receiver may miss lines that it has taken, in one run. */
const MOST_REWINDS = 3;
/** Bytes of the message of a line that is too large. */
const CUT_MESSAGE = 1024;

/** What is to be sent of a run, one request after the other, and what answers make of it. */
export class OutgoingRun {
  readonly kept: KeptRun;
  readonly #limits: DeliveryLimits;
  /** The last line up to which nothing is left to be sent. */
  #acked: number;
  /** Where to look for the line behind it. */
  #position = 0;
  #lost: readonly LostRange[];
  #rewinds: number;
  readonly #done: Set<number>;
  /** Lines that were tried already: the same are sent until there is an answer. */
  #batch: Batch | null = null;
  readonly #statuses = new Map<number, StatusRequest>();
  #batchBytes: number;
  #beats = 0;
  #isEndRefused = false;
  /** Lines that were given up before they had a number. */
  unnumbered = 0;

  constructor(kept: KeptRun, limits: DeliveryLimits) {
    this.kept = kept;
    this.#limits = limits;
    const { acked, lost, rewinds, statuses } = kept.ack;
    this.#acked = Math.min(acked, kept.lastSeq);
    this.#lost = lost;
    this.#rewinds = rewinds;
    this.#done = new Set(statuses);
    this.#batchBytes = limits.batchBytes;
  }

  get lost(): readonly LostRange[] {
    return this.#lost;
  }

  get dropped(): number {
    return countOf(this.#lost) + this.unnumbered;
  }

  /** Lines that are still to be sent. */
  get unsent(): number {
    return this.kept.lastSeq - this.#acked;
  }

  /** Bytes of records that are still to be sent, about. */
  get unsentBytes(): number {
    return this.kept.records.size - this.#position;
  }

  get hasUnsentStatus(): boolean {
    return [...this.kept.statuses.keys()].some((seq) => !this.#done.has(seq));
  }

  /** Whether the dashboard has the end of the run, or has refused it. */
  get isEndDone(): boolean {
    const { end } = this.kept;
    return end !== null && this.#done.has(end.seq);
  }

  get hasEnd(): boolean {
    return this.isEndDone && !this.#isEndRefused;
  }

  /** Whether nothing is left to be sent, and nothing will come. */
  get isComplete(): boolean {
    return this.kept.end !== null && this.unsent === 0 && !this.hasUnsentStatus;
  }

  /** What comes next: the start, the lines, the end. Null for nothing. */
  next(): Outgoing | null {
    const waiting = [...this.kept.statuses.values()].filter(({ seq }) => !this.#done.has(seq));
    const start = waiting.find(({ isEnd }) => !isEnd);
    return (start && this.#statusRequest(start)) ?? this.#nextBatch() ?? this.#endOf(waiting);
  }

  /** Whether the run has an end that is still to be sent. */
  get isEndWaiting(): boolean {
    return this.kept.end !== null && !this.isEndDone;
  }

  /** The end, before all else; null where it does not wait. */
  endFirst(): Outgoing | null {
    return this.isEndWaiting ? this.#endOf([...this.kept.statuses.values()]) : null;
  }

  #endOf(statuses: readonly KeptStatus[]): Outgoing | null {
    const end = statuses.find(({ isEnd }) => isEnd);
    return end ? this.#statusRequest(end) : null;
  }

  #statusRequest(status: KeptStatus): StatusRequest {
    const known = this.#statuses.get(status.seq);
    if (known) return known;
    const { deployId, run } = this.kept.meta;
    const { seq, isEnd } = status;
    const body = Buffer.from(this.#finalBody(status));
    const made: StatusRequest = {
      kind: 'status',
      deployId,
      run,
      id: `${run}_status_${seq}`,
      body,
      seq,
      isEnd,
    };
    this.#statuses.set(seq, made);
    return made;
  }

  #finalBody({ isEnd, body, json }: KeptStatus): string {
    if (json !== null) return json;
    if (!isEnd) return JSON.stringify(body);
    const { lost: _, ...others } = body;
    const dropped = Math.max(this.dropped, 'dropped' in body ? body.dropped : 0);
    const final = {
      ...others,
      ...(this.#lost.length > 0 ? { lost: this.#lost } : {}),
      dropped,
    } as StatusBody;
    const text = JSON.stringify(final);
    this.kept.keepSent(final, text);
    return text;
  }

  #nextBatch(): Batch | null {
    while (this.#batch === null) {
      this.#acked = endOfRange(this.#lost, this.#acked + 1) ?? this.#acked;
      const found = cutBatch(this.kept, {
        after: this.#acked,
        position: this.#position,
        lost: this.#lost,
        mostLines: this.#limits.batchLines,
        mostBytes: this.#batchBytes,
      });
      if (found === null) return null;
      if ('id' in found) this.#batch = found;
      else this.#skip(found);
    }
    return this.#batch;
  }

  /** What says that we are there, where there is nothing to say. */
  beat(): Outgoing {
    const { meta, lastSeq } = this.kept;
    const { deployId, run } = meta;
    this.#beats += 1;
    const body = logsBody(meta, [], lastSeq + 1, lastSeq, this.#lost);
    return { kind: 'beat', isEnd: false, deployId, run, id: `${run}_beat_${this.#beats}`, body };
  }

  /**
   * It was taken.
   *
   * @param lastSeq the last line up to which the receiver has them all; null if it does not say so
   */
  taken(sent: Outgoing, lastSeq: number | null): void {
    this.#finish(sent);
    if (lastSeq !== null && lastSeq < this.#acked && this.#mayRewind(lastSeq)) {
      this.#rewinds += 1;
      this.#acked = lastSeq;
      this.#position = 0;
      this.#batch = null;
    }
    this.#keep();
  }

  /** A receiver that counts lost lines as missing says nothing of those behind them. */
  #mayRewind(lastSeq: number): boolean {
    return this.#rewinds < MOST_REWINDS && endOfRange(this.#lost, lastSeq + 1) === null;
  }

  /** The receiver will never take it: it is given up. */
  refused(sent: Outgoing): void {
    if (isBatch(sent)) this.#lost = withRange(this.#lost, [sent.first, sent.last]);
    if (isStatus(sent) && sent.isEnd) this.#isEndRefused = true;
    this.#finish(sent);
    this.#keep();
  }

  /**
   * It was too large. Of several lines the next request has fewer, one line is cut.
   *
   * @returns whether there is something smaller to be sent in its place; else it was given up
   */
  tooLarge(sent: Outgoing): boolean {
    if (!isBatch(sent)) {
      this.refused(sent);
      return false;
    }
    if (sent.only === null) {
      this.#batch = null;
      this.#batchBytes = Math.floor(sent.body.length / 2);
      return true;
    }
    const message = cutMessage(sent.only.message, CUT_MESSAGE);
    if (message === sent.only.message) {
      this.refused(sent);
      return false;
    }
    const line = { ...sent.only, message };
    const cut = batchOf(this.kept, [Buffer.from(JSON.stringify(line))], this.#lost, { ...sent, only: line });
    this.#batch = { ...cut, id: `${cut.id}_cut` };
    return true;
  }

  #finish(sent: Outgoing): void {
    if (isBatch(sent)) {
      this.#acked = sent.last;
      this.#position = sent.next;
      this.#batch = null;
    } else if (isStatus(sent)) {
      this.#done.add(sent.seq);
      // One that was told of the end first may take the start for a new beginning.
      const { end } = this.kept;
      if (!sent.isEnd && end) this.#done.delete(end.seq);
    }
  }

  #skip(range: LostRange): void {
    this.#lost = withRange(this.#lost, range);
    this.#acked = range[1];
    this.#keep();
  }

  #keep(): void {
    const statuses = [...this.#done];
    this.kept.keepAck({ acked: this.#acked, statuses, lost: this.#lost, rewinds: this.#rewinds });
  }
}

function isBatch(sent: Outgoing): sent is Batch {
  return sent.kind === 'logs';
}

function isStatus(sent: Outgoing): sent is StatusRequest {
  return sent.kind === 'status';
}
