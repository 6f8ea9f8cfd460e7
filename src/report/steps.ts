import { monotonicMs } from '../clock.ts';
import type { ProgressEvent, Reporter, StepFacts } from './events.ts';

/** What a step can say while it works: `detail` closes its line. */
export interface StepResult<T> {
  readonly value: T;
  readonly detail: string;
}

/**
 * The named steps of one operation: each is announced, timed and closed on the event stream. Times are milliseconds
 * of the monotonic clock, so that a clock that is set meanwhile does not matter.
 */
export class Steps {
  readonly facts: StepFacts[] = [];
  readonly #report: Reporter;
  #number = 0;

  constructor(report: Reporter) {
    this.#report = report;
  }

  say(event: ProgressEvent): void {
    this.#report(event, new Date());
  }

  note(message: string): void {
    this.say({ type: 'note', message });
  }

  /** Says what is wrong, though it stops nothing. */
  warn(message: string): void {
    this.say({ type: 'note', level: 'warning', message });
  }

  async run<T>(name: string, title: string, work: () => StepResult<T> | Promise<StepResult<T>>): Promise<T> {
    this.#number += 1;
    const number = this.#number;
    this.say({ type: 'step', number, name, title });
    const began = monotonicMs();
    let detail = 'failed';
    try {
      const result = await work();
      detail = result.detail;
      return result.value;
    } finally {
      const ms = Math.round((monotonicMs() - began) * 10) / 10;
      this.facts.push({ name, ms });
      this.say({ type: 'step-done', number, name, ms, detail });
    }
  }
}
