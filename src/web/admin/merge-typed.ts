import type { FieldName, FormValues } from './admin-kind.ts';

/** A field that somebody else has changed while a form was open. */
export interface ChangedMeanwhile {
  readonly label: string;
  readonly was: string;
  readonly now: string;
  /** What was typed; null where the field was left alone, so that it follows the other's change. */
  readonly typed: string | null;
}

export interface Merged {
  readonly values: FormValues;
  readonly changes: readonly ChangedMeanwhile[];
}

/**
 * Brings together what somebody typed and what another person saved meanwhile. A field that was typed into stays as it was
 * typed; one that was left alone is as the other has it.
 *
 * @param base what the form began with; null where nobody knows: then all that was typed stays
 */
export function mergeTyped(
  fields: readonly FieldName[],
  { base, typed, theirs }: { base: FormValues | null; typed: FormValues; theirs: FormValues },
): Merged {
  const values: Record<string, string> = {};
  const changes: ChangedMeanwhile[] = [];
  for (const { name, label } of fields) {
    const [mine = '', now = ''] = [typed[name], theirs[name]];
    const was = base === null ? '' : (base[name] ?? '');
    const isTyped = base === null || mine !== was;
    values[name] = isTyped ? mine : now;
    if (base === null ? mine !== now : now !== was)
      changes.push({ label, was, now, typed: isTyped ? mine : null });
  }
  return { values, changes };
}
