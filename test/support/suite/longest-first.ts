import { readFileSync } from 'node:fs';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Begins with the files that set three minutes for their tests, since one of them that came last would keep a single worker
 * busy; the others after them, the larger first, as vitest has it where it knows no durations.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return [...sorted.filter(takesLong), ...sorted.filter((file) => !takesLong(file))];
  }
}

function takesLong({ moduleId }: TestSpecification): boolean {
  return readFileSync(moduleId, 'utf8').includes('testTimeout: 180_000');
}
