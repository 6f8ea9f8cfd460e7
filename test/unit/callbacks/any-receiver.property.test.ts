import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sendOutbox } from '../../../src/callbacks/send-outbox.ts';
import { numbered, open, QUICK, reportedRun, TestOutbox } from '../../support/callbacks/deliveries.ts';
import { type Behaviour, Receiver, STORE, type StoredRun, status } from '../../support/callbacks/receiver.ts';
import { COMPLETED, line, STARTED } from '../../support/callbacks/reported.ts';
import { kill, outboxSender, waitingSender } from '../../support/callbacks/sender-processes.ts';

/** Everything that gives no reason to stop. */
const trouble: fc.Arbitrary<Behaviour> = fc.oneof(
  { weight: 4, arbitrary: fc.constant(STORE) },
  fc.constantFrom<Behaviour>({ kind: 'store-and-drop' }, { kind: 'drop' }, { kind: 'store', answer: '' }),
  fc.constantFrom(...[408, 425, 429, 500, 502, 503, 504].map((code) => status(code))),
  fc.nat(3).map((seconds) => status(503, { 'retry-after': seconds === 0 ? '0' : 'soon' })),
);

const QUICKER = {
  ...QUICK,
  batchLines: 7,
  batchBytes: 900,
  backoff: { firstPauseMs: 1, longestPauseMs: 2 },
};

function expectWhole(stored: StoredRun, count: number): void {
  expect(stored.messages).toEqual(numbered(count));
  expect(stored.order).toEqual(numbered(count).map((_, index) => index + 1));
  expect(stored.conflicts).toEqual([]);
}

it('whatever a receiver does, it has each line once, in order, as soon as it is well again', async () => {
  const receiver = await Receiver.start();
  await fc.assert(
    fc.asyncProperty(
      fc.array(trouble, { maxLength: 25 }),
      fc.array(fc.record({ lines: fc.nat(9), turns: fc.nat(3), isUrgent: fc.boolean() }), { maxLength: 12 }),
      fc.boolean(),
      async (troubles, bursts, isEnded) => {
        const outbox = new TestOutbox();
        const before = receiver.seen.length;
        receiver.behave = ({ number }) => troubles[number - before - 1] ?? STORE;
        const { delivery, reported } = open(receiver.dashboard, { outboxDir: outbox.dir, limits: QUICKER });
        delivery.start(STARTED);
        let count = 0;
        for (const { lines, turns, isUrgent } of bursts) {
          for (let one = 0; one < lines; one++) {
            count += 1;
            delivery.line(line(`line ${count}`, { level: isUrgent ? 'step' : 'info' }));
          }
          for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
        }
        if (isEnded) delivery.end(COMPLETED);
        const delivered = await delivery.close(false);
        const left = await sendOutbox(receiver.dashboard, {
          outboxDir: outbox.dir,
          waitMs: 30_000,
          note: () => {},
          limits: QUICKER,
        });
        expect(left).toEqual({ runs: 0, lines: 0, thrownAway: 0 });
        expect(delivered.lost).toEqual([]);
        expectWhole(receiver.run(reported.run), count);
        const word = isEnded ? 'completed done' : 'failed interrupted';
        expect(receiver.run(reported.run).words.sort()).toEqual([word, 'started'].sort());
        expect(outbox.files).toEqual([]);
        expect(receiver.complaints).toEqual([]);
      },
    ),
    { numRuns: 60 },
  );
});

it('whenever a sender is killed, what it had told is there once, in order, after the next one', async () => {
  const receiver = await Receiver.start();
  await fc.assert(
    fc.asyncProperty(
      fc.array(trouble, { maxLength: 12 }),
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 100, max: 200 }),
      fc.boolean(),
      async (troubles, requests, count, isEnded) => {
        const outbox = new TestOutbox();
        const reported = reportedRun();
        const before = receiver.seen.length;
        const last = before + requests;
        receiver.behave = ({ number }) =>
          number >= last ? { kind: 'hang' } : (troubles[number - before - 1] ?? STORE);
        const task = isEnded ? 'end' : 'lines';
        const order = { reported, messages: numbered(count), limits: QUICKER };
        const child = await waitingSender(receiver, outbox, { ...order, task });
        const isOver = () => receiver.seen.length >= last || receiver.run(reported.run).words.length === 2;
        await receiver.until(() => isOver() || receiver.run(reported.run).lastSeq === count);
        await kill(child);
        receiver.behave = () => STORE;
        expect(await outboxSender(receiver, outbox, order)).toMatchObject({ runs: 0, lines: 0, notes: [] });
        expectWhole(receiver.run(reported.run), count);
        expect(receiver.run(reported.run).words).toEqual([
          'started',
          isEnded ? 'completed done' : 'failed interrupted',
        ]);
        expect(outbox.files).toEqual([]);
      },
    ),
    { numRuns: 8 },
  );
});
