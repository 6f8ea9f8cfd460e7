import { Failure } from '../failure.ts';
import type { PlannedFile } from '../generate/planned-file.ts';
import { countEvents, entriesOf } from '../index/entries.ts';
import type { Index, ReadIndex } from '../index/index-model.ts';
import { readValidIndex } from '../index/read-index.ts';
import { firstOfEachKind } from '../index/warnings.ts';
import type { Comparison } from '../install/compare.ts';
import type { FileFacts } from '../report/events.ts';
import type { Steps } from '../report/steps.ts';
import type { Site } from '../site/site.ts';
import { counted } from '../text.ts';
import type { Candidate } from './candidate.ts';
import type { Findings } from './result.ts';

/**
 * The step that turns a candidate into an index, and tells which rows were left out, and what is odd about this machine.
 *
 * @param before what was read of it already, before the lock was taken; null where nothing was
 */
export async function readStep(
  site: Site,
  { steps, findings }: { readonly steps: Steps; readonly findings: Findings },
  candidate: Candidate,
  before: ReadIndex | null = null,
): Promise<Index> {
  findings.index = candidate.facts;
  const { index, warnings } = await steps.run('read', 'Validate and read the index', () => {
    const value = before ?? readValidIndex(candidate.image);
    return { value, detail: describeIndex(value) };
  });
  findings.warnings = firstOfEachKind(warnings);
  for (const warning of findings.warnings) steps.say({ type: 'warning', warning });
  if (site.region !== null && !index.regions.some(({ code }) => code === site.region)) {
    steps.warn(`FLY_REGION is ${site.region}, which is no region of the index: no event is this machine's`);
  }
  return index;
}

/**
 * Every rule over every planned file.
 *
 * @throws {Failure} `check-failed`, listing all violations.
 */
export async function proveFiles(files: readonly PlannedFile[], index: Index, site: Site): Promise<void> {
  // Only here: a run that finds nothing to change proves nothing.
  const [{ checkFiles }, { describeViolations }] = await Promise.all([
    import('../check/rules.ts'),
    import('../check/rule.ts'),
  ]);
  const violations = await checkFiles(files, { index, site });
  if (violations.length === 0) return;
  const rules = violations.length === 1 ? 'a rule' : `${violations.length} rules`;
  throw new Failure('check-failed', `the generated files break ${rules}: ${describeViolations(violations)}`, {
    hint: 'Nothing was installed. Look at what the message names, and report it if the index is right.',
  });
}

export function fileFacts(
  comparisons: readonly Comparison[],
  index: { path: string; changed: boolean; size: number },
): FileFacts[] {
  return [
    { kind: 'index', ...index },
    ...comparisons.map(({ file, changed }) => ({
      kind: file.kind,
      path: file.path,
      changed,
      size: Buffer.byteLength(file.content),
    })),
  ];
}

/** `3 of 5 files differ: htpasswd, map, navigator` */
export function describeChanges(facts: readonly FileFacts[]): string {
  const changed = facts.filter((fact) => fact.changed);
  if (changed.length === 0) return 'nothing differs';
  return `${changed.length} of ${facts.length} differ: ${changed.map((fact) => fact.kind).join(', ')}`;
}

/** `420 users, 92 studios, 369 events, 8 regions, no warnings` */
function describeIndex({ index, warnings }: ReadIndex): string {
  const { users, studios, regions } = index;
  const facts = [
    counted(users.length, 'user'),
    counted(studios.length, 'studio'),
    counted(countEvents(entriesOf(index)), 'event'),
    counted(regions.length, 'region'),
    warnings.length === 0 ? 'no warnings' : counted(warnings.length, 'warning'),
  ];
  return facts.join(', ');
}
