import { monotonicMs } from '../clock.ts';
import { Alarm } from './alarm.ts';
import type { DeliveryLimits } from './delivery-limits.ts';
import type { OutgoingRun } from './outgoing-run.ts';
import type { Sender } from './sender.ts';

/** Sends what there is of a run while that goes on: one request after the other, and a heartbeat where nothing happens. */
export class DeliveryWorker {
  readonly run: OutgoingRun;
  readonly sender: Sender;
  readonly #limits: DeliveryLimits;
  readonly #alarm = new Alarm();
  readonly #beganAt = monotonicMs();
  /** When the next lines are to be sent, by the monotonic clock. */
  #dueAt = Number.POSITIVE_INFINITY;
  #isOver = false;
  readonly #work: Promise<void>;

  constructor(run: OutgoingRun, sender: Sender, limits: DeliveryLimits) {
    this.run = run;
    this.sender = sender;
    this.#limits = limits;
    this.#work = this.#run();
  }

  /** Whether what comes now counts for nothing: the run is over, or nobody will ever want it. */
  get isOver(): boolean {
    return this.#isOver || this.sender.isGone;
  }

  /** @param now of the monotonic clock */
  hasLine(isUrgent: boolean, now: number): void {
    const { flushMs, urgentMs, batchLines, batchBytes } = this.#limits;
    const isFull = this.run.unsent >= batchLines || this.run.unsentBytes >= batchBytes;
    let at = isFull ? now : now + flushMs;
    if (isUrgent) at = Math.min(at, Math.max(now, this.sender.lastAt + urgentMs));
    if (at >= this.#dueAt) return;
    this.#dueAt = at;
    this.#alarm.wake();
  }

  hasStatus(): void {
    this.#alarm.wake();
  }

  /** Ends the work: what is under way has so many milliseconds. Never rejects. */
  async end(graceMs: number): Promise<void> {
    this.#isOver = true;
    this.#alarm.wake();
    const timer = setTimeout(() => this.sender.giveUp(), graceMs);
    await this.#work;
    clearTimeout(timer);
  }

  async #run(): Promise<void> {
    try {
      while (!this.#isOver && !this.sender.isStopped) await this.#step();
    } catch (error) {
      this.sender.breakDown(error);
    }
  }

  async #step(): Promise<void> {
    const { run, sender } = this;
    const now = monotonicMs();
    const sendAt = this.#sendAt();
    const beatAt = this.#beatAt();
    if (Math.min(sendAt, beatAt) > now) return this.#alarm.wait(Math.min(sendAt, beatAt) - now);
    const { lastSeq } = run.kept;
    const outgoing = sendAt <= now ? run.next() : run.beat();
    // Lines that come from now on are of the next request.
    if (outgoing?.kind !== 'status') this.#dueAt = Number.POSITIVE_INFINITY;
    if (outgoing === null) return;
    await sender.attempt(run, outgoing);
    const hasMore = run.unsent > run.kept.lastSeq - lastSeq;
    if (hasMore) this.#dueAt = now;
  }

  #sendAt(): number {
    const { run, sender } = this;
    const statusAt = run.hasUnsentStatus ? sender.lastAt + this.#limits.urgentMs : Number.POSITIVE_INFINITY;
    return Math.max(Math.min(this.#dueAt, statusAt), sender.nextAt);
  }

  #beatAt(): number {
    const { run, sender } = this;
    const isQuiet = sender.canBeat && run.kept.end === null && run.unsent === 0 && !run.hasUnsentStatus;
    return isQuiet ? Math.max(sender.lastAt, this.#beganAt) + this.#limits.beatMs : Number.POSITIVE_INFINITY;
  }
}
