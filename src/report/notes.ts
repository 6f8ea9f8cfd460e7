import type { Reporter } from './events.ts';
import { describeWarning } from './plain-text.ts';

/**
 * The notes of each run, with the rows of the index that were left out: for a caller that gets one JSON object per run.
 */
export interface Notes {
  readonly report: Reporter;
  /** The notes of that run; those of the first one, or of none, include earlier notes. */
  of(run: string): readonly string[];
}

export function collectNotes(): Notes {
  const early: string[] = [];
  const runs = new Map<string, string[]>();
  const notesOf = (run: string): string[] => {
    const notes = runs.get(run) ?? (runs.size === 0 ? early : []);
    runs.set(run, notes);
    return notes;
  };
  return {
    report: (event) => {
      const notes = event.run === null ? early : notesOf(event.run);
      if (event.type === 'note') notes.push(event.message);
      if (event.type === 'warning') notes.push(describeWarning(event.warning));
    },
    of: (run) => runs.get(run) ?? (runs.size === 0 ? early : []),
  };
}
