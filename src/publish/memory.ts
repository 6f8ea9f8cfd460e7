import { inFleetJournal } from '../journal/fleet.ts';
import { readPublishMemory } from '../journal/fleet-history.ts';
import type { PublishMemory } from '../journal/journal-model.ts';
import type { PublishParts } from './publish-context.ts';

/** An index of the store, as an update of this host found it. */
export interface Grown {
  readonly etag: string | null;
  /** ISO 8601 */
  readonly time: string;
}

type Last = NonNullable<PublishMemory['last']>;

/** How many publications without an answer are remembered: enough for a few killed runs in a row. */
const MOST_INTENDED = 20;

/** What this host remembers of its publications, kept in the journal; each change is durable when it returns. */
export interface Memory {
  readonly state: PublishMemory;
  /** The store's index that this host's index was made from; null for none. */
  readonly installed: Grown | null;
  readonly readOnly: boolean;
  /** Call it before an index with this digest is sent. */
  intend(digest: string): Promise<void>;
  /** Call it as soon as the store is known to have an index. */
  published(last: Omit<Last, 'inventoried'>): Promise<void>;
  /** Call it once the inventory names the index with this ETag. */
  inventoried(etag: string): Promise<void>;
}

/** @throws {Failure} `lock-timeout`, `disk`, `config-invalid` for a journal of a newer version */
export async function openMemory(
  { site, storeName, lockTimeoutMs: timeoutMs }: PublishParts,
  readOnly: boolean,
): Promise<Memory> {
  const { dbDir } = site;
  const found = await readPublishMemory(dbDir, storeName, timeoutMs);
  let state = found.memory;
  const keep = async (next: PublishMemory) => {
    await inFleetJournal({ dbDir, timeoutMs }, (journal) => journal.remember(storeName, next));
    state = next;
  };
  return {
    get state() {
      return state;
    },
    installed: found.installed,
    readOnly,
    intend: (digest) => {
      const others = state.intended.filter((other) => other !== digest);
      return keep({ ...state, intended: [...others, digest].slice(-MOST_INTENDED) });
    },
    published: (last) => keep({ last: { ...last, inventoried: false }, intended: [] }),
    // Another run of this host may have published meanwhile.
    inventoried: (etag) =>
      inFleetJournal({ dbDir, timeoutMs }, (journal) => {
        const { last, intended } = journal.memory(storeName);
        if (last?.etag === etag)
          journal.remember(storeName, { last: { ...last, inventoried: true }, intended });
      }),
  };
}
