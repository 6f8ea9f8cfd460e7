import type { Lock } from '../database/lock.ts';
import { asFailure, Failure, type Problem, problemOf } from '../failure.ts';
import { type LiveIndex, readLiveIndex } from '../install/live-index.ts';
import { unlessDamaged } from '../journal/history.ts';
import type { Journal } from '../journal/journal.ts';
import type { Arrival } from '../journal/journal-model.ts';
import { installedAs, NOTHING, type Remembered, readRemembered } from '../journal/remembered.ts';
import type { Outcome, RunResult, Trigger } from '../report/results.ts';
import { bringAbout } from './bring-about.ts';
import {
  type Candidate,
  chooseCandidate,
  describeHeld,
  localCandidate,
  type Unpublished,
} from './candidate.ts';
import { describeFetched, type Fetched, fetchIndex, knownVersion } from './fetch.ts';
import type { Ahead } from './install-options.ts';
import { prepareAndLock } from './locked.ts';
import type { Operation } from './locked-work.ts';
import type { PushedIndex } from './pushed.ts';
import type { UpdateContext } from './update-context.ts';
import { CANDIDATE_STEPS, FETCH, LOCK } from './update-steps.ts';

export interface UpdateRequest {
  readonly trigger: Trigger;
  /** Fetch and reinstall even when nothing changed. */
  readonly force: boolean;
  readonly arrival: Arrival;
  /**
   * Whether the machine must serve in any case: if the update fails, it serves its own index, and the result says why.
   */
  readonly mustServe?: boolean;
  /** Whether Navigator must reload even if nothing changed. */
  readonly reload?: boolean;
  /** A lane that the caller holds already; it is released at the end of the run. */
  readonly lane?: Lock | null;
  /** The index that came with the request, instead of the store's; null or absent for none. */
  readonly pushed?: PushedIndex | null;
}

const STEPS = [FETCH, LOCK, ...CANDIDATE_STEPS];

/** The store's answer, or why there is none; and the local index at that time, if it could be read. */
type Asked = ({ readonly fetched: Fetched; readonly ahead: Ahead | null } | { readonly problem: Failure }) & {
  readonly live: LiveIndex | null;
};

/**
 * The whole update: fetch, lock, read, generate, check, install. Never throws: an error becomes the result, and then
 * nothing was changed. The lock is not held while the store is asked, because another update may need it. A user who
 * has lost access must not keep it for that long.
 */
export async function runUpdate(context: UpdateContext, request: UpdateRequest): Promise<RunResult> {
  const { trigger, force, arrival, mustServe = false, lane = null, pushed = null } = request;
  const kind = force ? 'forced' : 'plain';
  // A push does not ask the store, so it needs no lane. Another run has hardly ever installed the same bytes.
  const how = pushed
    ? ({ kind: force ? 'forced-push' : 'push', sha256: pushed.sha256 } as const)
    : ({ kind, mayShare: true } as const);
  return await prepareAndLock<Asked>(
    context,
    { operation: 'update', steps: STEPS, trigger, arrival, ...how, unrecorded: mustServe, lane },
    {
      prepare: (steps, remembered) =>
        steps.run(FETCH, async () => {
          const value = await ask(context, request, remembered);
          const detail = 'fetched' in value ? describeFetched(value.fetched) : value.problem.message;
          return { value, detail };
        }),
      live: (asked) => asked.live,
      fits: (asked, journal, live) => stillFits(asked, journal, live),
      plan: async (operation, asked) => {
        const chosen = await choose(context, request, operation, asked);
        const isOver = chosen.kind === 'unpublished';
        return { isOver, perform: () => perform(context, request, operation, chosen) };
      },
    },
  );
}

async function ask(
  context: UpdateContext,
  { force, mustServe, pushed }: UpdateRequest,
  known: Remembered | null,
): Promise<Asked> {
  const { site, settings } = context;
  if (pushed) return await askForPushed(context, pushed);
  let live: LiveIndex | null = null;
  try {
    live = await readLiveIndex(site, settings.maxIndexBytes);
    const read = () => unlessDamaged(readRemembered(site.dbDir, settings.lockTimeoutMs), NOTHING);
    const remembered = known ?? (await read());
    const installed = installedAs(remembered, live.digest);
    const unless = force ? null : knownVersion(live.digest, installed);
    const store = await context.openStore();
    const fetched = await fetchIndex(store, { unless, maxBytes: settings.maxIndexBytes });
    const { pendingReload } = remembered;
    // An unchanged index teaches nothing, unless a killed run has left something undone.
    const image = fetched.kind === 'found' ? fetched.bytes : pendingReload && store ? live.image : null;
    return { fetched, ahead: image && (await aheadOf(context, image, live)), live };
  } catch (error) {
    if (mustServe && error instanceof Failure) return { problem: error, live };
    throw error;
  }
}

/** The index was fetched; the store, if there is one, may have databases of its new events. */
async function askForPushed(context: UpdateContext, pushed: PushedIndex): Promise<Asked> {
  const live = await readLiveIndex(context.site, context.settings.maxIndexBytes);
  const ahead = await aheadOf(context, pushed.bytes, live);
  return { fetched: pushed, ahead, live };
}

/** Only here: most runs have nothing to look at. */
async function aheadOf(context: UpdateContext, image: Buffer, live: LiveIndex): Promise<Ahead | null> {
  const { generateAhead } = await import('./ahead.ts');
  return await generateAhead(context, { image, live: live.image });
}

/** The answer that the store still has the installed index means nothing once another one is installed. */
function stillFits(asked: Asked, journal: Journal, live: LiveIndex): boolean {
  if (!('fetched' in asked) || asked.fetched.kind !== 'unchanged') return true;
  return knownVersion(live.digest, journal.installed()) === asked.fetched.etag;
}

async function perform(
  context: UpdateContext,
  request: UpdateRequest,
  operation: Operation,
  chosen: Chosen,
): Promise<Outcome> {
  const { force, mustServe = false, reload = force } = request;
  const { journal } = operation;
  try {
    if (chosen.kind === 'unpublished') return await hold(operation, chosen, request);
    if (chosen.kind === 'failed') throw chosen.error;
    const { candidate, ahead, storeless } = chosen;
    if (candidate.note) operation.steps.note(candidate.note);
    const options = { force, reload, ahead, storeless };
    const outcome = await bringAbout(context, operation, candidate, options);
    journal.setOwedUpdate(null);
    return outcome;
  } catch (error) {
    if (!mustServe) throw error;
    return await serveLocal(context, operation, error, reload);
  }
}

type Chosen =
  | Unpublished
  | {
      readonly kind: 'chosen';
      readonly candidate: Candidate;
      readonly ahead: Ahead | null;
      readonly storeless: boolean;
    }
  | { readonly kind: 'failed'; readonly error: unknown };

async function choose(
  { site }: UpdateContext,
  { force }: UpdateRequest,
  { journal, live }: Operation,
  asked: Asked,
): Promise<Chosen> {
  if (!('fetched' in asked)) return { kind: 'failed', error: asked.problem };
  const { fetched, ahead } = asked;
  try {
    const chosen = await chooseCandidate(fetched, {
      live,
      installed: journal.installed(),
      force,
      isSource: site.deployment === 'local',
      published: journal.publishedDigests(),
      now: new Date(),
    });
    if ('kind' in chosen) return chosen;
    return { kind: 'chosen', candidate: chosen, ahead, storeless: fetched.kind === 'no-store' };
  } catch (error) {
    return { kind: 'failed', error };
  }
}

/** Serves the index of this machine if the update failed. */
async function serveLocal(
  context: UpdateContext,
  operation: Operation,
  error: unknown,
  reload: boolean,
): Promise<Outcome> {
  const { journal, live, findings, steps } = operation;
  const failure = asFailure(error);
  const local = localOr(live, journal, error);
  steps.goOnWith(CANDIDATE_STEPS);
  if (failure.code === 'index-older' && journal.installed()?.source === 'push') {
    // A store takes a while to be consistent everywhere, so a pushed index may be newer than its answer.
    steps.note('the store has an older index than the one that was pushed here, which stays');
    journal.setOwedUpdate(null);
    return await bringAbout(context, operation, local, { force: false, reload, spare: true });
  }
  if (failure !== error) context.unexpected(error);
  const problem = problemOf(failure);
  findings.fallback = problem;
  steps.note(
    `the update failed (${problem.code}): ${problem.message}; this machine serves from the index that it has`,
  );
  keepInMind(operation, problem);
  return await bringAbout(context, operation, local, { force: false, reload, spare: true });
}

/** Without an index of its own the machine cannot serve; then the error of the fetch is what must be repaired. */
function localOr(live: LiveIndex, journal: Journal, error: unknown): Candidate {
  try {
    return localCandidate(live, journal.installed());
  } catch {
    throw error;
  }
}

/** On a full volume this is lost, and the next run asks the store anyway. */
function keepInMind({ journal, steps }: Operation, problem: Problem): void {
  try {
    journal.setOwedUpdate(problem);
  } catch (error) {
    steps.warn(`the owed update could not be recorded: ${asFailure(error).message}`);
  }
}

/** Changes nothing, and says why the store's index is not installed. */
async function hold(
  { live, findings, steps }: Operation,
  { theirs, facts, whose }: Unpublished,
  { trigger }: UpdateRequest,
): Promise<Outcome> {
  findings.index = facts;
  const { describeDifferences } = await import('../index/differences.ts');
  const differences = live.image ? describeDifferences(theirs, live.image) : [];
  steps.note(describeHeld(differences, whose));
  // User names are shown only on this host.
  if (trigger === 'command') for (const line of differences) steps.note(line);
  return 'held';
}
