import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { deliver, numbered, open, reportedRun, TestOutbox } from '../../support/callbacks/deliveries.ts';
import { type Behaviour, Receiver, type Seen, STORE } from '../../support/callbacks/receiver.ts';
import { kill, outboxSender, waitingSender, wholeSender } from '../../support/callbacks/sender-processes.ts';
import { flushed } from '../../support/system/flushes.ts';

const HANG: Behaviour = { kind: 'hang' };

/** Takes a request that this is true for, but gives no answer: the sender is killed meanwhile. */
const untilFirst = (isIt: (seen: Seen) => boolean) => (seen: Seen) => (isIt(seen) ? HANG : STORE);

const hasSeq =
  (seq: number) =>
  ({ body }: Seen) =>
    'logs' in body && body.first_seq <= seq && seq <= body.last_seq;
const isEnd = ({ body }: Seen) => !('logs' in body) && body.status !== 'started';

describe('a run whose process is killed', () => {
  it.each<[string, 'lines' | 'end', (seen: Seen) => boolean, string]>([
    ['before its start is there', 'lines', ({ number }) => number === 1, 'failed interrupted'],
    ['behind its start', 'lines', ({ body }) => 'logs' in body, 'failed interrupted'],
    ['within its lines', 'lines', hasSeq(450), 'failed interrupted'],
    ['before its end is there', 'end', isEnd, 'completed done'],
  ])('%s is delivered by the next run, whole and once', async (_, task, isIt, word) => {
    const receiver = await Receiver.start(untilFirst(isIt));
    const outbox = new TestOutbox();
    const reported = reportedRun();
    const child = await waitingSender(receiver, outbox, { reported, messages: numbered(1000), task });
    await receiver.until(() => receiver.seen.some(isIt));
    await kill(child);
    expect(outbox.files).toContain(`${reported.run}.ndjson`);
    receiver.behave = () => STORE;
    const next = open(receiver.dashboard, { outboxDir: outbox.dir });
    expect(await deliver(next, ['of the next'])).toMatchObject({ unsent: 0, hasEnd: true, note: null });
    const stored = receiver.run(reported.run);
    expect(stored.messages).toEqual(numbered(1000));
    expect(stored.order).toEqual(numbered(1000).map((_, index) => index + 1));
    expect(stored.words).toEqual(['started', word]);
    if (word === 'failed interrupted') {
      expect(stored.statuses[1]).toMatchObject({
        error: 'the run ended without a word; last line at 2026-01-02T03:04:06.000Z',
        at: '2026-01-02T03:04:06.000Z',
        status_seq: 2,
        last_seq: 1000,
        dropped: 0,
      });
      expect(stored.statuses[1]).not.toHaveProperty('exit_code');
    }
    expect(receiver.run(next.reported.run).messages).toEqual(['of the next']);
    expect(receiver.complaints).toEqual([]);
    expect(outbox.files).toEqual([]);
  });

  it('is left alone by others while it lives, and sent once by two that find it', async () => {
    const receiver = await Receiver.start(() => HANG);
    const outbox = new TestOutbox();
    const reported = reportedRun();
    const child = await waitingSender(receiver, outbox, {
      reported,
      messages: numbered(2000),
      task: 'lines',
    });
    await receiver.until(() => receiver.seen.length > 0);
    receiver.behave = () => STORE;
    const other = reportedRun();
    await wholeSender(receiver, outbox, { reported: other, messages: ['x'] });
    expect([...receiver.runs.keys()]).toEqual([other.run]);
    // Nor is it thrown away, however little the outbox may keep.
    const strict = await outboxSender(receiver, outbox, { reported, limits: { keptBytes: 0 } });
    expect(strict).toEqual({ runs: 0, lines: 0, thrownAway: 0, notes: [] });
    await kill(child);
    const before = receiver.seen.length;
    const both = await Promise.all([1, 2].map(() => outboxSender(receiver, outbox, { reported })));
    expect(both).toEqual([1, 2].map(() => ({ runs: 0, lines: 0, thrownAway: 0, notes: [] })));
    const ids = receiver.seen.slice(before).map(({ headers }) => headers['webhook-id']);
    expect(new Set(ids).size).toBe(ids.length);
    expect(receiver.run(reported.run).messages).toEqual(numbered(2000));
    expect(receiver.run(reported.run).words).toEqual(['started', 'failed interrupted']);
    expect(outbox.files).toEqual([]);
  });

  it('has its outbox sent as soon as the receiver is back, by a process that waits for it', async () => {
    const receiver = await Receiver.start(() => HANG);
    const outbox = new TestOutbox();
    const reported = reportedRun();
    const child = await waitingSender(receiver, outbox, { reported, messages: numbered(10), task: 'end' });
    await receiver.until(() => receiver.seen.length > 0);
    await kill(child);
    receiver.behave = ({ number }) => (number < 6 ? { kind: 'drop' } : STORE);
    const said = await outboxSender(receiver, outbox, { reported });
    expect(said).toMatchObject({ runs: 0, lines: 0 });
    expect(said.notes).toEqual([expect.stringMatching(/^the dashboard does not answer \(E\w+\)$/)]);
    expect(receiver.run(reported.run).messages).toEqual(numbered(10));
    expect(receiver.run(reported.run).words).toEqual(['started', 'completed done']);
    expect(outbox.files).toEqual([]);
  });
});

describe('a process whose disk is full', () => {
  it('delivers all the same, and keeps what the disk does not take in memory', async () => {
    const receiver = await Receiver.start();
    const outbox = new TestOutbox();
    const reported = reportedRun();
    const order = { reported, messages: numbered(1000) };
    const said = await wholeSender(receiver, outbox, order, ['prlimit', '--fsize=20000']);
    expect(said).toMatchObject({ unsent: 0, hasEnd: true, note: null });
    expect(receiver.run(reported.run).messages).toEqual(numbered(1000));
    expect(receiver.run(reported.run).words).toEqual(['started', 'completed done']);
    expect(outbox.files).toEqual([]);
  });

  it('leaves whole records for the next run, and none behind one that is missing', async () => {
    const receiver = await Receiver.start(() => ({ kind: 'drop' }));
    const outbox = new TestOutbox();
    const reported = reportedRun();
    // There would be room for those behind the long one.
    const sent = numbered(1000).with(120, 'long '.repeat(4000));
    const order = { reported, messages: sent };
    const said = await wholeSender(receiver, outbox, order, ['prlimit', '--fsize=20000']);
    expect(said).toMatchObject({ unsent: 1000, hasEnd: false });
    expect(said.note).toMatch(/nobody sends them/);
    const records = readFileSync(join(outbox.dir, `${reported.run}.ndjson`), 'utf8');
    expect(records.endsWith('}\n')).toBe(true);
    expect(
      records
        .trimEnd()
        .split('\n')
        .map((record) => Object.keys(JSON.parse(record))),
    ).toEqual([['meta'], ['status'], ...numbered(120).map(() => ['line'])]);
    receiver.behave = () => STORE;
    await outboxSender(receiver, outbox, { reported });
    const { messages, words } = receiver.run(reported.run);
    expect(messages).toEqual(sent.slice(0, 120));
    expect(words).toEqual(['started', 'failed interrupted']);
  });
});

it('lines are on the disk for good soon, also where no other line follows for long', async () => {
  const receiver = await Receiver.start(() => HANG);
  const outbox = new TestOutbox();
  const reported = reportedRun();
  const calls = join(outbox.dir, 'calls');
  const strace = [
    'strace',
    '-D',
    '-f',
    '-qq',
    '-y',
    '-e',
    'trace=fdatasync',
    '-e',
    'signal=none',
    '-o',
    calls,
  ];
  const order = { reported, messages: numbered(3), task: 'lines', limits: { syncMs: 500 } } as const;
  await waitingSender(receiver, outbox, order, strace);
  const isFlushed = (call: string) => flushed(`${reported.run}.ndjson`).test(call.replace(/^\d+\s+/, ''));
  const hasFlushed = () => readFileSync(calls, 'utf8').split('\n').some(isFlushed);
  await vi.waitFor(() => expect(hasFlushed()).toBe(true), 60_000);
});
