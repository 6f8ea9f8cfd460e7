import { readFileSync } from 'node:fs';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Begins with the files that set three minutes for their tests, since one of them that came last would keep a single worker
 * busy. Then come those that start processes, and at the end the unit tests, of which few wait for anything; of each kind the
 * larger first, as vitest has it where it knows no durations.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const turns = new Map(sorted.map((file) => [file, turnOf(file)]));
    return sorted.toSorted((a, b) => (turns.get(a) ?? 0) - (turns.get(b) ?? 0));
  }
}

function turnOf({ moduleId }: TestSpecification): number {
  if (readFileSync(moduleId, 'utf8').includes('testTimeout: 180_000')) return 0;
  return /[\\/]test[\\/]unit[\\/]/.test(moduleId) ? 2 : 1;
}
