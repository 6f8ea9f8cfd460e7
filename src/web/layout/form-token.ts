import type { Seals } from '../../http/seals.ts';
import type { Person } from '../person.ts';

/** Name of the hidden field. */
export const FORM_TOKEN = 'form-token';

/** Milliseconds: a form stays open over a weekend, and nothing that was typed shall be lost. */
const VALID_MS = 7 * 24 * 3600_000;

/** Proves that a form was given to this person; to nobody in particular on public pages. */
export function tokenOf(person: Person | null, seals: Seals): string {
  return seals.seal({ purpose: 'form', subjects: [person?.userid ?? ''] }, VALID_MS);
}
