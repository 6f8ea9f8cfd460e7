import { asFailure, Failure } from '../failure.ts';
import { generate } from '../generate/generate.ts';
import { describeDifferences } from '../index/differences.ts';
import type { Index } from '../index/index-model.ts';
import { noticedChanges } from '../index/noticed-changes.ts';
import { readValidIndex } from '../index/read-index.ts';
import { compareFiles } from '../install/compare.ts';
import { readLiveIndex } from '../install/live-index.ts';
import { installedAs, type Remembered, readRemembered } from '../journal/remembered.ts';
import type { NoticedChange } from '../noticed-change.ts';
import { unifiedDiff } from '../report/diff.ts';
import type { RunResult, Trigger } from '../report/results.ts';
import { Steps } from '../report/steps.ts';
import { newRunId } from '../run-id.ts';
import { ownPart } from '../site/static.ts';
import { chooseCandidate, describeHeld, localCandidate } from './candidate.ts';
import { describeChanges, fileFacts } from './changes.ts';
import { describeFetched, fetchIndex, knownVersion } from './fetch.ts';
import { proveFiles, readStep } from './pipeline.ts';
import type { PushedIndex } from './pushed.ts';
import { endResult, failureResult, newFindings } from './result.ts';
import type { UpdateContext } from './update-context.ts';
import { FETCH, READ } from './update-steps.ts';

const GENERATE = { name: 'generate', title: 'Generate the files' };
const CHECK = { name: 'check', title: 'Check every rule' };
const COMPARE = { name: 'compare', title: 'Compare with what is installed' };
const STEPS = [FETCH, READ, GENERATE, CHECK, COMPARE];

/**
 * Says what an update would change, and changes nothing: it takes no lock, writes no journal and leaves no file. It
 * does not wait for a running update either, which keeps the journal to itself.
 */
export async function dryRun(
  context: UpdateContext,
  request: { trigger: Trigger; force: boolean; pushed?: PushedIndex | null },
): Promise<RunResult> {
  const { site, settings } = context;
  const steps = new Steps(context.report);
  const findings = newFindings(newRunId());
  const { trigger } = request;
  const facts = { run: findings.run, operation: 'dry-run', trigger, by: null, target: site.machineId };
  steps.begin({ kind: 'update', ...facts, steps: STEPS });
  let result: RunResult;
  try {
    const remembered = await rememberedOrNull(site.dbDir, steps);
    const live = await readLiveIndex(site, settings.maxIndexBytes);
    const installed = remembered && installedAs(remembered, live.digest);
    const fetched = await steps.run(FETCH, async () => {
      const unless = request.force ? null : knownVersion(live.digest, installed);
      const maxBytes = settings.maxIndexBytes;
      const value = request.pushed ?? (await fetchIndex(await context.openStore(), { unless, maxBytes }));
      return { value, detail: describeFetched(value) };
    });
    const chosen = await chooseCandidate(fetched, {
      live,
      installed,
      force: request.force,
      isSource: site.deployment === 'local',
      published: remembered?.published ?? new Set(),
      now: new Date(),
    });
    if ('kind' in chosen)
      steps.note(
        describeHeld(live.image ? describeDifferences(chosen.theirs, live.image) : [], chosen.whose),
      );
    else if (chosen.note) steps.note(chosen.note);
    // If this host's own index is held, an update would do nothing.
    const candidate = 'kind' in chosen ? localCandidate(live, installed) : chosen;
    const { index } = await readStep({ site, steps, findings }, candidate);
    const files = await steps.run(GENERATE, () => {
      const value = generate(index, site);
      return { value, detail: `${value.length} files` };
    });
    await steps.run(CHECK, async () => {
      await proveFiles(files, index, site);
      return { value: undefined, detail: 'every rule holds' };
    });
    await steps.run(COMPARE, async () => {
      const comparisons = compareFiles(files);
      const changed = candidate.digest !== live.digest;
      findings.files = fileFacts(comparisons, { path: live.path, changed, size: candidate.image.length });
      const owing = request.force || remembered?.pendingReload === true;
      findings.reload = owing || findings.files.some((file) => file.changed);
      const navigator = comparisons.find(({ file }) => file.kind === 'navigator');
      findings.diff = navigator?.changed
        ? await unifiedDiff(navigator.previous?.toString() ?? '', navigator.file.content, navigator.file.path)
        : '';
      // What programs read of a machine's answer stays as it is.
      if (trigger === 'command') findings.changes = changesSince(live.image, index, ownPart(site).root);
      return { value: undefined, detail: describeChanges(findings.files) };
    });
    result = endResult(site, steps, findings, 'dry-run');
  } catch (error) {
    if (asFailure(error) !== error) context.unexpected(error);
    result = failureResult(site, steps, findings, error);
  }
  steps.say({ type: 'run-ended', kind: 'update', result });
  return result;
}

/** What people notice; nothing on a machine that has no index yet, or none that can be used. */
function changesSince(before: Buffer | null, after: Index, root: string): NoticedChange[] {
  try {
    return before === null ? [] : noticedChanges(readValidIndex(before).index, after, root);
  } catch {
    return [];
  }
}

/** What the journal remembers; null, with a note, if it cannot be read just now. */
async function rememberedOrNull(dbDir: string, steps: Steps): Promise<Remembered | null> {
  try {
    return await readRemembered(dbDir, 0);
  } catch (error) {
    if (!(error instanceof Failure) || !['lock-timeout', 'disk'].includes(error.code)) throw error;
    const why = error.code === 'disk' ? error.message : 'an update is under way';
    steps.note(`${why}, so what was installed, or rolled back, before is not taken into account`);
    return null;
  }
}
