import { Failure } from '../failure.ts';
import { type Kept, type KeptIndex, NOTHING_KEPT, readKept } from '../journal/kept-indexes.ts';
import { damaged, readKeptImage } from './kept-files.ts';
import type { PublishContext, UndoRequest } from './publish-context.ts';

/** An index that an undo brings back. */
export interface Taken {
  /** The run whose publication is taken back. */
  readonly undoes: string;
  readonly entry: KeptIndex;
  readonly image: Buffer;
}

/**
 * The request with the run that it means, found before others of this host are waited for: two who undo the same thing at
 * once must not undo each other.
 */
export async function withRun(
  { site, storeName, lockTimeoutMs }: Pick<PublishContext, 'site' | 'storeName' | 'lockTimeoutMs'>,
  undo: UndoRequest,
): Promise<NamedUndo> {
  if (undo.run !== null) return { ...undo, mustBeLast: false };
  const kept = (await readKept(site.dbDir, lockTimeoutMs)).get(storeName) ?? NOTHING_KEPT;
  return { ...undo, run: publishedIn(kept)[0]?.id ?? null, mustBeLast: true };
}

export interface NamedUndo extends UndoRequest {
  /** Whether nothing may have been published since. */
  readonly mustBeLast: boolean;
}

/** Runs that a hint names. */
const MOST_NAMED = 5;

/**
 * The index that a run replaced, proved to be that to the byte.
 *
 * Never an earlier one where that cannot be taken back.
 *
 * @throws {Failure} `nothing-to-undo`; `busy`; `disk`
 */
export function takeBack(dbDir: string, kept: Kept, { run, mustBeLast }: NamedUndo): Taken {
  const { entries } = kept;
  const published = publishedIn(kept);
  if (mustBeLast && (published[0]?.id ?? null) !== run) throw overtaken(published[0]?.id);
  const chosen = published.find(({ id }) => id === run);
  if (!chosen) throw unknown(run, published);
  const entry = entries.find(({ id }) => id === chosen.replaces);
  if (!entry) throw notKept(chosen, published, entries);
  const image = readKeptImage(dbDir, entry);
  if (!image) throw damaged(`the index that run ${chosen.id} replaced`);
  return { undoes: chosen.id, entry, image };
}

function publishedIn({ entries }: Kept): KeptIndex[] {
  return entries.filter(({ isThere, origin }) => isThere && origin === 'run');
}

function overtaken(by: string | undefined): Failure {
  return new Failure('busy', `run ${by ?? 'of somebody else'} has published meanwhile`, {
    hint: 'Look at what that did (config-update --published, --undo --dry-run), then run it again.',
  });
}

function unknown(run: string | null, published: readonly KeptIndex[]): Failure {
  const message =
    run === null
      ? 'this host keeps no index that it published there'
      : `this host keeps nothing that run ${run} published`;
  return new Failure('nothing-to-undo', message, {
    hint:
      published.length === 0
        ? 'There is none yet: each publication keeps a copy, and of what it replaces, unless FLEET_KEEP_PUBLISHED is 0.'
        : `Choose one of: ${namesOf(published)} (config-update --published).`,
  });
}

function notKept(chosen: KeptIndex, published: readonly KeptIndex[], entries: readonly KeptIndex[]): Failure {
  const message =
    chosen.replaces === null
      ? `run ${chosen.id} replaced nothing that this host knows`
      : `what run ${chosen.id} replaced is not kept any longer`;
  const others = published.filter(({ replaces }) => entries.some(({ id }) => id === replaces));
  return new Failure('nothing-to-undo', message, {
    hint:
      others.length === 0
        ? 'There is nothing else to go back to; put the right index.sqlite3 there, and publish it.'
        : `Choose one of: ${namesOf(others)} (config-update --published).`,
  });
}

function namesOf(entries: readonly KeptIndex[]): string {
  const more = entries.length > MOST_NAMED ? ', ...' : '';
  return entries
    .slice(0, MOST_NAMED)
    .map(({ id }) => id)
    .join(', ')
    .concat(more);
}
