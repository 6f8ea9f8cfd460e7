import type { MachineItem, RunEvent } from '../report/events.ts';
import { type FleetOperation, type Machine, type MachineOutcome, nameOf } from '../report/fleet-results.ts';
import { displayWidth } from '../report/table.ts';
import { complaint, outcomeOf } from './fleet-words.ts';
import type { MachineProgress } from './machine-progress.ts';
import { MachineRanks } from './machine-ranks.ts';

/** How far a run is as a whole. */
export type Phase = 'beginning' | 'publishing' | 'finding' | 'updating' | 'ended';

/** By the name of the step. */
const PHASES: ReadonlyMap<string, Phase> = new Map([
  ['publish', 'publishing'],
  ['find', 'finding'],
  ['update', 'updating'],
  ['ask', 'updating'],
]);

/** What is known of a run from what it has said so far. */
export class FleetProgress {
  phase: Phase = 'beginning';
  operation: FleetOperation = 'update';
  /** Empty until the run has begun. */
  target = '';
  noun: readonly [string, string] = ['machine', 'machines'];
  /** When the phase began. */
  since = 0;
  concurrency = 1;
  /** By name, in the order in which they were listed. */
  readonly machines = new Map<string, MachineProgress>();
  readonly ranks = new MachineRanks();
  /** Columns of the longest name. */
  widest = 0;
  /** Those that are not running. */
  readonly skipped: Machine[] = [];
  done = 0;
  failed = 0;
  #spent = 0;

  apply(event: RunEvent): void {
    const now = Date.parse(event.at);
    switch (event.type) {
      case 'run-began':
        if (event.kind !== 'fleet') return;
        ({ operation: this.operation, target: this.target, noun: this.noun } = event);
        this.#enter('beginning', now);
        break;
      case 'step': {
        const phase = PHASES.get(event.name);
        if (phase) this.#enter(phase, now);
        break;
      }
      case 'progress':
        this.concurrency = event.concurrency ?? this.concurrency;
        break;
      case 'item':
        if (event.kind === 'machine') this.#follow(event, now);
        break;
      case 'run-ended':
        this.#enter('ended', now);
    }
  }

  #follow(event: MachineItem, now: number): void {
    const { machine, attempt, detail } = event;
    switch (event.phase) {
      case 'waiting':
        this.#put(event.name, waiting(machine));
        break;
      case 'asking':
        this.#change(machine, { state: 'asking', attempt, again: null }, now);
        break;
      case 'pausing':
        this.#change(machine, { state: 'pausing', reason: detail, again: now + event.waitMs }, now);
        break;
      case 'done': {
        const outcome = outcomeOf(event);
        if (outcome) this.#finish(outcome, now);
        else this.skipped.push(machine);
      }
    }
  }

  get total(): number {
    return this.machines.size;
  }

  /**
   * Milliseconds until the last machine is probably done: each takes the average time of those that are done, and the
   * allowed number runs at a time; null while unknown.
   */
  timeLeft(now: number): number | null {
    const left = this.total - this.done;
    if (this.done === 0 || this.phase !== 'updating') return left === 0 ? 0 : null;
    const mean = this.#spent / this.done;
    let work = this.ranks.waiting * mean;
    for (const { began } of this.ranks.underWay()) {
      // A machine that takes longer than the others is probably done soon, but the time is unknown.
      work += began === null ? mean : Math.max(mean / 4, mean - (now - began));
    }
    return work / Math.min(this.concurrency, Math.max(1, left));
  }

  #enter(phase: Phase, now: number): void {
    this.phase = phase;
    this.since = now;
  }

  #change(machine: Machine, change: Partial<MachineProgress>, now: number): void {
    const name = nameOf(machine);
    const one = this.machines.get(name) ?? this.#put(name, waiting(machine));
    this.ranks.remove(one);
    Object.assign(one, change);
    one.began ??= now;
    this.ranks.add(one);
  }

  #put(name: string, one: MachineProgress): MachineProgress {
    const before = this.machines.get(name);
    if (before) this.ranks.remove(before);
    this.machines.set(name, one);
    this.ranks.add(one);
    this.widest = Math.max(this.widest, displayWidth(name));
    return one;
  }

  #finish(outcome: MachineOutcome, now: number): void {
    this.#change(outcome.machine, { state: 'done', outcome, again: null }, now);
    this.done += 1;
    this.#spent += outcome.ms;
    if (complaint(outcome) !== null) this.failed += 1;
  }
}

function waiting(machine: Machine): MachineProgress {
  return { machine, state: 'waiting', attempt: 0, began: null, again: null, reason: null, outcome: null };
}
