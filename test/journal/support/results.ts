import type { RunResult } from '../../../src/report/types.ts';

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
