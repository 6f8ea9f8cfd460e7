import { monotonicMs } from '../clock.ts';
import type { PlannedStep, RunBeganEvent, Tell } from './events.ts';
import type { StepFacts } from './results.ts';

/** What a step can report while it runs: `detail` closes its line. */
export interface StepResult<T> {
  readonly value: T;
  readonly detail: string;
}

/** `Omit` over each kind. */
type Began<E = RunBeganEvent> = E extends RunBeganEvent ? Omit<E, 'type'> : never;

/**
 * The named steps of one operation: each is announced, timed and closed on the event stream. Times are milliseconds
 * of the monotonic clock, so that a clock that is set meanwhile does not matter.
 */
export class Steps {
  readonly facts: StepFacts[] = [];
  readonly #tell: Tell;
  /** Those to come. */
  #left: readonly PlannedStep[] = [];
  #run: string | undefined;
  #number = 0;

  constructor(tell: Tell) {
    this.#tell = tell;
  }

  /** Reports something about this run, even if another one runs beside it. */
  readonly say: Tell = (event) => this.#tell(event, this.#run);

  /** Announces the run, and all of its steps. */
  begin(run: Began): void {
    this.#run = run.run;
    this.#left = run.steps;
    this.say({ type: 'run-began', ...run });
  }

  note(message: string): void {
    this.say({ type: 'note', message });
  }

  /** Reports a problem that stops nothing. */
  warn(message: string): void {
    this.say({ type: 'note', level: 'warning', message });
  }

  /** The remaining steps are not needed: the running step is the last one. */
  endHere(): void {
    this.goOnWith([]);
  }

  /** Other steps remain than were announced, such as some that are done once more. */
  goOnWith(steps: readonly PlannedStep[]): void {
    this.#left = steps;
  }

  /** @param step one that was announced, or one that has turned out to be needed as well */
  async run<T>(step: PlannedStep, work: () => StepResult<T> | Promise<StepResult<T>>): Promise<T> {
    const { name, title } = step;
    if (this.#left[0]?.name === name) this.#left = this.#left.slice(1);
    this.#number += 1;
    const number = this.#number;
    this.say({ type: 'step', number, of: number + this.#left.length, name, title });
    const began = monotonicMs();
    let outcome: 'done' | 'failed' = 'failed';
    let detail = 'failed';
    try {
      const result = await work();
      ({ detail } = result);
      outcome = 'done';
      return result.value;
    } finally {
      const ms = Math.round((monotonicMs() - began) * 10) / 10;
      this.facts.push({ name, ms });
      const of = number + this.#left.length;
      this.say({ type: 'step-done', number, of, name, ms, outcome, detail });
    }
  }
}
