import type { Journal } from '../../../src/journal/journal.ts';
import type { RunKind, RunResult } from '../../../src/report/results.ts';

export function resultOf(run: string, more: Partial<RunResult> = {}): RunResult {
  return {
    run,
    machine: 'test',
    region: null,
    outcome: 'unchanged',
    shared: false,
    index: null,
    files: [],
    reload: false,
    warningCount: 0,
    warnings: [],
    steps: [],
    ...more,
  };
}

/** Writes down a run that begins and ends at once. */
export function run(journal: Journal, name: string, kind: RunKind = 'plain', appRoot = '/rails'): void {
  journal.begin({ run: name, trigger: 'cgi', kind, appRoot });
  journal.finish(name, resultOf(name));
}
