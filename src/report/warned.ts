import type { NoteEvent, RunEvent } from './events.ts';

/** Who reads an answer: `public` sees neither the rows behind warnings nor the diff. */
export type Audience = 'administrator' | 'public';

/** What was wrong beside the rows of the index, and stopped nothing, in the order in which it was said. */
export class Warned {
  readonly #events: NoteEvent[] = [];

  add(event: RunEvent): void {
    if (event.type === 'note' && event.level === 'warning') this.#events.push(event);
  }

  get hasPrivate(): boolean {
    return this.#events.some(({ isPrivate }) => isPrivate);
  }

  /** How many this reader does not see. */
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

/** What stands in the place of so many private warnings. */
export function describeHidden(count: number): string {
  const warnings = count === 1 ? 'a warning' : `${count} warnings`;
  return `there ${count === 1 ? 'is' : 'are'} ${warnings} on how this machine is set up; administrators see which`;
}
