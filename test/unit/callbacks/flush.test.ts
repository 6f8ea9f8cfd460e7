import { describe, expect, it, vi } from 'vitest';
import type { LogsBody } from '../../../src/callbacks/wire.ts';
import { deliver, numbered, open, reportedRun, TestOutbox } from '../../support/callbacks/deliveries.ts';
import { Receiver, STORE, status } from '../../support/callbacks/receiver.ts';
import { COMPLETED, line, STARTED } from '../../support/callbacks/reported.ts';

// Five hundred requests of 200 lines are verified twice each.
vi.setConfig({ testTimeout: 180_000 });

/** No time comes by itself. */
const NEVER = { flushMs: 1e9, beatMs: 1e9 };

const logsOf = (receiver: Receiver): LogsBody[] =>
  receiver.seen.flatMap(({ body }) => ('logs' in body ? [body] : []));

const ranges = (receiver: Receiver): string[] =>
  logsOf(receiver).map(({ first_seq, last_seq }) => `${first_seq}-${last_seq}`);

describe('lines', () => {
  it('wait for each other, until one is of a step or an error', async () => {
    const receiver = await Receiver.start();
    const { delivery, reported } = open(receiver.dashboard, { limits: NEVER });
    delivery.start(STARTED);
    for (const level of ['info', 'ok', 'warning', 'success'] as const) delivery.line(line(level, { level }));
    await receiver.until(() => receiver.seen.length === 1);
    delivery.line(line('a step', { level: 'step' }));
    await receiver.until(() => receiver.run(reported.run).lastSeq === 5);
    delivery.line(line('quiet'));
    delivery.line(line('an error', { level: 'error' }));
    await receiver.until(() => receiver.run(reported.run).lastSeq === 7);
    expect(ranges(receiver)).toEqual(['1-5', '6-7']);
    delivery.end(COMPLETED);
    await delivery.close(false);
  });

  it('are sent after a while, or as soon as they fill a request, of lines or of bytes', async () => {
    const receiver = await Receiver.start();
    const soon = open(receiver.dashboard, { limits: { ...NEVER, flushMs: 10 } });
    soon.delivery.line(line('one'));
    await receiver.until(() => receiver.run(soon.reported.run).lastSeq === 1);
    await soon.delivery.close(false);

    const many = open(receiver.dashboard, { limits: NEVER });
    for (const message of numbered(200)) many.delivery.line(line(message));
    await receiver.until(() => receiver.run(many.reported.run).lastSeq === 200);
    await many.delivery.close(false);

    const large = open(receiver.dashboard, { limits: NEVER });
    const before = receiver.seen.length;
    for (const message of numbered(90)) large.delivery.line(line(message + '€'.repeat(1200)));
    await receiver.until(() => receiver.run(large.reported.run).lastSeq >= 60);
    await large.delivery.close(false);
    expect(receiver.run(large.reported.run).lastSeq).toBe(90);
    const sizes = receiver.seen.slice(before).map(({ bytes }) => bytes.length);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(256 * 1024);
    expect(Math.max(...sizes)).toBeGreaterThan(250 * 1024);
  });

  it('above the bound of a run are counted, and said not to be sent, once', async () => {
    const receiver = await Receiver.start();
    const opened = open(receiver.dashboard, { limits: { runLines: 5 } });
    expect(await deliver(opened, numbered(12))).toMatchObject({ unsent: 0, hasEnd: true });
    const { messages, statuses } = receiver.run(opened.reported.run);
    const more = 'further lines are not sent: a run sends 5 lines and 16 MiB at most';
    expect(messages).toEqual([...numbered(5), more]);
    expect(statuses.at(-1)).toMatchObject({ dropped: 7, last_seq: 6 });
    const bytes = open(receiver.dashboard, { limits: { runBytes: 1000 } });
    await deliver(bytes, numbered(100));
    expect(receiver.run(bytes.reported.run).messages.length).toBeLessThan(15);
  });

  it('of 100,000 are there whole, without being in memory, while the receiver hangs at first', async () => {
    const receiver = await Receiver.start(({ number }) => (number === 2 ? { kind: 'hang' } : STORE));
    const outbox = new TestOutbox();
    const limits = { requestMs: 2000 };
    const opened = open(receiver.dashboard, { outboxDir: outbox.dir, limits });
    const { delivery, reported } = opened;
    delivery.start(STARTED);
    await receiver.until(() => receiver.seen.length === 1);
    const heap = process.memoryUsage();
    for (let index = 1; index <= 100_000; index++) delivery.line(line(`line ${index}`));
    const after = process.memoryUsage();
    expect(after.external + after.arrayBuffers - heap.external - heap.arrayBuffers).toBeLessThan(
      32 * 2 ** 20,
    );
    await receiver.until(() => receiver.run(reported.run).lines.size === 100_000);
    delivery.end(COMPLETED);
    expect(await delivery.close(false)).toMatchObject({ unsent: 0, hasEnd: true, note: null });
    const stored = receiver.run(reported.run);
    expect(stored.lastSeq).toBe(100_000);
    expect(stored.order.every((seq, index) => seq === index + 1)).toBe(true);
    expect(Math.max(...logsOf(receiver).map(({ logs }) => logs.length))).toBe(200);
    expect(outbox.files).toEqual([]);
  });
});

describe('a heartbeat', () => {
  it('says where the run is, where nothing else is said, under an id of its own', async () => {
    const receiver = await Receiver.start();
    const { delivery, reported } = open(receiver.dashboard, { limits: { beatMs: 5 } });
    delivery.start(STARTED);
    delivery.line(line('one'));
    await receiver.until(
      () => receiver.run(reported.run).lastSeq === 1 && receiver.run(reported.run).beats > 1,
    );
    delivery.end(COMPLETED);
    await delivery.close(false);
    const beats = receiver.seen.filter(({ headers }) => String(headers['webhook-id']).includes('_beat_'));
    expect(new Set(beats.map(({ headers }) => headers['webhook-id'])).size).toBe(beats.length);
    expect(beats.at(-1)?.body).toEqual({
      logs: [],
      deploy_id: '12345',
      run: reported.run,
      operation: 'deploy',
      first_seq: 2,
      last_seq: 1,
    });
    expect(receiver.complaints).toEqual([]);
  });

  it('that is refused is not sent again, and one that finds lines missing has them sent', async () => {
    const receiver = await Receiver.start(({ body }) =>
      'logs' in body && body.logs.length === 0 ? status(422) : STORE,
    );
    const { delivery, reported } = open(receiver.dashboard, { limits: { beatMs: 5 } });
    delivery.start(STARTED);
    await receiver.until(() => logsOf(receiver).length === 1);
    delivery.line(line('one'));
    await receiver.until(() => receiver.run(reported.run).lastSeq === 1);
    delivery.end(COMPLETED);
    expect(await delivery.close(false)).toMatchObject({ hasEnd: true, lost: [], note: null });
    expect(ranges(receiver)).toEqual(['1-0', '1-1']);

    const forgetful = await Receiver.start();
    const other = open(forgetful.dashboard, { reported: reportedRun(), limits: { beatMs: 5 } });
    other.delivery.start(STARTED);
    other.delivery.line(line('one'));
    await forgetful.until(() => forgetful.run(other.reported.run).lastSeq === 1);
    forgetful.runs.clear();
    await forgetful.until(() => forgetful.run(other.reported.run).lastSeq === 1);
    await other.delivery.close(false);
  });
});
