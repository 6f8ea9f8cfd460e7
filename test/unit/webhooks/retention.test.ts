import { afterEach, beforeEach, expect, it } from 'vitest';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { HOOK_INDEXES, HOOK_TABLES } from '../../../src/runs/hooks/hook-tables.ts';
import { KeptReceipts } from '../../../src/runs/hooks/kept-receipts.ts';
import { WebhookOutbox } from '../../../src/runs/hooks/webhook-outbox.ts';

const DAY = 86_400_000;
const ENDPOINTS = ['one', 'two'].map((id) => ({ id, takes: () => true }));
const ATTEMPT = { status: 200, problem: null, ms: 1 };

let db: ReturnType<typeof openDatabase>;
beforeEach(() => {
  db = openDatabase(':memory:').exec(HOOK_TABLES + HOOK_INDEXES);
});
afterEach(() => db.close());

const rowsIn = (table: string): number =>
  db.prepare<[], number>(`SELECT count(*) FROM ${table}`).pluck().get() ?? 0;

it('a message stays for 30 days when all of its deliveries are over, and for as long as one waits or is under way', () => {
  const outbox = new WebhookOutbox(db, ENDPOINTS);
  outbox.put({ key: 'a', type: 'run.finished', data: {} });
  outbox.put({ key: 'a', type: 'run.finished', data: {} });
  expect([rowsIn('webhook_messages'), rowsIn('webhook_deliveries')]).toEqual([1, 2]);
  for (const { id, endpoint } of outbox.list({ page: 1, limit: 10 }).rows)
    if (endpoint === 'one') outbox.delivered(id, endpoint, ATTEMPT);
  outbox.removeOld(Date.now() + 31 * DAY);
  expect(rowsIn('webhook_messages')).toBe(1);
  const [left] = outbox.list({ page: 1, limit: 10 }).rows.filter(({ state }) => state === 'waiting');
  outbox.began(left?.id ?? '');
  outbox.removeOld(Date.now() + 31 * DAY);
  expect(rowsIn('webhook_messages'), 'it is being sent').toBe(1);
  outbox.failed(left?.id ?? '', null, ATTEMPT);
  outbox.removeOld(Date.now() + 29 * DAY);
  expect(rowsIn('webhook_messages')).toBe(1);
  outbox.removeOld(Date.now() + 31 * DAY);
  expect([rowsIn('webhook_messages'), rowsIn('webhook_deliveries')]).toEqual([0, 0]);
});

it('an attempt that the end of the server breaks off does not count, however often that happens', () => {
  const outbox = new WebhookOutbox(db, ENDPOINTS.slice(0, 1));
  outbox.put({ key: 'a', type: 'run.finished', data: {} });
  const id = outbox.next('one')?.id ?? '';
  for (let starts = 0; starts < 20; starts += 1) {
    outbox.began(id);
    outbox.recover();
  }
  expect(outbox.next('one')).toMatchObject({ id, attempts: 0 });
  outbox.began(id);
  outbox.failed(id, 1, { status: 500, problem: 'it answered 500', ms: 1 });
  expect(outbox.next('one')).toMatchObject({ id, attempts: 1, dueAt: 1 });
});

it('a delivery is known for 400 days, and one that is not decided for longer', () => {
  const receipts = new KeptReceipts(db);
  receipts.add({ ids: ['old', 'body:old'], hook: 'update', sender: 'github', run: 'r' });
  receipts.add({
    ids: ['undecided'],
    hook: 'store',
    sender: 'token',
    run: 'r',
    etag: 'e',
    target: 'fly',
    waitsFor: 'r',
  });
  receipts.removeOld(Date.now() + 399 * DAY);
  expect(receipts.find(['unknown', 'body:old'])?.run).toBe('r');
  expect(
    receipts
      .last(10)
      .map(({ id }) => id)
      .toSorted(),
  ).toEqual(['old', 'undecided']);
  receipts.removeOld(Date.now() + 401 * DAY);
  expect([receipts.find(['old', 'body:old']), receipts.find(['undecided'])?.run]).toEqual([null, 'r']);
});
