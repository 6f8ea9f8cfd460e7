import { hash } from 'node:crypto';
import { Failure } from '../failure.ts';
import { imageDigest } from '../index/open.ts';
import { validateImage } from '../index/validate.ts';
import { type Comparison, compareFiles } from '../install/compare.ts';
import {
  type Generation,
  listGenerations,
  type Replaced,
  type ReplacedFile,
  readGeneration,
} from '../install/generations.ts';
import type { Journal } from '../journal/journal.ts';
import type { Arrival, InstalledState } from '../journal/types.ts';
import type { IndexFacts, Outcome, RunResult } from '../report/types.ts';
import { navigatorPath } from '../site/paths.ts';
import { type Change, installChange, stageChange } from './apply.ts';
import { localFacts } from './candidate.ts';
import { type Operation, underLock } from './locked.ts';
import type { Parts } from './parts.ts';
import { describeChanges, fileFacts, proveReplaced } from './plan.ts';

export interface RollbackRequest {
  /** The run to undo; null for the last one that replaced anything. */
  readonly run: string | null;
  readonly arrival: Arrival;
}

/**
 * Puts back, byte for byte, what a run and those after it replaced, so that everything is as it was before that run. It
 * is an update of its own: it takes the lock, keeps what it replaces in turn, and makes Navigator reload. What the
 * undone runs had created is left in place. Never throws.
 *
 * When it puts back the index, the store's object is held: it does not come back until another one is published, or
 * one is forced. Unless that object is what it puts back: then the machine has again what the store has.
 */
export async function rollback(parts: Parts, { run, arrival }: RollbackRequest): Promise<RunResult> {
  const request = { trigger: 'rollback', kind: 'rollback', arrival } as const;
  return await underLock(parts, request, async (operation) => {
    const before = await operation.steps.run('read', 'Read what was replaced', () => {
      const value = stateBefore(operation.journal, run);
      return { value, detail: describe(value) };
    });
    return await putBack(parts, operation, before);
  });
}

/** How things were before a run. */
interface Before extends Replaced {
  /** The run, then those after it that replaced something. */
  readonly undone: readonly Generation[];
}

/** Of several versions of a file that were replaced since, the oldest is the one from before the run. */
function stateBefore(journal: Journal, run: string | null): Before {
  const { stateDir } = journal;
  const first = firstUndone(journal, run);
  const undone = listGenerations(stateDir)
    .filter(({ sequence }) => sequence >= first.sequence)
    .reverse();
  let index: Buffer | null = null;
  const files = new Map<string, ReplacedFile>();
  for (const generation of undone) {
    const { replaced } = readGeneration(stateDir, generation.run);
    index ??= replaced.index;
    for (const file of replaced.files) if (!files.has(file.path)) files.set(file.path, file);
  }
  return { undone, index, files: [...files.values()] };
}

/**
 * The generation to begin with. A run that completed a killed one is undone together with that; and a rollback that was
 * killed is not undone by the next one, but begun again.
 */
function firstUndone(journal: Journal, run: string | null): Generation {
  const all = listGenerations(journal.stateDir);
  const pending = journal.pendingRun();
  const again =
    run === null && pending?.kind === 'rollback' && all[0]?.run === pending.run ? all[1] : undefined;
  const last = again ?? readGeneration(journal.stateDir, run ?? undefined).generation;
  const withCompleted = (generation: Generation): Generation => {
    const completed = all.find((one) => one.run === generation.completes);
    return completed ? withCompleted(completed) : generation;
  };
  return withCompleted(last);
}

async function putBack(
  parts: Parts,
  { journal, steps, findings, live }: Operation,
  before: Before,
): Promise<Outcome> {
  const { site } = parts;
  const index = before.index && imageDigest(before.index) !== live.digest ? before.index : null;
  const installed = journal.installed();
  const facts = index ? factsOf(index, before, installed) : localFacts(live, installed);
  findings.index = facts;
  const comparisons = await steps.run('compare', 'Compare with what is installed', () => {
    const value = compareFiles(plannedFrom(before));
    const size = index?.length ?? live.image?.length ?? 0;
    findings.files = fileFacts(value, { path: live.path, changed: index !== null, size });
    return { value, detail: describeChanges(findings.files) };
  });
  const files = comparisons.filter((comparison) => comparison.changed);
  if (!index && files.length === 0 && !journal.pendingReload()) return 'unchanged';

  const change: Change = {
    run: findings.run,
    live,
    index: index && facts ? { image: index, modified: new Date(facts.time) } : null,
    files,
    reloadFile: navigatorPath(site),
    generations: parts.settings.generations,
    remember: index && facts ? remembered(facts, installed) : null,
  };
  const staged = await steps.run('check', 'Stage the files and check them', async () => {
    if (index) validateImage(index);
    const value = await stageChange(change, proveReplaced);
    return { value, detail: `${value.length} files staged and in order` };
  });
  await steps.run('install', 'Install', async () => {
    await installChange(journal, change, staged);
    return { value: undefined, detail: describeChanges(findings.files) };
  });
  findings.reload = true;
  return 'updated';
}

/** What was kept, as files to be installed. Only text was ever kept but for the index. */
function plannedFrom({ files }: Replaced): Comparison['file'][] {
  return files.flatMap(({ kind, path, previous }) => {
    if (previous === null) return [];
    const content = previous.toString('utf8');
    if (!Buffer.from(content).equals(previous)) {
      throw new Failure('no-generation', `the ${kind} file that was replaced is not UTF-8 text`, {
        hint: 'Roll back to another generation (--generations lists them).',
      });
    }
    return [{ kind, path, content, mode: kind === 'htpasswd' ? 0o640 : 0o644 }];
  });
}

/** With an ETag only when it is the store's object, as far as this machine knows, and not an earlier one. */
function factsOf(image: Buffer, { undone }: Before, installed: InstalledState | null): IndexFacts {
  const from = undone.find(({ members }) => members.some(({ kind }) => kind === 'index'));
  const then = from?.facts;
  if (then?.etag && then.etag === installed?.etag) return then;
  const sha256 = hash('sha256', image);
  const time = then?.time ?? new Date().toISOString();
  return { etag: null, sha256, size: image.length, time, source: 'generation' };
}

function remembered(facts: IndexFacts, installed: InstalledState | null): Change['remember'] {
  const held = facts.etag === null;
  const etag = held ? (installed?.etag ?? null) : facts.etag;
  return (digest) => ({ ...facts, etag, digest, held });
}

function describe({ undone, index, files }: Before): string {
  const replaced = files.filter(({ previous }) => previous !== null);
  const kinds = [...(index ? ['index'] : []), ...replaced.map(({ kind }) => kind)];
  const [first, ...later] = undone;
  const since = later.length === 0 ? '' : ` and ${later.length} after it`;
  return `run ${first?.run}${since} replaced ${kinds.join(', ') || 'nothing'}`;
}
