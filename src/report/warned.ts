import type { NoteEvent, RunEvent } from './events.ts';

/** The reader of an answer: `public` sees neither the rows behind warnings nor the diff. */
export type Audience = 'administrator' | 'public';

/** Warnings that are not about rows of the index, in the order in which they were reported. */
export class Warned {
  readonly #events: NoteEvent[] = [];

  add(event: RunEvent): void {
    if (event.type === 'note' && event.level === 'warning') this.#events.push(event);
  }

  get hasPrivate(): boolean {
    return this.#events.some(({ isPrivate }) => isPrivate);
  }

  /** How many of them this reader does not see. */
  hidden(audience: Audience): number {
    return this.#events.filter((event) => !isShown(event, audience)).length;
  }

  for(audience: Audience): string[] {
    const shown = this.#events.filter((event) => isShown(event, audience));
    const hidden = this.hidden(audience);
    return [...shown.map(({ message }) => message), ...(hidden === 0 ? [] : [describeHidden(hidden)])];
  }
}

export function isShown({ isPrivate }: NoteEvent, audience: Audience): boolean {
  return audience === 'administrator' || !isPrivate;
}

/** The text in the place of private warnings. */
export function describeHidden(count: number): string {
  const warnings = count === 1 ? 'a warning' : `${count} warnings`;
  return `there ${count === 1 ? 'is' : 'are'} ${warnings} on how this machine is set up; administrators see which`;
}
