import { backoff } from '../backoff.ts';
import { onDisk } from '../files/disk.ts';
import type { BookContext, Publish } from './book-model.ts';
import { covers, retryOf, TRIGGERS, takenBack, unanswered } from './book-rules.ts';
import { type Conclusion, reachesSome } from './conclude.ts';
import { KeptChanges } from './kept-changes.ts';
import { KeptEvents } from './kept-events.ts';
import { KeptRuns } from './kept-runs.ts';
import { publication } from './run-deployment.ts';
import { AUTOMATIC_RETRIES, MOST_INTERRUPTED } from './run-limits.ts';
import type { Change, LiveResult, NewChange, Run, RunTrigger, Saved } from './run-model.ts';

/**
 * All that can become of runs and changes, each step one durable transaction. So after a kill there is no state between
 * two steps, and what a step says of a run it says of its changes, too. A step that the disk does not take throws a
 * `Failure` `disk`, and changes nothing.
 */
export class RunBook {
  readonly runs: KeptRuns;
  readonly changes: KeptChanges;
  readonly events: KeptEvents;
  readonly #context: BookContext;
  #touched = new Set<string>();

  constructor(context: BookContext) {
    this.#context = context;
    this.runs = new KeptRuns(context.db);
    this.changes = new KeptChanges(context.db);
    this.events = new KeptEvents(context.db);
  }

  intend(change: NewChange): string {
    return this.#step(() => this.changes.add(change, this.#context.target));
  }

  /** @param publish null for as it was intended */
  saved(id: string, { after, live, publish }: Omit<Saved, 'publish'> & { publish: boolean | null }): void {
    this.#step(() => {
      const change = this.#change(id);
      if (change.state !== 'intended') return;
      this.#set(change, { after, live });
      if (publish ?? this.changes.wantsRun(id)) this.#ask(change, change.by, TRIGGERS[change.kind]);
      else this.#set(change, { state: 'pending' });
    });
  }

  drop(id: string): void {
    this.#step(() => {
      const change = this.#change(id);
      if (change.state === 'intended') this.#set(change, { state: 'dropped' });
    });
  }

  publish(by: string, trigger: RunTrigger, target = this.#context.target): string {
    return this.#step(() => this.#publish(by, trigger, target));
  }

  /** Does some work on the file in one step, which may ask for runs. */
  together<T>(work: (publish: Publish) => T): T {
    return this.#step(() => work(this.#publishing));
  }

  retry(id: string, by: string): string | null {
    return this.#step(() => {
      const change = this.changes.get(id);
      if (change)
        return change.state === 'failed' ? this.#ask(change, by, retryOf(this.#runOf(change))).id : null;
      const run = this.runs.get(id);
      if (!run || run.next !== null || !['failed', 'interrupted', 'done'].includes(run.state)) return null;
      const failed = this.changes.ofRun(id, ['failed']);
      if (run.state === 'done' && failed.length === 0) return null;
      const next = this.#fresh(run.target, by, retryOf(run));
      this.#follow(run, next);
      for (const each of failed) this.#ask(each, by, next.trigger);
      // Changes that are live, but not on all machines: from now on the new run says which machines lack them.
      for (const each of this.changes.ofRun(id, ['live']))
        if (each.problem) this.#set(each, { run: next.id });
      return next.id;
    });
  }

  cancel(id: string, by: string): boolean {
    return this.#step(() => {
      if (this.runs.get(id)?.state !== 'waiting') return false;
      this.runs.end(id, { state: 'cancelled', report: null, error: takenBack(by), exitCode: null });
      this.#touched.add(id);
      for (const change of this.changes.ofRun(id, ['asked']))
        this.#set(change, { state: change.kind === 'update' ? 'dropped' : 'pending', run: null });
      this.#over(id);
      return true;
    });
  }

  /**
   * From now on it takes no change any more. What the index has and no run publishes goes along, since it reads the whole
   * index: what is pending, and what no run has published before.
   */
  begin(id: string): void {
    this.#step(() => {
      const { target, trigger } = this.runs.require(id);
      this.runs.begin(id);
      this.#touched.add(id);
      if (trigger === 'store') return;
      for (const change of this.changes.unpublished())
        if (covers(target, change.target)) this.#set(change, { state: 'asked', run: id, problem: null });
    });
  }

  /** A run under way has ended: what becomes of it, whether it is tried again, and what becomes of its changes. */
  end(id: string, { mayPass, ...end }: Conclusion): void {
    this.#step(() => {
      const run = this.runs.get(id);
      if (run?.state !== 'running') return;
      this.runs.end(id, end);
      this.#touched.add(id);
      const most = end.state === 'interrupted' ? MOST_INTERRUPTED : 1 + AUTOMATIC_RETRIES;
      if (mayPass && run.attempt < most) this.#follow(run, this.#again(run, end.state === 'interrupted'));
      for (const change of this.changes.ofRun(id)) {
        if (change.state === 'asked') this.#followRun(change);
        else if (change.state === 'live' && change.problem) this.#becomeLive(change);
      }
      this.#over(id);
      if (end.state !== 'done' || run.trigger === 'store') return;
      for (const change of this.changes.liveWithProblem())
        if (covers(run.target, change.target)) this.#set(change, { problem: null });
    });
  }

  /** The address of a change was asked: it is live, or the run that follows will settle it, or it has failed. */
  checked(id: string, result: LiveResult): void {
    this.#step(() => {
      const change = this.changes.get(id);
      if (change?.state !== 'checking' || !change.live) return;
      this.#set(change, { live: { ...change.live, result } });
      if (result.isLive || this.changes.isOvertaken(id)) this.#becomeLive(change);
      else this.#passOn(change, this.#runOf(change), result);
    });
  }

  readonly #publishing: Publish = (by, trigger, target) =>
    this.#change(this.#publish(by, trigger, target)).run ?? '';

  #publish(by: string, trigger: RunTrigger, target: string): string {
    const id = this.changes.add({ by, target, ...publication(target) }, target);
    const pending = trigger === 'store' ? [] : this.changes.pendingFor(target);
    for (const change of [this.#change(id), ...pending]) this.#ask(change, by, trigger);
    return id;
  }

  #over(id: string): void {
    this.#context.ended?.(this.runs.require(id), this.#publishing);
  }

  /** Puts a change where its run is. Ends, since each run leads to a later one. */
  #followRun(change: Change): void {
    const run = this.#runOf(change);
    const isDone = run.state === 'done';
    if (run.state === 'waiting' || run.state === 'running') this.#set(change, { state: 'asked' });
    else if (run.state === 'cancelled') this.#set(change, { state: 'pending', run: null });
    else if (change.live && (isDone || reachesSome(run))) this.#set(change, { state: 'checking' });
    else if (isDone) this.#set(change, { state: 'live', problem: null });
    else this.#passOn(change, run, null);
  }

  /** Leaves it to the run that follows, or gives it up. */
  #passOn(change: Change, run: Run, result: LiveResult | null): void {
    const next = this.#nextOf(run);
    if (next === null) return void this.#fail(change, run, result);
    this.#set(change, { run: next.id });
    this.#followRun(this.#change(change.id));
  }

  /** It answers, or what it made was changed again since. Its problem is the one of those machines that do not have it, until a later run has reached them. */
  #becomeLive(change: Change): void {
    const first = this.#runOf(change);
    let run = first;
    for (let next = this.#nextOf(run); next !== null; next = this.#nextOf(next)) run = next;
    const left = run.state === 'failed' ? run.error : (change.problem ?? first.error);
    const isMended = run.state === 'done' || this.runs.wentWellAfter(first);
    this.#set(change, { state: 'live', run: run.id, problem: isMended ? null : left });
  }

  #fail(change: Change, run: Run, result: LiveResult | null): void {
    this.#set(change, { state: 'failed', problem: run.error ?? (result && unanswered(change, result)) });
  }

  /** Has a change published by a run that has not begun. */
  #ask(change: Change, by: string, trigger: RunTrigger): Run {
    const run = this.#fresh(change.target, by, trigger);
    this.#set(change, { state: 'asked', run: run.id, problem: null });
    return run;
  }

  /** The run that waits for a target, which begins as soon as it can. */
  #fresh(target: string, by: string, trigger: RunTrigger): Run {
    const waiting = this.runs.waitingFor(target, trigger === 'store');
    if (waiting) this.runs.hurry(waiting.id);
    const run = waiting ?? this.runs.add({ target, attempt: 1, trigger, by, notBefore: null });
    this.#touched.add(run.id);
    return run;
  }

  /** The run that does another one again: after a pause, unless it would have gone well. */
  #again(cut: Run, wasInterrupted: boolean): Run {
    const { target, by, attempt } = cut;
    const trigger = retryOf(cut);
    const waiting = this.runs.waitingFor(target, trigger === 'store');
    if (waiting) return waiting;
    const { firstRetryMs: firstPauseMs, longestRetryMs: longestPauseMs } = this.#context.limits;
    const pause = backoff({ firstPauseMs, longestPauseMs }, attempt);
    const notBefore = wasInterrupted ? null : Date.now() + Math.round(pause);
    const run = this.runs.add({ target, attempt: attempt + 1, trigger, by, notBefore });
    this.#touched.add(run.id);
    return run;
  }

  #follow(run: Run, next: Run): void {
    this.runs.follow(run.id, next.id);
    this.#touched.add(run.id);
  }

  /** Null for none, and for one that is forgotten. */
  #nextOf({ next }: Run): Run | null {
    return next === null ? null : this.runs.get(next);
  }

  #runOf(change: Change): Run {
    return this.runs.require(change.run ?? '');
  }

  #change(id: string): Change {
    const change = this.changes.get(id);
    if (!change) throw new Error(`there is no change ${id}`);
    return change;
  }

  #set(change: Change, columns: Parameters<KeptChanges['set']>[1]): void {
    this.changes.set(change.id, columns);
    this.#touched.add(change.id);
    for (const run of [change.run, columns.run]) if (run) this.#touched.add(run);
  }

  #step<T>(work: () => T): T {
    const { db, changed } = this.#context;
    this.#touched = new Set();
    const value = onDisk('cannot write', db.name, () => db.transaction(work).immediate());
    changed(this.#touched);
    return value;
  }
}
