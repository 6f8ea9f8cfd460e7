import { bareEtag } from '../../etag.ts';
import { bringsIndex } from '../../report/fleet-results.ts';
import type { Publish } from '../book-model.ts';
import { overlap } from '../book-rules.ts';
import type { RunBook } from '../run-book.ts';
import type { Run } from '../run-model.ts';
import { type NewsContext, newsOfEnd } from './end-news.ts';
import type { Hook, KeptReceipts, Receipt } from './kept-receipts.ts';
import type { WebhookOutbox } from './webhook-outbox.ts';

/** A request of a program that has proved itself. */
export interface HookDelivery {
  readonly hook: Hook;
  readonly sender: string;
  /** The name of the delivery, and what else it is known by. */
  readonly ids: readonly string[];
  /** Named in lists of runs. */
  readonly by: string;
  readonly target: string;
}

/** What became of one: the run that does it, null where none was needed; and whether it came for the first time. */
export interface HookAnswer {
  readonly run: string | null;
  readonly isNew: boolean;
}

export interface DeskContext {
  readonly book: RunBook;
  readonly receipts: KeptReceipts;
}

/** Takes what programs ask for, each delivery once: what is remembered and the run that is asked for are one step. */
export class HookDesk {
  readonly #context: DeskContext;

  constructor(context: DeskContext) {
    this.#context = context;
  }

  /** Those that were taken, newest first. */
  last(most: number): Receipt[] {
    return this.#context.receipts.last(most);
  }

  /** @throws {Failure} `disk`: nothing was taken */
  update({ ids, hook, sender, by, target }: HookDelivery): HookAnswer {
    const { book, receipts } = this.#context;
    return book.together((publish) => {
      const known = receipts.find(ids);
      if (known) return { run: known.run, isNew: false };
      const run = publish(by, 'hook', target);
      receipts.add({ ids, hook, sender, run });
      return { run, isNew: true };
    });
  }

  /**
   * The store has another index. Our own run may have put it there, and while one is under way only its end can say so: then
   * the sender gets that run, and one for the store follows if need be.
   *
   * @param etag without quotes
   * @throws {Failure} `disk`: nothing was taken
   */
  notified({ ids, hook, sender, by, target }: HookDelivery, etag: string): HookAnswer {
    const { book, receipts } = this.#context;
    return book.together((publish) => {
      const known = receipts.find(ids);
      if (known) return { run: known.run, isNew: false };
      const receipt = { ids, hook, sender, etag, target };
      const under = book.runs.inState('running').find((run) => overlap(run.target, target));
      if (lastBrought(book, target, null) === etag) receipts.add({ ...receipt, run: null });
      else if (under) receipts.add({ ...receipt, run: under.id, waitsFor: under.id });
      else receipts.add({ ...receipt, run: publish(by, 'store', target) });
      return { run: receipts.find(ids)?.run ?? null, isNew: true };
    });
  }
}

/** What follows the end of a run, in the same step: what programs are told, and notifications that waited for it. */
export function afterEnd(
  {
    book,
    receipts,
    outbox,
    news,
  }: DeskContext & { readonly outbox: WebhookOutbox; readonly news: NewsContext },
  run: Run,
  publish: Publish,
): void {
  for (const message of newsOfEnd(run, isOwed(book, run), news)) outbox.put(message);
  const brought = broughtBy(run);
  const isUnknown = run.report === null && run.next !== null;
  // However many came meanwhile, one run brings what is in the store then.
  const targets = new Set<string>();
  for (const { id, etag, target } of receipts.waitingFor(run.id)) {
    if (!isUnknown && brought !== etag) targets.add(target);
    receipts.decide(id, isUnknown ? run.next : null);
  }
  for (const target of targets) publish(BY_STORE, 'store', target);
}

/** No name of a user has a colon, so nobody is taken for it. */
export const BY_STORE = 'hook:store';

/** Runs that are looked through for what they brought. */
const MOST_LOOKED_AT = 50;

/** ETag of the index that machines have by the last run which brought one for these targets; without quotes, null for none. */
function lastBrought(book: RunBook, target: string, before: Run | null): string | null {
  const { rows } = book.runs.list({ limit: MOST_LOOKED_AT });
  const others = rows.filter((run) => run.id !== before?.id && overlap(run.target, target));
  return others.map(broughtBy).find((etag) => etag !== null) ?? null;
}

/** What it found in the store, or put there; null if nobody knows, or it was sent past the store. */
function broughtBy({ report }: Run): string | null {
  if (!report?.index || !bringsIndex(report.operation)) return null;
  const kind = report.publish?.kind ?? 'fetched';
  return ['published', 'unchanged', 'fetched'].includes(kind) ? bareEtag(report.index.etag) : null;
}

/** Whether a run found published what the run before it had sent, which ended before it could say so. */
function isOwed(book: RunBook, run: Run): boolean {
  if (run.trigger === 'store') return false;
  const wasCut = book.runs.before(run.id).some(({ report }) => report === null);
  return wasCut && lastBrought(book, run.target, run) !== broughtBy(run);
}
