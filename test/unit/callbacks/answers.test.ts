import { cpSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sendOutbox } from '../../../src/callbacks/send-outbox.ts';
import type { LogsBody } from '../../../src/callbacks/wire.ts';
import { deliver, numbered, open, TestOutbox } from '../../support/callbacks/deliveries.ts';
import {
  type Behaviour,
  lostOf,
  Receiver,
  type Seen,
  STORE,
  status,
} from '../../support/callbacks/receiver.ts';
import { COMPLETED, line, STARTED } from '../../support/callbacks/reported.ts';

/** Has the receiver do something else with requests of lines, the first being number 1. */
function onLogs(behaviour: (number: number, seen: Seen) => Behaviour): (seen: Seen) => Behaviour {
  let number = 0;
  return (seen) => {
    if (!('logs' in seen.body)) return STORE;
    number += 1;
    return behaviour(number, seen);
  };
}

const firstOnly = (behaviour: Behaviour) => onLogs((number) => (number === 1 ? behaviour : STORE));

const batches = (receiver: Receiver): string[] =>
  receiver.seen.flatMap(({ body }) => ('logs' in body ? [`${body.first_seq}-${body.last_seq}`] : []));

describe('an answer', () => {
  it.each([
    ['empty, as of a receiver of the plan', { kind: 'store', answer: '' }],
    ['no JSON', { kind: 'store', answer: '<h1>Thanks</h1>' }],
    ['JSON of another kind', { kind: 'store', answer: '{"last_seq":"many"}' }],
    ['longer than is read', { kind: 'store', answer: 'x'.repeat(200_000) }],
  ] as const)('of 200 that is %s acknowledges what was sent', async (_, behaviour) => {
    const receiver = await Receiver.start(() => behaviour);
    const opened = open(receiver.dashboard);
    expect(await deliver(opened, numbered(3))).toMatchObject({ unsent: 0, hasEnd: true, note: null });
    expect(batches(receiver)).toEqual(['1-3']);
  });

  it.each([
    ['503', status(503)],
    ['500', status(500)],
    ['429 with a time', status(429, { 'retry-after': '0' })],
    ['425', status(425)],
    ['408', status(408)],
    ['404, once', status(404)],
    ['a reset', { kind: 'drop' }],
  ] as const)('of %s has the same bytes sent again under the same id', async (_, behaviour) => {
    const receiver = await Receiver.start(firstOnly(behaviour));
    const opened = open(receiver.dashboard);
    expect(await deliver(opened, numbered(3))).toMatchObject({ unsent: 0, hasEnd: true, note: null });
    expect(batches(receiver)).toEqual(['1-3', '1-3']);
    expect(receiver.run(opened.reported.run).messages).toEqual(numbered(3));
    expect(opened.notes).toHaveLength(1); // the address of the log
  });

  it.each([
    [
      301,
      {},
      'the dashboard redirects to another address (HTTP 301), which is not followed: correct callback_url',
    ],
    [401, {}, 'the dashboard does not accept our key (HTTP 401)'],
    [403, {}, 'the dashboard does not accept our key (HTTP 403)'],
    [
      401,
      { date: new Date(Date.now() + 3_600_000).toUTCString() },
      'the dashboard does not accept our key (HTTP 401); its clock and ours are ',
    ],
  ])('of %i ends the sending of this run, is said, and keeps what is left', async (code, headers, note) => {
    const target = await Receiver.start();
    const location = `${target.dashboard.url.origin}/elsewhere`;
    const receiver = await Receiver.start(() => status(code, { location, ...headers }, 'hunter2'));
    const outbox = new TestOutbox();
    const opened = open(receiver.dashboard, { outboxDir: outbox.dir });
    const delivered = await deliver(opened, numbered(3));
    expect(delivered).toMatchObject({ unsent: 3, hasEnd: false });
    expect(opened.notes).toEqual([expect.stringContaining(note)]);
    expect(opened.notes.join()).not.toContain('hunter2');
    expect(receiver.seen).toHaveLength(1);
    expect(target.seen).toEqual([]);
    expect(outbox.files).toContain(`${opened.reported.run}.ndjson`);
  });

  it('of 503 that asks for a day has everything sent long before', async () => {
    const receiver = await Receiver.start(firstOnly(status(503, { 'retry-after': '86400' })));
    const { delivery } = open(receiver.dashboard, { limits: { longestRetryAfterMs: 5 } });
    delivery.start(STARTED);
    delivery.line(line('one'));
    await expect.poll(() => batches(receiver)).toEqual(['1-1', '1-1']);
    await delivery.close(false);
  });

  it('that asks for patience, again and again, has everything sent at the end, lines before the end of the run', async () => {
    const busy = status(429, { 'retry-after': '0' });
    const receiver = await Receiver.start(onLogs((number) => (number % 3 === 0 ? STORE : busy)));
    const opened = open(receiver.dashboard);
    expect(await deliver(opened, numbered(900))).toMatchObject({ unsent: 0, hasEnd: true, note: null });
    expect(receiver.run(opened.reported.run).messages).toEqual(numbered(900));
    expect(receiver.seen.at(-1)?.body).toMatchObject({ status: 'completed' });
    expect(opened.notes).toHaveLength(1);
  });

  it('that asks for patience without end is a failure at last, which is said', async () => {
    const receiver = await Receiver.start(() => status(429, { 'retry-after': '0' }));
    const opened = open(receiver.dashboard);
    expect(await deliver(opened, numbered(3))).toMatchObject({ unsent: 3, hasEnd: false });
    expect(opened.notes).toEqual([expect.stringContaining('HTTP 429')]);
  });

  it('of 404 ends the sending the third time in a row', async () => {
    const receiver = await Receiver.start(() => status(404));
    const { delivery, notes } = open(receiver.dashboard);
    delivery.start(STARTED);
    await receiver.until(() => receiver.seen.length === 3);
    await expect.poll(() => notes).toEqual(['there is no dashboard at callback_url (HTTP 404)']);
    delivery.line(line('later'));
    delivery.end(COMPLETED);
    await delivery.close(false);
    expect(receiver.seen).toHaveLength(3);
  });

  it('of 410 drops what is kept for that address, and nothing more is kept', async () => {
    const receiver = await Receiver.start();
    await receiver.die();
    const outbox = new TestOutbox();
    for (let run = 1; run <= 2; run += 1)
      await deliver(open(receiver.dashboard, { outboxDir: outbox.dir }), numbered(3));
    const other = { ...receiver.dashboard, url: new URL('http://127.0.0.1:1/other') };
    const elsewhere = open(other, { outboxDir: outbox.dir });
    await deliver(elsewhere, numbered(2));
    receiver.behave = () => status(410);
    await receiver.begin();
    const copy = new TestOutbox();
    cpSync(outbox.dir, copy.dir, { recursive: true });
    const note = () => {};
    const left = await sendOutbox(receiver.dashboard, { outboxDir: copy.dir, waitMs: 10_000, note });
    expect([left.runs, copy.files]).toEqual([
      0,
      outbox.files.filter((name) => name.includes(elsewhere.reported.run)),
    ]);
    const opened = open(receiver.dashboard, { outboxDir: outbox.dir });
    const delivered = await deliver(opened, numbered(4));
    expect(delivered).toMatchObject({ unsent: 0, hasEnd: false, note: null });
    expect(opened.notes).toEqual(['the dashboard is gone for good (HTTP 410); nothing is kept for it']);
    expect(outbox.files.filter((name) => name.endsWith('.ndjson'))).toEqual([
      `${elsewhere.reported.run}.ndjson`,
    ]);
  });

  it.each([400, 409, 422])(
    'of %i gives up those lines, says so to the receiver, and goes on',
    async (code) => {
      const receiver = await Receiver.start(onLogs((number) => (number === 2 ? status(code) : STORE)));
      const outbox = new TestOutbox();
      const opened = open(receiver.dashboard, { outboxDir: outbox.dir, limits: { batchLines: 10 } });
      const delivered = await deliver(opened, numbered(35));
      expect(delivered).toMatchObject({ unsent: 0, hasEnd: true, lost: [[11, 20]] });
      expect(delivered.note).toBe('the dashboard has refused 10 lines of this run');
      expect(batches(receiver)).toEqual(['1-10', '11-20', '21-30', '31-35']);
      expect(receiver.seen.map((seen) => lostOf(seen).length)).toEqual([0, 0, 0, 1, 1, 1]);
      expect(receiver.seen.at(-1)?.body).toMatchObject({
        status: 'completed',
        lost: [[11, 20]],
        dropped: 10,
      });
      expect(outbox.files).toEqual([]);
    },
  );

  it('of 422 ends the sending the third time in a row', async () => {
    const receiver = await Receiver.start(onLogs(() => status(422)));
    const opened = open(receiver.dashboard, { limits: { batchLines: 10 } });
    const delivered = await deliver(opened, numbered(100));
    expect(batches(receiver)).toEqual(['1-10', '11-20', '21-30']);
    expect(delivered).toMatchObject({ unsent: 70, hasEnd: false, lost: [[1, 30]] });
    expect(opened.notes.at(-1)).toBe('the dashboard refuses what it is sent (HTTP 422)');
  });

  it('of 413 has half of it sent, and a line that is too large cut, and then given up', async () => {
    const tooLarge =
      (most: number) =>
      (_: number, { bytes }: Seen) =>
        bytes.length > most ? status(413) : STORE;
    const receiver = await Receiver.start(onLogs(tooLarge(3000)));
    const opened = open(receiver.dashboard);
    const messages = numbered(40).map((message, index) => (index === 20 ? 'é'.repeat(2000) : message));
    expect(await deliver(opened, messages)).toMatchObject({ unsent: 0, hasEnd: true, lost: [] });
    const stored = receiver.run(opened.reported.run);
    expect(stored.order).toEqual(numbered(40).map((_, index) => index + 1));
    expect(stored.lines.get(21)).toMatch(/^é+ … \(\d+ bytes more\)$/);
    const ids = receiver.seen.map(({ headers, bytes }) => `${headers['webhook-id']} ${bytes.toString()}`);
    const names = receiver.seen.map(({ headers }) => headers['webhook-id']);
    expect(new Set(ids).size).toBe(new Set(names).size);

    const small = await Receiver.start(
      onLogs((_, { body }) => ((body as LogsBody).logs.some(({ seq }) => seq === 2) ? status(413) : STORE)),
    );
    const next = open(small.dashboard);
    expect(await deliver(next, ['a', 'b'.repeat(1500), 'c'])).toMatchObject({
      unsent: 0,
      hasEnd: true,
      lost: [[2, 2]],
    });
    expect([...small.run(next.reported.run).lines.keys()]).toEqual([1, 3]);
  });

  it('that has fewer lines than it got is sent those again, three times in a run', async () => {
    const receiver = await Receiver.start(
      onLogs((number) => (number === 2 ? { kind: 'store', answer: '{"last_seq":0}' } : STORE)),
    );
    const opened = open(receiver.dashboard, { limits: { batchLines: 10 } });
    expect(await deliver(opened, numbered(30))).toMatchObject({ unsent: 0, hasEnd: true });
    expect(batches(receiver)).toEqual(['1-10', '11-20', '1-10', '11-20', '21-30']);

    const forgetful = await Receiver.start(() => ({ kind: 'store', answer: '{"last_seq":0}' }));
    const again = open(forgetful.dashboard, { limits: { batchLines: 10 } });
    expect(await deliver(again, numbered(20))).toMatchObject({ unsent: 0, hasEnd: true, note: null });
    expect(batches(forgetful)).toEqual(['1-10', '1-10', '1-10', '1-10', '11-20']);
  });

  it('that counts refused lines as missing has nothing sent again', async () => {
    const receiver = await Receiver.start(
      onLogs((number) => (number === 2 ? status(422) : { kind: 'store', answer: `{"last_seq":10}` })),
    );
    const opened = open(receiver.dashboard, { limits: { batchLines: 10 } });
    expect(await deliver(opened, numbered(40))).toMatchObject({ unsent: 0, hasEnd: true, lost: [[11, 20]] });
    expect(batches(receiver)).toEqual(['1-10', '11-20', '21-30', '31-40']);
  });

  it('with an address of somebody else, or with a login, is not passed on', async () => {
    const receiver = await Receiver.start();
    for (const url of ['https://attacker.example/', `http://ann:hunter2@${receiver.dashboard.url.host}/`]) {
      const answer = JSON.stringify({ last_seq: 0, url });
      receiver.behave = () => ({ kind: 'store', answer });
      const opened = open(receiver.dashboard);
      await deliver(opened, []);
      expect(opened.notes).toEqual([]);
    }
  });
});
