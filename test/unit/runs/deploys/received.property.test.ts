import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import type { LostRange } from '../../../../src/callbacks/wire.ts';
import {
  ended,
  line,
  logsOf,
  numbers,
  ReceivedRig,
  started,
} from '../../../support/runs/deploys/received-rig.ts';

// Each of a hundred cases has a database of its own.
vi.setConfig({ testTimeout: 180_000 });

const RUNS = ['one', 'two'];

const range = fc
  .tuple(fc.integer({ min: 1, max: 40 }), fc.nat({ max: 12 }))
  .map(([first, more]) => [first, first + more] as const);

const step = fc.record({
  run: fc.constantFrom(...RUNS),
  what: fc.oneof(
    fc.record({
      kind: fc.constant('batch' as const),
      seqs: fc.oneof(
        range.map(([first, last]) => numbers(first, last)),
        fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 8 }),
      ),
      text: fc.constantFrom('a', 'b'),
      lost: fc.option(fc.array(range, { maxLength: 2 }), { nil: undefined, freq: 4 }),
    }),
    fc.record({
      kind: fc.constant('status' as const),
      word: fc.constantFrom('started', 'done', 'interrupted', 'failed'),
    }),
    fc.constant({ kind: 'restart' as const }),
  ),
});

/** The same, as simply as it can be said. */
class Model {
  /** In the order of their arrival. */
  readonly lines = new Map<number, string>();
  readonly lost = new Set<number>();
  sent = 0;
  outcome: string | null = null;

  batch(seqs: readonly number[], text: string, lost: readonly LostRange[]): number {
    const before = this.lines.size;
    for (const seq of seqs) if (!this.lines.has(seq)) this.lines.set(seq, text);
    for (const [first, last] of lost) for (const seq of numbers(first, last)) this.lost.add(seq);
    this.sent = Math.max(this.sent, ...seqs);
    return this.lines.size - before;
  }

  status(word: string): void {
    if (word === 'started') return;
    this.sent = Math.max(this.sent, 2);
    if (this.outcome === null || this.outcome === 'interrupted') this.outcome = word;
  }

  get lastSeq(): number {
    let last = 0;
    while (this.lines.has(last + 1) || this.lost.has(last + 1)) last += 1;
    return last;
  }
}

it('what comes in any order, twice, with gaps and losses, and over restarts, is kept as a simple model says', () => {
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 1, maxLength: 25 }),
      fc.integer({ min: 1, max: 9 }),
      (steps, limit) => {
        const rig = new ReceivedRig();
        try {
          const models = new Map(RUNS.map((run) => [run, new Model()]));
          for (const { run, what } of steps) {
            const model = models.get(run) ?? expect.unreachable();
            if (what.kind === 'restart') rig.reopen();
            else if (what.kind === 'status') {
              model.status(what.word);
              const body = what.word === 'started' ? started() : ended(what.word as 'done');
              rig.deploys.status('default', { ...body, run });
            } else {
              const { seqs, text, lost = [] } = what;
              const logs = seqs.map((seq) => line(seq, { message: text }));
              const { accepted, duplicates } = rig.deploys.logs('default', {
                ...logsOf(seqs),
                run,
                logs,
                lost,
              });
              expect([accepted, duplicates]).toEqual([model.batch(seqs, text, lost), seqs.length - accepted]);
            }
          }
          for (const found of rig.deploys.runsOf('default', '12345')) {
            const model = models.get(found.run) ?? expect.unreachable();
            const { lastSeq, outcome, sent } = model;
            expect(found).toMatchObject({ lastSeq, outcome, sentLastSeq: Math.max(sent, lastSeq) });
            const kept = rig.deploys.lines(found.id, 0, 1000).map(({ seq, message }) => [seq, message]);
            expect(kept).toEqual([...model.lines].sort(([one], [other]) => one - other));
            const seen: number[] = [];
            for (let cursor = 0; cursor < found.cursor; ) {
              const news = rig.deploys.news(found.id, cursor, limit);
              expect(news.cursor).toBeGreaterThan(cursor);
              seen.push(...news.lines.map(({ seq }) => seq));
              cursor = news.cursor;
            }
            expect(seen).toEqual([...model.lines.keys()]);
          }
        } finally {
          rig.close();
        }
      },
    ),
  );
});
