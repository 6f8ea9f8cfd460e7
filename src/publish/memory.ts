import { inFleetJournal } from '../journal/fleet.ts';
import { readPublishMemory } from '../journal/fleet-history.ts';
import type { Found, PublishMemory } from '../journal/journal-model.ts';
import { type Kept, NOTHING_KEPT, readKept } from '../journal/kept-indexes.ts';
import type { PublishContext } from './publish-context.ts';

type Last = NonNullable<PublishMemory['last']>;

/** How many publications without an answer are remembered: enough for a few killed runs in a row. */
const MOST_INTENDED = 20;

/** What this host remembers of its publications, kept in the journal; each change is durable when it returns. */
export interface Memory {
  readonly state: PublishMemory;
  /** The store's index that this host's index was made from; null for none. */
  readonly installed: (Found & { readonly digest: string }) | null;
  readonly readOnly: boolean;
  /** The indexes that copies are kept of. */
  readonly kept: Kept;
  /** Names of the files that are kept for other places. */
  readonly keptElsewhere: readonly string[];
  keep(kept: Kept): Promise<void>;
  /** Call it before an index with this digest is sent. */
  intend(digest: string, kept: Kept): Promise<void>;
  /** Call it as soon as the store is known to have an index. */
  published(last: Omit<Last, 'inventoried'>, kept: Kept): Promise<void>;
  /** Call it once the inventory names the index with this ETag. */
  inventoried(etag: string): Promise<void>;
}

/** @throws {Failure} `lock-timeout`, `disk`, `config-invalid` for a journal of a newer version */
export async function openMemory(
  { site, storeName, lockTimeoutMs: timeoutMs }: Pick<PublishContext, 'site' | 'storeName' | 'lockTimeoutMs'>,
  readOnly: boolean,
): Promise<Memory> {
  const { dbDir } = site;
  const found = await readPublishMemory(dbDir, storeName, timeoutMs);
  const all = await readKept(dbDir, timeoutMs);
  let state = found.memory;
  let kept = all.get(storeName) ?? NOTHING_KEPT;
  const others = [...all].filter(([place]) => place !== storeName);
  const remember = async (next: PublishMemory | null, nextKept: Kept) => {
    await inFleetJournal({ dbDir, timeoutMs }, (journal) => {
      if (next) journal.remember(storeName, next);
      if (nextKept !== kept) journal.keep(storeName, nextKept);
    });
    state = next ?? state;
    kept = nextKept;
  };
  return {
    get state() {
      return state;
    },
    get kept() {
      return kept;
    },
    installed: found.installed,
    readOnly,
    keptElsewhere: others.flatMap(([, { entries }]) => entries.map(({ sha256 }) => sha256)),
    keep: (next) => remember(null, next),
    intend: (digest, next) => {
      const intended = state.intended.filter((other) => other !== digest);
      return remember({ ...state, intended: [...intended, digest].slice(-MOST_INTENDED) }, next);
    },
    published: (last, next) => remember({ last: { ...last, inventoried: false }, intended: [] }, next),
    // Another run of this host may have published meanwhile.
    inventoried: (etag) =>
      inFleetJournal({ dbDir, timeoutMs }, (journal) => {
        const { last, intended } = journal.memory(storeName);
        if (last?.etag === etag)
          journal.remember(storeName, { last: { ...last, inventoried: true }, intended });
      }),
  };
}
