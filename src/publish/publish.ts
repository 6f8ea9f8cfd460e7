import { updateInventory } from '../bucket/inventory-update.ts';
import { DIGEST_METADATA, databaseKey, INDEX_NAME, renderTime } from '../bucket/object-names.ts';
import { asFailure, Failure } from '../failure.ts';
import { CHANGES, describeDifferences } from '../index/differences.ts';
import type { PublishOutcome } from '../report/fleet-results.ts';
import { decide, isOlder } from './decide.ts';
import { keepLeaving, keptAfter, noteFinished, tidyKept } from './keeping.ts';
import { type Memory, openMemory } from './memory.ts';
import { asPublished, likelyEtag, readOwnIndex, withLikelyTime } from './own-index.ts';
import { proveIndex } from './prove.ts';
import type { OwnIndex, PublishContext, PublishRequest } from './publish-context.ts';
import { underPublishLock } from './publish-lock.ts';
import { openRestoration, type Restoration } from './restore.ts';
import { fetchIndex, type IndexInStore, readStored, withImage } from './stored-index.ts';
import { type NamedUndo, takeBack, withRun } from './taken-back.ts';

const KEY = databaseKey(INDEX_NAME);
/** The object's content type, for machines and other tools. */
const CONTENT_TYPE = 'application/vnd.sqlite3';
/** How often the store's index may change during a publication before it fails. */
const MOST_ROUNDS = 4;

/**
 * Publishes the index of this host: reads it, proves it as a machine would, and sends it only over an index that this
 * host knows. So if two administrators publish, the second one is warned and nothing is lost. The journal records the
 * publication before and after it, so that the run after a killed one knows what happened.
 *
 * @throws {Failure} `index-*`, `check-failed`, `store-*`, `lock-timeout`, `disk`
 */
export async function publishIndex(
  context: PublishContext,
  request: PublishRequest,
): Promise<PublishOutcome> {
  const undo = request.undo && (await withRun(context, request.undo));
  const work = (stateDir: string | null) =>
    undo ? takenBack(context, request, undo) : publish(context, request, stateDir);
  return request.dryRun ? await work(null) : await underPublishLock(context, work);
}

async function publish(
  context: PublishContext,
  request: PublishRequest,
  stateDir: string | null,
): Promise<PublishOutcome> {
  const read = await readOwnIndex(context.site, request.run, { stateDir, maxBytes: context.maxIndexBytes });
  const own = withLikelyTime(read, new Date(), context.note);
  const memory = await openMemory(context, request.dryRun);
  const { last } = memory.state;
  const situation = { request, own, memory, restoration: null };
  if (last?.digest !== own.digest) {
    await proveIndex(own.image, context);
    // Usually no other host publishes, and then the store need not be asked first.
    if (last && !request.dryRun && request.replaces === null && !isOlder(own, last.time)) {
      const sent = await send(context, situation, { replaces: last.etag, modified: own.modified });
      if (sent) return sent;
    }
  }
  return await inRounds(context, situation);
}

/**
 * The same with the index that an earlier run replaced. It is put into the index of this host, too: otherwise the next
 * publication would bring back what was taken back. That is done once the store is known to let it be published, and
 * before it is: a kill leaves either nothing new, or an index of this host that the next run publishes.
 */
async function takenBack(
  context: PublishContext,
  request: PublishRequest,
  undo: NamedUndo,
): Promise<PublishOutcome> {
  const memory = await openMemory(context, request.dryRun);
  const taken = takeBack(context.site.dbDir, memory.kept, undo);
  await proveIndex(taken.image, context);
  const restoration = openRestoration(context, memory, { run: request.run, undo }, taken);
  if (request.dryRun) await restoration.preview();
  try {
    const outcome = await inRounds(context, { request, own: restoration.own, memory, restoration });
    if (outcome.kind !== 'changed-elsewhere') return { ...outcome, undoes: taken.undoes };
    await restoration.takeOut();
    return outcome;
  } catch (error) {
    if (error instanceof Failure && error.code === 'changed-elsewhere') await restoration.takeOut();
    else restoration.sayLeft();
    throw error;
  }
}

async function inRounds(context: PublishContext, situation: Prepared): Promise<PublishOutcome> {
  const { request, own, memory } = situation;
  for (let round = 1; round <= MOST_ROUNDS; round++) {
    const stored = await readStored(context.store, KEY, context.maxIndexBytes, {
      own,
      published: memory.state.last,
    });
    const outcome = await actOnce(context, request, { ...situation, stored, raced: round > 1 });
    if (outcome) return outcome;
  }
  throw new Failure('changed-elsewhere', `${KEY} was changed ${MOST_ROUNDS} times while it was published`, {
    hint: 'Find out who else publishes, then run it again.',
  });
}

interface Prepared {
  readonly request: PublishRequest;
  readonly own: OwnIndex;
  readonly memory: Memory;
  /** Of an undo; else null. */
  readonly restoration: Restoration | null;
}

interface Situation extends Prepared {
  readonly stored: IndexInStore | null;
  readonly raced: boolean;
}

/** One look at the store, and the action that follows; null if the store has changed meanwhile. */
async function actOnce(
  context: PublishContext,
  request: PublishRequest,
  situation: Situation,
): Promise<PublishOutcome | null> {
  const { own, memory, stored, raced } = situation;
  if (!stored) {
    if (memory.state.last) context.note('the store has no index any more; it is published anew');
    if (request.dryRun) return wouldPublish(context, own, null, own.modified);
    return await send(context, situation, { replaces: 'nothing', modified: own.modified });
  }
  const { installed, state } = memory;
  const { replaces } = request;
  const decision = decide(stored, { own, memory: state, installed, replaces, now: new Date(), raced });
  switch (decision.kind) {
    case 'unchanged':
      if (!request.dryRun) await situation.restoration?.putIn();
      await adopt(context, own, memory, stored);
      return { kind: 'unchanged', index: { ...stored.index, digest: own.digest } };
    case 'older':
      throw olderThanPublished(own, stored);
    case 'changed-elsewhere':
      return { kind: 'changed-elsewhere', theirs: stored.index, differences: differences(stored, own) };
    case 'publish':
      if (request.dryRun) {
        const whole = await withImage(context.store, KEY, context.maxIndexBytes, stored);
        return wouldPublish(context, own, whole, decision.modified);
      }
      return await send(context, situation, decision);
  }
}

async function send(
  context: PublishContext,
  { request: { run }, own: prepared, memory, restoration }: Prepared,
  { replaces, modified }: { replaces: string; modified: Date },
): Promise<PublishOutcome | null> {
  const own = (await restoration?.putIn()) ?? prepared;
  if (modified > own.modified) {
    context.note(
      `published as of ${modified.toISOString()}, so that machines with theirs take ours for the newer one`,
    );
  }
  const kept = await keepLeaving(context, memory, {
    run,
    own,
    fetch: () => fetchIndex(context.store, KEY, context.maxIndexBytes),
    replaces: replaces === 'nothing' ? null : replaces,
  });
  await memory.intend(own.digest, kept);
  const put = await context.store.put(KEY, own.image, {
    condition: { replaces },
    metadata: {
      'last-modified': renderTime(modified),
      'published-by': context.by,
      [DIGEST_METADATA]: own.digest,
    },
    contentType: CONTENT_TYPE,
  });
  if (put.kind === 'changed-elsewhere') return null;
  noteFinished(context, kept, { run, digest: own.digest });
  const { etag } = put;
  const arrived = { etag, digest: own.digest };
  await memory.published({ ...arrived, time: modified }, keptAfter(context, memory, arrived));
  tidyKept(context, memory);
  context.later(inventory(context, memory));
  return { kind: 'published', index: asPublished(own, { by: context.by, modified, etag }) };
}

function wouldPublish(
  { by }: PublishContext,
  own: OwnIndex,
  stored: IndexInStore | null,
  modified: Date,
): PublishOutcome {
  return {
    kind: 'would-publish',
    index: asPublished(own, { by, modified, etag: likelyEtag(own) }),
    replaces: stored?.index ?? null,
    differences: stored ? differences(stored, own, CHANGES) : [],
  };
}

/**
 * The store has exactly our index, from whichever host: from now on it counts as the last one that this host published.
 */
async function adopt(
  context: PublishContext,
  own: OwnIndex,
  memory: Memory,
  { index }: IndexInStore,
): Promise<void> {
  if (memory.readOnly) return;
  if (memory.state.last?.etag !== index.etag) {
    const arrived = { etag: index.etag, digest: own.digest };
    await memory.published({ ...arrived, time: new Date(index.time) }, keptAfter(context, memory, arrived));
  }
  if (!memory.state.last?.inventoried) context.later(inventory(context, memory));
}

/** The inventory saves other programs a request; they find an index that is not in it all the same. */
async function inventory({ store, note }: PublishContext, memory: Memory): Promise<void> {
  const { last } = memory.state;
  if (!last) return;
  try {
    const fact = { name: INDEX_NAME, etag: last.etag, time: last.time, date: null };
    await updateInventory(store, INDEX_NAME, [fact]);
    await memory.inventoried(last.etag);
  } catch (error) {
    note(`the inventory does not name this index yet: ${asFailure(error).message}; the next run tries again`);
  }
}

function differences({ image, problem }: IndexInStore, own: OwnIndex, words?: typeof CHANGES): string[] {
  if (!image) return [`theirs cannot be read: ${problem ?? 'its bytes were not fetched'}`];
  try {
    return describeDifferences(image, own.image, words);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return [`theirs is not a usable index: ${error.message}`];
  }
}

function olderThanPublished({ modified }: OwnIndex, { index }: IndexInStore): Failure {
  const times = `${modified.toISOString()}, while what stands in the store is of ${index.time}`;
  return new Failure('index-older', `the index of this host was last changed at ${times}`, {
    hint: `If the older one is meant, publish it over the other: --replace '${index.etag}'. If not, look at the file and at the clock of this host.`,
  });
}
