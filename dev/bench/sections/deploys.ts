import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setImmediate as turn } from 'node:timers/promises';
import type { CallbackLine, LogsBody } from '../../../src/callbacks/wire.ts';
import type { Database } from '../../../src/database/sqlite.ts';
import { createDeploys } from '../../../src/runs/deploys/create-deploys.ts';
import { removeOldDeploys } from '../../../src/runs/deploys/deploy-retention.ts';
import type { Deploys } from '../../../src/runs/deploys/deploys.ts';
import { openRunsFile } from '../../../src/runs/runs-file.ts';
import { Watchers } from '../../../src/runs/watchers.ts';
import { median, quantile } from '../numbers.ts';
import type { Section } from '../section.ts';
import { goal, table } from '../table.ts';

/** Lines of a batch, as the sender has them at most. */
const BATCH = 200;
const DEPLOYS = 1000;
/** What one receiver is to store. */
const LINES_PER_SECOND = 20_000;
const BATCH_GOAL_MS = (1000 * BATCH) / LINES_PER_SECOND;
const NEVER = new AbortController().signal;
const YEAR_MS = 365 * 86_400_000;

const section: Section = {
  title: 'What is received of runs elsewhere: stored, listed, removed',
  packages: ['better-sqlite3'],
  async measure({ quick }) {
    const home = mkdtempSync(join(tmpdir(), 'bench-deploys-'));
    const db = openRunsFile(home);
    try {
      const deploys = createDeploys({ db, watchers: new Watchers(), damaged: () => {}, now: Date.now });
      deploys.projects.addKey('default', '0123456789abcdef'.repeat(4));
      const batches = quick ? 100 : 500;
      const plain = plainInserts(db, batches);
      const stored = Array.from({ length: batches }, (_, at) => {
        return timed(() => deploys.logs('default', batchOf('long', at), Date.now()));
      });
      for (let at = 1; at < DEPLOYS; at += 1) deploys.logs('default', batchOf(`deploy-${at}`, 0));
      return render({
        ...{ plain, stored, listed: times(() => deploys.list({ text: 'deploy-9', page: 2 })) },
        ...{ ranged: times(() => rangeOf(deploys, batches)), turns: await turnsOfRemoval(db) },
      });
    } finally {
      db.close();
      rmSync(home, { recursive: true });
    }
  },
};
export default section;

function linesOf(batch: number): CallbackLine[] {
  return Array.from({ length: BATCH }, (_, at) => ({
    ...{ level: 'info', seq: batch * BATCH + at + 1, machine: '3d8d9930b32d89', step: 'update' },
    ...{ logged_at: '2026-01-02T03:04:05.680Z', message: `a machine says how far it is: ${'x'.repeat(70)}` },
  }));
}

function batchOf(run: string, batch: number): LogsBody {
  return {
    ...{ deploy_id: run, run, operation: 'deploy', logs: linesOf(batch) },
    ...{ first_seq: batch * BATCH + 1, last_seq: (batch + 1) * BATCH },
  };
}

/** The least that it can take: the same rows in a table alike, each batch a transaction as durable. */
function plainInserts(db: Database, batches: number): number[] {
  const sql = db
    .prepare<[], string>("SELECT sql FROM sqlite_schema WHERE name = 'deploy_lines'")
    .pluck()
    .get();
  db.exec(String(sql).replace('deploy_lines', 'plain_lines'));
  const insert = db.prepare('INSERT INTO plain_lines VALUES (1, ?, ?, ?, ?, ?, ?)');
  const all = db.transaction((lines: readonly CallbackLine[]) => {
    for (const { seq, level, message, logged_at, machine, step } of lines)
      insert.run(seq, level, message, Date.parse(logged_at), machine, step);
  });
  const waits = Array.from({ length: batches }, (_, at) => {
    const lines = linesOf(at);
    return timed(() => all.immediate(lines));
  });
  db.exec('DROP TABLE plain_lines');
  return waits;
}

function rangeOf(deploys: Deploys, batches: number): void {
  const [run] = deploys.runsOf('default', 'long');
  deploys.lines(run?.id ?? '', (batches * BATCH) / 2, 500);
}

/** Milliseconds that others wait for their turn while all is removed. */
async function turnsOfRemoval(db: Database): Promise<number[]> {
  const waits: number[] = [];
  let isOver = false;
  const removed = removeOldDeploys(db, Date.now() + YEAR_MS, NEVER).then(() => (isOver = true));
  while (!isOver) {
    const began = performance.now();
    await turn();
    waits.push(performance.now() - began);
  }
  await removed;
  return waits;
}

const times = (work: () => void): number[] => Array.from({ length: 50 }, () => timed(work));

function timed(work: () => void): number {
  const began = performance.now();
  work();
  return performance.now() - began;
}

const fine = (value: number): string => `${value.toFixed(1)} ms`;
const perSecond = (waits: readonly number[]): string =>
  String(Math.round((1000 * BATCH * waits.length) / waits.reduce((sum, wait) => sum + wait, 0)));

function render(
  found: Readonly<Record<'plain' | 'stored' | 'listed' | 'ranged' | 'turns', number[]>>,
): string {
  const { plain, stored, listed, ranged, turns } = found;
  const late = (waits: readonly number[]): number => quantile(waits, 0.99);
  const row = (
    what: string,
    waits: readonly number[],
    { most, lines = '', value = late }: { most: number | null; lines?: string; value?: typeof late },
  ) => [...[what, fine(median(waits)), fine(late(waits)), lines], goal(value(waits), most, 'ms')];
  const ratio = (median(stored) / median(plain)).toFixed(1);
  return table(
    ['', 'median', '99 of 100', 'lines a second', 'goal'],
    [
      row(`a batch of ${BATCH} lines is stored, durably`, stored, {
        ...{ most: BATCH_GOAL_MS, lines: perSecond(stored), value: median },
      }),
      row(`the same rows by plain inserts (ratio ${ratio})`, plain, { most: null, lines: perSecond(plain) }),
      row(`a page of the list, by a part of the id, of ${DEPLOYS} deploys`, listed, { most: 20 }),
      row(`500 lines from the middle of ${stored.length * BATCH}`, ranged, { most: 20 }),
      row('others wait while all of it is removed', turns, { most: 20 }),
    ],
  );
}
