import { monotonicMs } from '../clock.ts';

import { asFailure, Failure } from '../failure.ts';
import type { ObjectReader } from '../store/object-store.ts';
import { fetchProved } from './download.ts';
import { isStoreDown } from './load.ts';
import { inventoried } from './remote.ts';
import type { LearntTime } from './seen.ts';
import type { ProvedImage } from './tenant-image.ts';
import type { TenantDatabase } from './tenant-model.ts';

/** What the store has under one name. */
export type Stored =
  | { readonly kind: 'none' }
  | { readonly kind: 'found'; readonly image: ProvedImage; readonly learnt: LearntTime }
  /** Whether it has one is not known, or it could not be fetched; the problem is the end of a sentence. */
  | { readonly kind: 'unknown'; readonly problem: string };

/** What the store has for one event: under its name, and under the one that it had before. */
export interface Answers {
  readonly now: Stored;
  readonly before: Stored;
}

export const NONE: Stored = { kind: 'none' };
export const NO_STORE: Answers = { now: NONE, before: NONE };
export const NOT_ASKED: Stored = {
  kind: 'unknown',
  problem: 'the store was not asked whether it has its database',
};

/** Bytes of databases that are held in memory until they can be put in place. */
const MOST_BYTES = 128 * 2 ** 20;

export interface AskingContext {
  readonly store: ObjectReader;
  /** Bytes of one database. */
  readonly maxBytes: number;
  /** `monotonicMs()` after which nothing is asked any more. */
  readonly endsAt: number;
  /** Told of every error that was not foreseen, with its stack. */
  readonly unexpected: (error: unknown) => void;
}

/** Asks for databases, in memory only; a store that is down is not asked again. */
export class Asking {
  readonly #context: AskingContext;
  readonly #inventoried: ReturnType<typeof inventoried>;
  #room = MOST_BYTES;
  #down: string | null = null;

  constructor(context: AskingContext) {
    this.#context = context;
    this.#inventoried = inventoried(context.store);
  }

  /** Never throws. */
  async ask(event: TenantDatabase, before: string | null): Promise<Answers> {
    const { region } = event;
    const [now, then] = await Promise.all([
      this.#one({ name: event.name, region }),
      before === null ? NONE : this.#one({ name: before, region }),
    ]);
    return { now, before: then };
  }

  async #one(tenant: Pick<TenantDatabase, 'name' | 'region'>): Promise<Stored> {
    const { store, endsAt, unexpected } = this.#context;
    if (monotonicMs() >= endsAt) this.#down ??= 'the store was too slow to be asked for all new events';
    if (this.#down !== null) return { kind: 'unknown', problem: this.#down };
    try {
      const maxBytes = Math.min(this.#context.maxBytes, this.#room);
      const tools = { store, inventoried: this.#inventoried, maxBytes };
      const found = await fetchProved(tools, tenant, () => true);
      if (found.kind !== 'found') return NONE;
      this.#room = Math.max(0, this.#room - found.image.bytes.length);
      return { kind: 'found', image: found.image, learnt: found.learnt };
    } catch (error) {
      const failure = asFailure(error);
      if (!(error instanceof Failure)) unexpected(error);
      if (isStoreDown(failure)) this.#down = failure.message;
      return { kind: 'unknown', problem: failure.message };
    }
  }
}
