import {
  appendFileSync,
  chmodSync,
  existsSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { USUAL_DELIVERY } from '../../../src/callbacks/delivery-limits.ts';
import { sendLeftRuns } from '../../../src/callbacks/left-runs.ts';
import { sendOutbox } from '../../../src/callbacks/send-outbox.ts';
import { Sender } from '../../../src/callbacks/sender.ts';
import { digestOf } from '../../../src/callbacks/url-digest.ts';
import { tryLock } from '../../../src/database/lock.ts';
import {
  deliver,
  numbered,
  open,
  QUICK,
  reportedRun,
  TestOutbox,
} from '../../support/callbacks/deliveries.ts';
import { DEPLOY_KEY, Receiver, STORE } from '../../support/callbacks/receiver.ts';
import { line, STARTED } from '../../support/callbacks/reported.ts';

/** An outbox with a run that a dashboard which was away has not got. */
async function leftRun(receiver: Receiver, outbox: TestOutbox, messages = numbered(5)) {
  const { behave } = receiver;
  receiver.behave = () => ({ kind: 'drop' });
  const opened = open(receiver.dashboard, { outboxDir: outbox.dir });
  await deliver(opened, messages);
  receiver.behave = behave;
  const path = join(outbox.dir, `${opened.reported.run}.ndjson`);
  expect(existsSync(path)).toBe(true);
  return { ...opened, path };
}

async function send(receiver: Receiver, outbox: TestOutbox, limits = {}, waitMs = 10_000) {
  const notes: string[] = [];
  const options = {
    outboxDir: outbox.dir,
    waitMs,
    note: (message: string) => void notes.push(message),
  };
  return {
    ...(await sendOutbox(receiver.dashboard, { ...options, limits: { ...QUICK, ...limits } })),
    notes,
  };
}

const NONE = { runs: 0, lines: 0, thrownAway: 0, notes: [] };

describe('the outbox', () => {
  it('is for its owner alone, and has neither the key nor the address', async () => {
    const receiver = await Receiver.start();
    const outbox = new TestOutbox();
    const { path } = await leftRun(receiver, outbox);
    expect(statSync(outbox.dir).mode & 0o777).toBe(0o700);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const text = readFileSync(path, 'utf8');
    expect(text).not.toContain(DEPLOY_KEY);
    expect(text).not.toContain('127.0.0.1');
    const records = text
      .trimEnd()
      .split('\n')
      .map((record) => Object.keys(JSON.parse(record)));
    expect(records.flat()).toEqual(['meta', 'status', ...numbered(5).map(() => 'line'), 'status', 'sent']);
  });

  it('holds a line before anything is sent of it', async () => {
    const receiver = await Receiver.start(() => ({ kind: 'hang' }));
    const outbox = new TestOutbox();
    const { delivery, reported } = open(receiver.dashboard, { outboxDir: outbox.dir });
    delivery.start(STARTED);
    delivery.line(line('kept'));
    expect(readFileSync(join(outbox.dir, `${reported.run}.ndjson`), 'utf8')).toContain('"message":"kept"');
    receiver.behave = () => STORE;
    await delivery.close(true);
  });

  it('is read up to half a record, which a power cut leaves, and past records of later releases', async () => {
    const receiver = await Receiver.start();
    const outbox = new TestOutbox();
    const left = await leftRun(receiver, outbox);
    const records = readFileSync(left.path, 'utf8').trimEnd().split('\n');
    const kept = [...records.slice(0, 4), '{"colour":{"red":1}}', 'no JSON', ...records.slice(4, 7)];
    writeFileSync(left.path, `${kept.join('\n')}\n${records[7]?.slice(0, -10)}`);
    expect(await send(receiver, outbox)).toEqual(NONE);
    expect(receiver.run(left.reported.run).messages).toEqual(numbered(5));
    expect(receiver.run(left.reported.run).words).toEqual(['started', 'failed interrupted']);
    expect(outbox.files).toEqual([]);
  });

  it('says which lines are lost where a power cut has taken some', async () => {
    const receiver = await Receiver.start();
    const outbox = new TestOutbox();
    const left = await leftRun(receiver, outbox);
    const records = readFileSync(left.path, 'utf8').split('\n');
    writeFileSync(
      left.path,
      records.map((record, at) => (at === 4 || at === 3 ? '\0'.repeat(record.length) : record)).join('\n'),
    );
    rmSync(left.path.replace('.ndjson', '.ack'), { force: true });
    expect(await send(receiver, outbox)).toEqual(NONE);
    expect([...receiver.run(left.reported.run).lines.keys()]).toEqual([1, 4, 5]);
    expect(receiver.seen.at(-2)?.body).toMatchObject({ lost: [[2, 3]], first_seq: 4, last_seq: 5 });
  });

  it('with an acknowledgement that cannot be read has all sent once more, which does no harm', async () => {
    const receiver = await Receiver.start();
    const outbox = new TestOutbox();
    const left = await leftRun(receiver, outbox);
    writeFileSync(left.path.replace('.ndjson', '.ack'), '{"acked":5,"statuses":"all"}');
    expect(await send(receiver, outbox)).toEqual(NONE);
    expect(receiver.run(left.reported.run).messages).toEqual(numbered(5));
  });

  it('keeps what is for another address, and what another process has', async () => {
    const receiver = await Receiver.start();
    const outbox = new TestOutbox();
    const left = await leftRun(receiver, outbox);
    const url = new URL('?site=2', receiver.dashboard.url);
    await deliver(open({ ...receiver.dashboard, url }, { outboxDir: outbox.dir }), ['of another address']);
    expect(receiver.runs.has(left.reported.run)).toBe(false);
    const lock = tryLock(left.path.replace('.ndjson', '.lock'));
    expect(await send(receiver, outbox)).toEqual(NONE);
    expect(receiver.runs.has(left.reported.run)).toBe(false);
    lock?.release();
    expect(await send(receiver, outbox)).toEqual(NONE);
    expect(receiver.run(left.reported.run).messages).toEqual(numbered(5));
  });

  it('says what is left where the dashboard does not answer in time', async () => {
    const receiver = await Receiver.start(() => ({ kind: 'drop' }));
    const outbox = new TestOutbox();
    await leftRun(receiver, outbox);
    await leftRun(receiver, outbox, numbered(7));
    expect(await send(receiver, outbox, { backoff: { firstPauseMs: 1e6, longestPauseMs: 1e6 } })).toEqual({
      ...NONE,
      runs: 2,
      lines: 12,
      notes: ['the dashboard does not answer (ECONNRESET)'],
    });
    const notes: string[] = [];
    const stop = new AbortController();
    const note = (message: string): void => {
      notes.push(message);
      stop.abort();
    };
    const stopped = { outboxDir: outbox.dir, waitMs: 1e6, note, limits: QUICK, signal: stop.signal };
    expect(await sendOutbox(receiver.dashboard, stopped)).toEqual({ runs: 2, lines: 12, thrownAway: 0 });
    expect(notes).toEqual(['the dashboard does not answer (ECONNRESET)']);
  });

  it('is not read any further once a run that ends has no more time for it', async () => {
    const receiver = await Receiver.start(() => ({ kind: 'drop' }));
    const outbox = new TestOutbox();
    const { delivery, reported } = open(receiver.dashboard, { outboxDir: outbox.dir });
    delivery.start(STARTED);
    await delivery.close(false);
    const path = join(outbox.dir, `${reported.run}.ndjson`);
    const before = readFileSync(path, 'utf8');
    const limits = { ...USUAL_DELIVERY, ...QUICK };
    const sender = new Sender(receiver.dashboard, limits, { note: () => {}, isLive: false });
    const place = { dir: outbox.dir, urlDigest: digestOf(receiver.dashboard.url) };
    await sendLeftRuns(place, sender, limits, { deadline: 0, signal: null });
    expect(readFileSync(path, 'utf8')).toBe(before);
    await sendLeftRuns(place, sender, limits, { deadline: 0, signal: new AbortController().signal });
    expect(readFileSync(path, 'utf8')).toContain('interrupted');
  });

  it('says in short how long it has waited for an answer', async () => {
    const receiver = await Receiver.start(() => ({ kind: 'hang' }));
    const outbox = new TestOutbox();
    await leftRun(receiver, outbox);
    const { notes } = await send(receiver, outbox, {}, 123.456_789);
    expect(notes).toEqual([
      expect.stringMatching(/^the dashboard does not answer \(no answer within 0\.\d{1,3} s\)$/),
    ]);
  });

  it('throws away what is too old, or too much, the oldest first, and says so', async () => {
    const receiver = await Receiver.start();
    const outbox = new TestOutbox();
    const [old, ...others] = [
      await leftRun(receiver, outbox),
      await leftRun(receiver, outbox),
      await leftRun(receiver, outbox),
    ];
    receiver.behave = () => ({ kind: 'drop' });
    const eightDays = Date.now() / 1000 - 8 * 86_400;
    utimesSync(old.path, eightDays, eightDays);
    const opened = open(receiver.dashboard, { outboxDir: outbox.dir });
    const { note } = await deliver(opened, []);
    expect(note).toMatch(/; 1 earlier run that the dashboard has not got will not be sent any more: /);
    expect(others.map(({ path }) => existsSync(path))).toEqual([true, true]);
    const { size } = statSync(others[0]?.path ?? '');
    expect(await send(receiver, outbox, { keptBytes: 2.5 * size }, 1)).toMatchObject({
      thrownAway: 1,
    });
    expect(others.map(({ path }) => existsSync(path))).toEqual([false, true]);
    expect(existsSync(old.path)).toBe(false);
  });

  it('forgets a run of which nothing was written, and a lock without a run', async () => {
    const receiver = await Receiver.start();
    const outbox = new TestOutbox();
    const [empty, half] = [reportedRun(), reportedRun()];
    writeFileSync(join(outbox.dir, `${empty.run}.ndjson`), '');
    writeFileSync(join(outbox.dir, `${half.run}.ndjson`), '{"meta":{"depl');
    appendFileSync(join(outbox.dir, `${reportedRun().run}.lock`), '');
    writeFileSync(join(outbox.dir, 'README'), 'of somebody else');
    expect(await send(receiver, outbox)).toEqual(NONE);
    expect(outbox.files).toEqual(['README']);
    expect(receiver.seen).toEqual([]);
  });

  it('that takes no file costs a note, and the run is kept in memory', async () => {
    const receiver = await Receiver.start();
    const outbox = new TestOutbox();
    rmSync(outbox.dir, { recursive: true });
    writeFileSync(outbox.dir, 'a file');
    const opened = open(receiver.dashboard, { outboxDir: outbox.dir });
    expect(await deliver(opened, numbered(500))).toMatchObject({ unsent: 0, hasEnd: true, note: null });
    expect(receiver.run(opened.reported.run).messages).toEqual(numbered(500));
    expect(opened.notes[0]).toMatch(/is not kept for the next one: the outbox takes no file$/);
    rmSync(outbox.dir);
    chmodSync(join(outbox.dir, '..'), 0o700);
  });

  it('whose file is emptied under way harms nobody', async () => {
    const receiver = await Receiver.start(() => ({ kind: 'drop' }));
    const outbox = new TestOutbox();
    const { delivery, reported } = open(receiver.dashboard, { outboxDir: outbox.dir });
    delivery.start(STARTED);
    for (const message of numbered(300)) delivery.line(line(message));
    truncateSync(join(outbox.dir, `${reported.run}.ndjson`), 0);
    receiver.behave = () => STORE;
    for (const message of numbered(300)) delivery.line(line(message));
    const delivered = await delivery.close(false);
    expect(delivered.hasEnd).toBe(false);
  });
});
