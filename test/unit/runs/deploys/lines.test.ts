import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  logsOf,
  numbers,
  ReceivedRig,
  RUN,
  START,
  started,
} from '../../../support/runs/deploys/received-rig.ts';

const NEVER = new AbortController().signal;

let rig: ReceivedRig;
beforeEach(() => {
  rig = new ReceivedRig();
});
afterEach(() => rig.close());

const seqsOf = (id: string, after = 0, limit = 1000) =>
  rig.deploys.lines(id, after, limit).map(({ seq }) => seq);

describe('lines of a received run', () => {
  it('are there after a restart, each once, in the order of their numbers', () => {
    rig.deploys.logs('default', logsOf([3, 4]));
    rig.deploys.logs('default', logsOf([1, 2, 3]));
    rig.reopen();
    const [run] = rig.deploys.list().rows;
    expect(seqsOf(run?.id ?? '')).toEqual([1, 2, 3, 4]);
    expect(run).toMatchObject({
      deploy: '12345',
      run: RUN,
      number: 1,
      lastSeq: 4,
      sentLastSeq: 4,
      cursor: 4,
    });
  });

  it('that were there before are counted, and the first text stays', () => {
    rig.deploys.logs('default', logsOf([1, 2]));
    const { logs } = logsOf([1, 2]);
    const other = logs.map((one) => (one.seq === 2 ? { ...one, message: 'another' } : one));
    const { run, ...counts } = rig.deploys.logs('default', { ...logsOf([1, 2]), logs: other });
    expect(counts).toEqual({ accepted: 0, duplicates: 2, conflicts: 1, refused: 0 });
    expect(rig.deploys.lines(run.id, 1, 1)[0]?.message).toBe('line 2');
  });

  it('make the run and its deploy if they come before the start', () => {
    const { run } = rig.deploys.logs('default', logsOf([1]));
    expect(run).toMatchObject({ status: null, startedAt: null, receivedAt: '2026-01-02T03:04:05.678Z' });
    const then = rig.deploys.status('default', started());
    expect(then.run).toMatchObject({ id: run.id, status: 'started', gitRef: 'main' });
  });

  it.each([
    ['a gap is below them', [[2, 3]], undefined, 0],
    ['the gap is filled', [[2, 3], [1]], undefined, 3],
    ['the gap is lost', [[3, 4]], [[1, 2]], 4],
    ['a part of the gap is lost', [[1], [5]], [[2, 3]], 3],
    ['the lines after the last are lost', [[1]], [[2, 9]], 9],
    ['a line that was lost comes all the same', [[3], [1, 2]], [[2, 2]], 3],
  ] as const)('are whole up to the right number if %s', (_, batches, lost, lastSeq) => {
    const results = batches.map((seqs) => rig.deploys.logs('default', logsOf(seqs, lost ? { lost } : {})));
    expect(results.at(-1)?.run.lastSeq).toBe(lastSeq);
  });

  it('are given by their levels where these are asked for', () => {
    const { logs } = logsOf([1, 2, 3]);
    const mixed = logs.map((one) => (one.seq === 2 ? { ...one, level: 'error' as const } : one));
    const { run } = rig.deploys.logs('default', { ...logsOf([1, 2, 3]), logs: mixed });
    expect(rig.deploys.lines(run.id, 0, 10, ['error', 'warning']).map(({ seq }) => seq)).toEqual([2]);
  });
});

describe('news of a received run', () => {
  it('are in the order of their arrival, whatever the limit is', () => {
    rig.deploys.logs('default', logsOf([4, 5, 6]));
    rig.deploys.status('default', started());
    rig.deploys.logs('default', logsOf([1, 2]));
    const { run } = rig.deploys.logs('default', logsOf([2, 3, 7]));
    for (const limit of [1, 2, 3, 100]) {
      const seen: number[] = [];
      let cursor = 0;
      while (cursor < run.cursor) {
        const news = rig.deploys.news(run.id, cursor, limit);
        expect(news.cursor).toBeGreaterThan(cursor);
        expect(news.lines.length).toBeLessThanOrEqual(limit);
        seen.push(...news.lines.map(({ seq }) => seq));
        cursor = news.cursor;
      }
      expect([limit, seen]).toEqual([limit, [4, 5, 6, 1, 2, 3, 7]]);
      expect(cursor).toBe(run.cursor);
    }
  });

  it('take one row for lines that come in their order, in however many batches', () => {
    for (const first of [1, 201, 401]) rig.deploys.logs('default', logsOf(numbers(first, first + 199)));
    expect(rig.db.prepare('SELECT position, from_seq FROM deploy_news').all()).toEqual([
      { position: 0, from_seq: 1 },
    ]);
    const { id } = rig.deploys.list().rows[0] ?? expect.unreachable();
    expect(rig.deploys.news(id, 250, 1000).lines.map(({ seq }) => seq)).toEqual(numbers(251, 600));
  });

  it('wake who waits for them, and so does a change of the state', async () => {
    const { run } = rig.deploys.logs('default', logsOf([1]));
    await rig.deploys.waitFor(run.id, 0, 60_000, NEVER);
    const lines = rig.deploys.waitFor(run.id, 1, 60_000, NEVER);
    rig.deploys.logs('default', logsOf([2]));
    await lines;
    const state = rig.deploys.waitFor(run.id, 2, 60_000, NEVER);
    rig.deploys.status('default', started());
    await state;
    expect(rig.deploys.news(run.id, 2, 10)).toEqual({ lines: [], cursor: 3 });
  });
});

describe('a heartbeat', () => {
  const beat = (last = 2) => logsOf([], { first_seq: last + 1, last_seq: last });

  it('says only that the run is alive, and what its sender has', () => {
    const { run } = rig.deploys.logs('default', logsOf([1, 2]));
    rig.now += 60_000;
    const after = rig.deploys.logs('default', beat(5), rig.now - 3000);
    const alive = { ...run, lastHeardAt: START + 60_000, sentLastSeq: 5, skewMs: 3000 };
    expect(after).toEqual({ run: alive, accepted: 0, duplicates: 0, conflicts: 0, refused: 0 });
    expect(rig.deploys.run(run.id)).toEqual(alive);
    rig.reopen();
    expect(rig.deploys.run(run.id)).toEqual(alive);
  });

  it('wakes who waits only if the run was silent', async () => {
    const { run } = rig.deploys.logs('default', logsOf([1, 2]));
    let isAwake = false;
    const waiting = rig.deploys.waitFor(run.id, run.cursor, 60_000, NEVER).then(() => (isAwake = true));
    rig.now += 60_000;
    rig.deploys.logs('default', beat());
    await Promise.resolve();
    expect(isAwake).toBe(false);
    rig.now += 90_000;
    rig.deploys.logs('default', beat());
    await waiting;
  });

  it('makes a run that was not known', () => {
    expect(rig.deploys.logs('default', beat(0)).run).toMatchObject({ number: 1, lastSeq: 0, cursor: 0 });
  });

  it('says what is lost', () => {
    rig.deploys.logs('default', logsOf([1, 3]));
    const { run } = rig.deploys.logs('default', { ...beat(3), lost: [[2, 2]] });
    expect(run).toMatchObject({ lost: [[2, 2]], lastSeq: 3, cursor: 3 });
  });
});
