import { readFileSync } from 'node:fs';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { startsNothing } from './starts-nothing.ts';

/**
 * Begins with the files that set three minutes for their tests, since one of them that came last would keep a single worker
 * busy. Those that start processes or ask servers often wait, and come before those that do neither, which have work for
 * every CPU to the end. Of each kind the larger is first, as vitest has it where it knows no durations.
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
  return startsNothing(moduleId) ? 2 : 1;
}
