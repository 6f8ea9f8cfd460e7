import type { Change, ChangeFilter, Page, Run, RunFilter } from '../runs/run-model.ts';
import type { Outbox } from './outbox.ts';

export interface NoticeContext {
  readonly runs: {
    run(id: string): Run | null;
    change(id: string): Change | null;
    runs(filter: RunFilter): Page<Run>;
    changes(filter: ChangeFilter): Page<Change>;
  };
  readonly outbox: Pick<Outbox, 'put' | 'beganAt'>;
  readonly now: () => number;
}

/** Milliseconds: what is older is no news. */
const NEWS_MS = 86_400_000;
/** Rows that are looked through at a start. */
const PAGE = 200;
const MOST_PAGES = 10;

/** Puts into the outbox what became of runs and changes, once for each: it may be told of the same one again and again. */
export class MailNotices {
  readonly #context: NoticeContext;
  /** What happened before mails were sent at all is not told. */
  readonly #since: number;

  constructor(context: NoticeContext) {
    this.#context = context;
    this.#since = context.outbox.beganAt();
  }

  /** @param ids of runs and changes that are no longer as they were */
  notice(ids: Iterable<string>): void {
    const { runs } = this.#context;
    for (const id of ids) {
      const run = runs.run(id);
      if (run) this.#ofRun(run);
      const change = runs.change(id);
      if (change) this.#ofChange(change);
    }
  }

  /** Finds what happened while nobody looked: when this server ended between an event and its mail. */
  noticeAll(): void {
    const { runs } = this.#context;
    for (const run of all((page) => runs.runs({ states: ['failed'], page, limit: PAGE }))) this.#ofRun(run);
    const states = ['live', 'failed'] as const;
    for (const change of all((page) => runs.changes({ states, page, limit: PAGE }))) this.#ofChange(change);
  }

  #ofRun({ id, state, next, report, endedAt }: Run): void {
    if (state !== 'failed' || next !== null || !this.#isNews(endedAt)) return;
    // No machine was running: each fetches it when it starts, and nobody has anything to do.
    if (report?.outcome === 'nothing-to-do') return;
    this.#context.outbox.put(`run/${id}`, { kind: 'run-failed', run: id });
  }

  #ofChange({ id, kind, action, state, live, run }: Change): void {
    const result = live?.result;
    if (!result || !this.#isNews(result.at)) return;
    if (state === 'live' && result.isLive && kind === 'event' && action === 'create') {
      this.#context.outbox.put(`live/${id}`, { kind: 'live', change: id });
    }
    const failedRun = run === null ? null : this.#context.runs.run(run);
    // Of a run that has failed itself there is one mail already.
    const isReported = failedRun?.state === 'failed' && failedRun.report?.outcome !== 'nothing-to-do';
    if (state === 'failed' && !isReported) {
      this.#context.outbox.put(`unanswered/${id}/${run}`, { kind: 'unanswered', change: id });
    }
  }

  #isNews(at: string | null): boolean {
    const time = Date.parse(at ?? '');
    return time >= this.#since && time > this.#context.now() - NEWS_MS;
  }
}

function* all<T>(read: (page: number) => Page<T>): Generator<T> {
  for (let page = 1; page <= MOST_PAGES; page++) {
    const { rows } = read(page);
    yield* rows;
    if (rows.length < PAGE) return;
  }
}
