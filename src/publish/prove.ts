import { describeViolations, type Violation } from '../check/rule.ts';
import { checkFiles } from '../check/rules.ts';
import { Failure } from '../failure.ts';
import { generate } from '../generate/generate.ts';
import type { Index } from '../index/index-model.ts';
import { readValidIndex } from '../index/read-index.ts';
import { firstOfEachKind } from '../index/warnings.ts';
import type { Site } from '../site/site.ts';
import type { PublishContext } from './publish-context.ts';

/**
 * Proves, before anything is sent, that every machine could install an index: validates it as a machine does, and
 * checks the files that a Fly machine and the Kamal server would generate from it against every rule. Reports the rows
 * that machines would leave out or correct.
 *
 * @throws {Failure} `index-invalid`, `check-failed`; then nothing was published
 */
export async function proveIndex(
  image: Buffer,
  { site, note }: Pick<PublishContext, 'site' | 'note'>,
): Promise<void> {
  const { index, warnings } = readAll(image);
  for (const machine of machinesOf(index, site)) {
    const violations = await checkFiles(generate(index, machine), { index, site: machine });
    if (violations.length > 0) throw broken(machine, violations);
  }
  for (const { row, reason } of firstOfEachKind(warnings)) note(`warning: ${row}: ${reason}`);
}

function readAll(image: Buffer) {
  try {
    return readValidIndex(image);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new Failure(error.code, error.message, {
      hint: 'Nothing was published. Repair the index on this host, then run it again.',
      cause: error,
    });
  }
}

/** One machine of each kind. Fly's regions differ only in their lists, so one region is enough. */
function machinesOf(index: Index, site: Site): Site[] {
  const plain = { ...site, overrides: null, appName: null, region: null };
  const region = index.regions[0]?.code ?? 'iad';
  return [
    { ...plain, deployment: 'fly', appName: site.appName ?? 'smooth', region },
    { ...plain, deployment: 'kamal' },
  ];
}

function broken({ deployment }: Site, violations: readonly Violation[]): Failure {
  return new Failure(
    'check-failed',
    `on a ${deployment} machine, the files that this index gives break rules: ${describeViolations(violations)}`,
    {
      hint: 'Nothing was published. Look at what the message names; if the index is right, report it.',
    },
  );
}
