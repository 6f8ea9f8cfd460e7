import { fold } from '../../requests/row-lists.ts';
import { compare, type StudioView } from '../../requests/row-views.ts';
import { withChosen } from '../layout/list-parts.ts';

export type Choices = readonly (readonly [value: string, words: string])[];

/** Studios by name. One that is chosen but does not exist stays, so that a form shows what was typed. */
export function studioChoices(studios: readonly StudioView[], chosen: string): Choices {
  const known = [...studios]
    .sort((a, b) => compare(fold(a.name), fold(b.name)))
    .map(({ key, name }) => [key, name === key ? name : `${name} (${key})`] as const);
  return [['', 'Choose a studio'], ...withChosen(known, chosen)];
}
