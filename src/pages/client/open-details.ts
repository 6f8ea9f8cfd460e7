import { all } from './dom.ts';

let opened: readonly HTMLDetailsElement[] = [];

/** Opens all that is closed, for a search and for paper; or closes again what this has opened. */
export function setDetails(isOpen: boolean): void {
  const changed = isOpen ? all<HTMLDetailsElement>('main details:not([open])') : opened;
  for (const one of changed) one.open = isOpen;
  opened = isOpen ? [...opened, ...changed] : [];
}
