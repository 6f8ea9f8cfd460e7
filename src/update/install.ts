import { generate } from '../generate/generate.ts';
import type { PlannedFile } from '../generate/types.ts';
import { type Comparison, compareFiles } from '../install/compare.ts';
import type { Outcome } from '../report/types.ts';
import { navigatorPath } from '../site/paths.ts';
import { type Change, installChange, stageChange } from './apply.ts';
import type { Candidate } from './candidate.ts';
import type { Operation } from './locked.ts';
import type { Parts } from './parts.ts';
import { describeChanges, fileFacts, proveFiles, readStep } from './plan.ts';
import { limitYoungGeneration } from './young.ts';

export interface InstallOptions {
  /** Install every file anew, whatever stands there. */
  readonly force: boolean;
  /** Make Navigator reload in any case; as `force`, where absent. */
  readonly reload?: boolean;
  /** Do without what can be missed where the disk has no room: the generation, the note of a reload that is owed. */
  readonly spare?: boolean;
}

/**
 * From a candidate to an installed configuration: read, generate, check, install. Installs what differs, and makes
 * Navigator reload when anything did, when it is forced, or when a killed run left a reload owing.
 */
export async function installCandidate(
  parts: Parts,
  { journal, steps, findings, live }: Operation,
  candidate: Candidate,
  { force, reload = force, spare = false }: InstallOptions,
): Promise<Outcome> {
  const { site } = parts;
  const index = await readStep(site, { steps, findings }, candidate);
  await limitYoungGeneration(candidate.image.length);

  const indexChanged = candidate.digest !== live.digest;
  const comparisons = await steps.run('generate', 'Generate the files and compare them', () => {
    const value = compareFiles(generate(index, site));
    findings.files = fileFacts(value, {
      path: live.path,
      changed: indexChanged,
      size: candidate.image.length,
    });
    return { value, detail: describeChanges(findings.files) };
  });

  const changed = indexChanged || comparisons.some((comparison) => comparison.changed);
  if (!changed && !reload && !journal.pendingReload()) {
    if (candidate.remember) journal.setInstalled(candidate.remember);
    return 'unchanged';
  }
  const { remember } = candidate;
  const change: Change = {
    run: findings.run,
    live,
    index: indexChanged ? { image: candidate.image, modified: new Date(candidate.facts.time) } : null,
    files: comparisons.filter((comparison) => comparison.changed || force),
    reloadFile: navigatorPath(site),
    generations: parts.settings.generations,
    spare,
    remember: remember && ((digest) => ({ ...remember, digest })),
  };
  const staged = await steps.run('check', 'Stage the new files and check every rule', async () => {
    const value = await stageChange(change, (reread) =>
      proveFiles(withReread(comparisons, reread), index, site),
    );
    return { value, detail: `${value.length} files staged, every rule holds` };
  });
  await steps.run('install', 'Install', async () => {
    await installChange(journal, change, staged);
    return { value: undefined, detail: changed ? describeChanges(findings.files) : 'a reload, nothing else' };
  });
  findings.reload = true;
  return 'updated';
}

/** The whole plan, with what was staged as the disk holds it. */
function withReread(comparisons: readonly Comparison[], reread: readonly PlannedFile[]): PlannedFile[] {
  const byPath = new Map(reread.map((file) => [file.path, file]));
  return comparisons.map(({ file }) => byPath.get(file.path) ?? file);
}
