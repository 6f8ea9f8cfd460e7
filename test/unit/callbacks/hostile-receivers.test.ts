import { describe, expect, it } from 'vitest';
import { deliver, numbered, open, reportedRun, TestOutbox } from '../../support/callbacks/deliveries.ts';
import { type Behaviour, Receiver, STORE, status } from '../../support/callbacks/receiver.ts';
import { COMPLETED, line, STARTED } from '../../support/callbacks/reported.ts';

const order = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

describe('a run reaches a receiver', () => {
  it.each<[string, (number: number) => Behaviour]>([
    [
      'stores each second request, and drops the connection',
      (n) => ({ kind: n % 2 ? 'store' : 'store-and-drop' }),
    ],
    ['drops each second request unread', (n) => ({ kind: n % 2 ? 'drop' : 'store' })],
    ['is out of order each second time', (n) => (n % 2 ? status(503) : STORE)],
    ['stores, and then says that it is out of order', (n) => (n % 3 ? STORE : { kind: 'store-and-drop' })],
  ])('once and in order that %s', async (_, behaviour) => {
    const receiver = await Receiver.start((seen) => behaviour(seen.number));
    const outbox = new TestOutbox();
    const opened = open(receiver.dashboard, { outboxDir: outbox.dir, limits: { batchLines: 10 } });
    const { delivery, reported } = opened;
    delivery.start(STARTED);
    for (const message of numbered(95)) {
      delivery.line(line(message, { level: 'step' }));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await receiver.until(() => receiver.run(reported.run).lastSeq === 95);
    delivery.end(COMPLETED);
    const delivered = await delivery.close(false);
    const stored = receiver.run(reported.run);
    expect(delivered).toMatchObject({ unsent: 0, hasEnd: true, note: null });
    expect(stored.messages).toEqual(numbered(95));
    expect(stored.order).toEqual(order(95));
    expect(stored.words).toEqual(['started', 'completed done']);
    expect(receiver.complaints).toEqual([]);
    expect(outbox.files).toEqual([]);
  });

  it('that dies in the middle and comes back, with new signatures over the same bytes', async () => {
    const receiver = await Receiver.start();
    const { delivery, reported, notes } = open(receiver.dashboard);
    delivery.start(STARTED);
    for (const message of numbered(5)) delivery.line(line(message));
    await receiver.until(() => receiver.run(reported.run).lastSeq === 5);
    receiver.behave = () => ({ kind: 'drop' });
    delivery.line(line('line 6'));
    await receiver.until(() => receiver.seen.filter(({ body }) => 'logs' in body).length > 2);
    await receiver.die();
    delivery.line(line('line 7'));
    await expect
      .poll(() => notes.some((note) => note.startsWith('the dashboard does not answer')))
      .toBe(true);
    receiver.behave = () => STORE;
    await receiver.begin();
    await receiver.until(() => receiver.run(reported.run).lastSeq === 7);
    delivery.end(COMPLETED);
    expect(await delivery.close(false)).toMatchObject({ unsent: 0, hasEnd: true, note: null });
    expect(receiver.run(reported.run).messages).toEqual(numbered(7));
    const sixth = receiver.seen.filter(({ headers }) => headers['webhook-id'] === `${reported.run}_logs_6_6`);
    expect(sixth.length).toBeGreaterThan(1);
    expect(new Set(sixth.map(({ bytes }) => bytes.toString())).size).toBe(1);
    expect(receiver.complaints).toEqual([]);
  });
});

describe('a dashboard', () => {
  it('that is down from the start costs nothing but a note, and gets everything from the next run', async () => {
    const receiver = await Receiver.start();
    await receiver.die();
    const outbox = new TestOutbox();
    const first = open(receiver.dashboard, { outboxDir: outbox.dir });
    const delivered = await deliver(first, numbered(31));
    expect(delivered).toMatchObject({ unsent: 31, hasEnd: false });
    expect(delivered.note).toBe(
      'the dashboard has not got 31 lines of this run yet; the next run sends them',
    );
    expect(first.notes.length).toBeLessThanOrEqual(1);
    expect(outbox.files.filter((name) => name.endsWith('.ndjson'))).toEqual([`${first.reported.run}.ndjson`]);
    await receiver.begin();
    const second = open(receiver.dashboard, { outboxDir: outbox.dir });
    expect(await deliver(second, ['of the next'])).toMatchObject({ unsent: 0, hasEnd: true, note: null });
    expect(receiver.run(first.reported.run).messages).toEqual(numbered(31));
    expect(receiver.run(first.reported.run).words).toEqual(['started', 'completed done']);
    expect(receiver.run(second.reported.run).messages).toEqual(['of the next']);
    expect(outbox.files).toEqual([]);
  });

  it('that hangs is waited for as long as the limits say, and asked for the end of the run last', async () => {
    const receiver = await Receiver.start(() => ({ kind: 'hang' }));
    const limits = { unheardCloseMs: 1500, endFirstMs: 1000 };
    const { delivery, reported } = open(receiver.dashboard, { limits });
    delivery.start(STARTED);
    for (const message of numbered(3)) delivery.line(line(message));
    await receiver.until(() => receiver.seen.length === 1);
    delivery.end(COMPLETED);
    const delivered = await delivery.close(false);
    expect(delivered).toMatchObject({ unsent: 3, hasEnd: false });
    expect(delivered.note).toMatch(/nobody sends them$/);
    const ids = receiver.seen.map(({ headers }) => headers['webhook-id']);
    expect(ids).toEqual([`${reported.run}_status_1`, `${reported.run}_status_2`]);
  });

  it('that takes the end alone is told that the run is over before it gets the lines', async () => {
    const receiver = await Receiver.start(({ body }) => ('logs' in body ? { kind: 'hang' } : STORE));
    const outbox = new TestOutbox();
    const limits = { unheardCloseMs: 2000, endFirstMs: 1500 };
    const opened = open(receiver.dashboard, { outboxDir: outbox.dir, limits });
    const delivered = await deliver(opened, numbered(3));
    expect(delivered).toMatchObject({ unsent: 3, hasEnd: true });
    receiver.behave = () => STORE;
    const next = open(receiver.dashboard, { outboxDir: outbox.dir });
    await deliver(next, []);
    expect(receiver.run(opened.reported.run).messages).toEqual(numbered(3));
    expect(receiver.run(opened.reported.run).words).toEqual(['started', 'completed done']);
    expect(outbox.files).toEqual([]);
  });

  it('that did not get the start first is told of the end once more behind it', async () => {
    const receiver = await Receiver.start(({ number }) => (number === 1 ? { kind: 'hang' } : STORE));
    const opened = open(receiver.dashboard, { limits: { unheardCloseMs: 2000, endFirstMs: 1500 } });
    const delivered = await deliver(opened, numbered(3));
    expect(delivered).toMatchObject({ unsent: 0, hasEnd: true });
    const reported = receiver.seen.slice(1).map(({ body }) => ('logs' in body ? 'logs' : body.status));
    expect(reported).toEqual(['completed', 'started', 'logs', 'completed']);
    const ends = receiver.seen.filter(({ headers }) =>
      headers['webhook-id']?.toString().endsWith('_status_2'),
    );
    expect(new Set(ends.map(({ bytes }) => bytes.toString())).size).toBe(1);
  });

  it('keeps two runs of one deploy apart', async () => {
    const receiver = await Receiver.start();
    const runs = ['a', 'b'].map(() =>
      open(receiver.dashboard, { reported: reportedRun({ deployId: 'same' }) }),
    );
    await Promise.all(runs.map((opened, index) => deliver(opened, numbered(300, `of ${index}`))));
    for (const [index, { reported }] of runs.entries()) {
      expect(receiver.run(reported.run).messages).toEqual(numbered(300, `of ${index}`));
    }
    expect(new Set(receiver.seen.map(({ body }) => body.deploy_id))).toEqual(new Set(['same']));
  });
});
