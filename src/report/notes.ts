import type { Reporter } from './events.ts';
import { describeWarning } from './plain-text.ts';

/** What is noted, rows of the index that were left out too, run by run: for a caller that gets one JSON object for each. */
export interface Notes {
  readonly report: Reporter;
  /** What was noted in that run, and before the first one began. */
  of(run: string): readonly string[];
}

export function collectNotes(): Notes {
  const runs = new Map<string, string[]>();
  let current: string[] = [];
  return {
    report: (event) => {
      if (event.type === 'note') current.push(event.message);
      if (event.type === 'warning') current.push(describeWarning(event.warning));
      if (event.type !== 'begin') return;
      if (runs.size > 0) current = [];
      runs.set(event.run, current);
    },
    of: (run) => runs.get(run) ?? (runs.size === 0 ? current : []),
  };
}
