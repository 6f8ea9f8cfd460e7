import type { RunEvent } from '../../report/events.ts';
import type { Tone } from '../layout/pieces.ts';

/** A step that was announced, and what became of it. */
export interface ShownStep {
  readonly name: string;
  readonly title: string;
  /** Milliseconds; null before its end. */
  readonly ms: number | null;
  readonly outcome: 'waits' | 'runs' | 'done' | 'failed';
  readonly detail: string;
}

/** The steps of a run, followed event by event. */
export class StepList {
  readonly #steps = new Map<string, ShownStep>();

  apply(event: RunEvent): void {
    const none = { ms: null, detail: '' };
    if (event.type === 'run-began') {
      for (const { name, title } of event.steps)
        this.#steps.set(name, { name, title, outcome: 'waits', ...none });
    } else if (event.type === 'step') {
      const { name, title } = event;
      this.#steps.set(name, { name, title, outcome: 'runs', ...none });
    } else if (event.type === 'step-done') {
      const { name, ms, outcome, detail } = event;
      this.#steps.set(name, { name, title: this.#steps.get(name)?.title ?? name, ms, outcome, detail });
    }
  }

  get all(): ShownStep[] {
    return [...this.#steps.values()];
  }
}

export function shownSteps(events: Iterable<RunEvent>): ShownStep[] {
  const steps = new StepList();
  for (const event of events) steps.apply(event);
  return steps.all;
}

/** @param isOver of the run: a step that did not come to its end never will */
export function stepWords(outcome: ShownStep['outcome'], isOver: boolean): readonly [Tone, string] {
  switch (outcome) {
    case 'done':
      return ['good', 'Done'];
    case 'failed':
      return ['bad', 'Failed'];
    case 'runs':
      return isOver ? ['bad', 'Not ended'] : ['busy', 'Runs'];
    case 'waits':
      return isOver ? ['none', 'Left out'] : ['wait', 'Waits'];
  }
}
