import { hash } from 'node:crypto';
import { imageDigest } from '../database/image.ts';
import { Failure } from '../failure.ts';
import { type Generation, listGenerations, readGeneration } from '../install/generations.ts';
import type { LiveIndex } from '../install/live-index.ts';
import type { Journal } from '../journal/journal.ts';
import type { Arrival, InstalledState } from '../journal/journal-model.ts';
import type { IndexFacts, RunResult } from '../report/results.ts';
import { bringAbout } from './bring-about.ts';
import { type Candidate, localCandidate } from './candidate.ts';
import { underLock } from './locked.ts';
import type { UpdateContext } from './update-context.ts';
import { CANDIDATE_STEPS, LOCK } from './update-steps.ts';

const LOOK = { name: 'rollback', title: 'Read what was replaced' };

export interface RollbackRequest {
  /** The run to undo; null for the last one that replaced anything. */
  readonly run: string | null;
  readonly arrival: Arrival;
}

/**
 * Puts back the index as it was before a run, and generates everything else from it, as this installation does today:
 * the kept files decide neither where anything is written nor what Navigator runs. A rollback is an update of its own:
 * it takes the lock, keeps what it replaces, and makes Navigator reload. Never throws.
 *
 * When it puts back the index, the store's object is held: it is not installed again until another one is published, or
 * one is forced. It is not held if it is the very object that was put back.
 */
export async function rollback(
  context: UpdateContext,
  { run, arrival }: RollbackRequest,
): Promise<RunResult> {
  const how = { operation: 'rollback', trigger: 'rollback', kind: 'rollback' } as const;
  const request = { ...how, steps: [LOCK, LOOK, ...CANDIDATE_STEPS], arrival };
  return await underLock(context, request, async (operation) => {
    const { journal, live, steps } = operation;
    const before = await steps.run(LOOK, () => {
      const value = stateBefore(journal, run);
      return { value, detail: describe(value) };
    });
    const installed = journal.installed();
    const candidate = before.index
      ? candidateOf(before.index, before, { live, installed })
      : localCandidate(live, installed);
    return await bringAbout(context, operation, candidate, { force: false });
  });
}

/** How things were before a run. */
interface Before {
  /** The run, then those after it that replaced something. */
  readonly undone: readonly Generation[];
  /** Image of the index; null where none of them replaced it. */
  readonly index: Buffer | null;
}

/** If several versions of the index were replaced since, the oldest is the one from before the run. */
function stateBefore(journal: Journal, run: string | null): Before {
  const { stateDir } = journal;
  const first = firstUndone(journal, run);
  const undone = listGenerations(stateDir)
    .filter(({ sequence }) => sequence >= first.sequence)
    .reverse();
  const oldest = undone.find(hasIndex);
  return { undone, index: oldest ? readGeneration(stateDir, oldest.run).index : null };
}

function hasIndex({ members }: Generation): boolean {
  return members.some(({ kind }) => kind === 'index');
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

function candidateOf(
  image: Buffer,
  { undone }: Before,
  { live, installed }: { live: LiveIndex; installed: InstalledState | null },
): Candidate {
  const digest = imageDigest(image);
  // It is installed already, so the journal has nothing to remember.
  if (digest === live.digest) return localCandidate(live, installed);
  const facts = factsOf(image, undone, installed);
  const held = facts.etag === null;
  const etag = held ? (installed?.etag ?? null) : facts.etag;
  return {
    image,
    digest,
    facts,
    remember: { ...facts, etag, time: new Date(facts.time), digest, held },
    note: null,
  };
}

/** With an ETag only if it is the store's current object, as far as this machine knows, and not an earlier one. */
function factsOf(image: Buffer, undone: readonly Generation[], installed: InstalledState | null): IndexFacts {
  const then = undone.find(hasIndex)?.facts;
  if (then?.etag && then.etag === installed?.etag) return { ...then, time: timeOf(then) };
  const sha256 = hash('sha256', image);
  return { etag: null, sha256, size: image.length, time: timeOf(then), source: 'generation' };
}

function timeOf(facts: IndexFacts | null | undefined): string {
  const known = facts && !Number.isNaN(Date.parse(facts.time));
  return known ? facts.time : new Date().toISOString();
}

function describe({ undone, index }: Before): string {
  const [first, ...later] = undone;
  if (!first) throw new Failure('internal', 'nothing is undone', { hint: 'Report it.' });
  const since = later.length === 0 ? '' : ` and ${later.length} after it`;
  const replaced = undone.flatMap(({ members }) => members.filter(({ sha256 }) => sha256 !== null));
  const kinds = [...new Set(replaced.map(({ kind }) => kind))];
  const rest = index || kinds.length === 0 ? '' : ', but not the index, from which the rest is generated';
  return `run ${first.run}${since} replaced ${kinds.join(', ') || 'nothing'}${rest}`;
}
