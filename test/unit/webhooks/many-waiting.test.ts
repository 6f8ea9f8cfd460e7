/** The outbox of an endpoint that was dead for days, so that tens of thousands of messages wait. */
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../../src/database/sqlite.ts';
import { HOOK_INDEXES, HOOK_TABLES } from '../../../src/runs/hooks/hook-tables.ts';
import { WebhookOutbox } from '../../../src/runs/hooks/webhook-outbox.ts';

const ATTEMPT = { status: 200, problem: null, ms: 1 };
const [PAST, FUTURE] = [1000, Date.now() + 86_400_000];

let db: Database;
let outbox: WebhookOutbox;
beforeEach(() => {
  db = openDatabase(':memory:').exec(HOOK_TABLES + HOOK_INDEXES);
  outbox = new WebhookOutbox(db, [{ id: 'one', takes: () => true }]);
});
afterEach(() => db.close());

/** What is asked of the database meanwhile, as the database says that it does it. */
function plansOf(work: () => void): string[] {
  const asked: string[] = [];
  const prepare = db.prepare.bind(db);
  db.prepare = ((sql: string) => {
    asked.push(sql);
    return prepare(sql);
  }) as typeof db.prepare;
  work();
  db.prepare = prepare;
  return asked.flatMap((sql) =>
    prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
      .all(...Array(sql.split('?').length - 1).fill(null))
      .map(({ detail }) => detail),
  );
}

it('sends a message without looking at all that wait', () => {
  for (const key of ['a', 'b']) outbox.put({ key, type: 'run.finished', data: {} });
  const plans = plansOf(() => {
    const id = outbox.next('one')?.id ?? '';
    outbox.began(id);
    outbox.delivered(id, 'one', ATTEMPT);
    outbox.stateOf('one');
  });
  expect(plans.filter((plan) => /SCAN|TEMP B-TREE/.test(plan))).toEqual([]);
  expect(plans.join('\n')).toMatch(/webhook_deliveries_by_hand[\s\S]*webhook_deliveries_aside/);
});

interface Waiting {
  readonly byHand: boolean;
  readonly attempts: number;
  readonly isDue: boolean;
}

const WAITING: fc.Arbitrary<Waiting> = fc.record({
  byHand: fc.boolean(),
  attempts: fc.nat(6),
  isDue: fc.boolean(),
});

it('sends next what is by hand, then what is first and does not wait aside', () => {
  fc.assert(
    fc.property(fc.array(WAITING, { maxLength: 8 }), (rows) => {
      db.exec('DELETE FROM webhook_deliveries; DELETE FROM webhook_messages');
      const ids = rows.map(({ byHand, attempts, isDue }, at) => {
        outbox.put({ key: String(at), type: 'run.finished', data: {} });
        const id = outbox.list({ page: 1, limit: 1 }).rows[0]?.id ?? '';
        db.prepare('UPDATE webhook_deliveries SET by_hand = ?, attempts = ?, due_at = ? WHERE id = ?').run(
          Number(byHand),
          attempts,
          isDue ? PAST : FUTURE,
          id,
        );
        return id;
      });
      const byHand = rows.findIndex((row) => row.byHand && row.isDue);
      const inOrder = rows.findIndex((row) => row.isDue || (!row.byHand && row.attempts < 4));
      const expected = byHand >= 0 ? byHand : inOrder;
      expect(outbox.next('one')?.id).toBe(expected < 0 ? undefined : ids[expected]);
    }),
  );
});
