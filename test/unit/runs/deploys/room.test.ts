import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDeploys } from '../../../../src/runs/deploys/create-deploys.ts';
import type { Deploys } from '../../../../src/runs/deploys/deploys.ts';
import { ended, line, logsOf, numbers, ReceivedRig } from '../../../support/runs/deploys/received-rig.ts';

/** Bytes of a line of the rig, with what is counted beside its text. */
const LINE = 'line 1'.length + 40;

let rig: ReceivedRig;
beforeEach(() => {
  rig = new ReceivedRig();
});
afterEach(() => rig.close());

const open = (lines: number, bytes = 1_000_000): Deploys =>
  createDeploys({
    ...{ db: rig.db, watchers: rig.watchers, damaged: () => {}, now: () => rig.now },
    room: { lines, bytes },
  });
const kept = (deploys: Deploys, id: string) => deploys.lines(id, 0, 100).map(({ seq }) => seq);

describe('a run that is full', () => {
  it('is told that its other lines are there, keeps none of them, and says so to people', () => {
    const deploys = open(3);
    deploys.logs('default', logsOf([1, 2]));
    const { run, ...counts } = deploys.logs('default', logsOf([3, 4, 5]));
    expect(counts).toEqual({ accepted: 1, duplicates: 0, conflicts: 0, refused: 2 });
    expect(run).toMatchObject({ lastSeq: 5, sentLastSeq: 5, lost: [[4, 5]] });
    const more = deploys.logs('default', logsOf(numbers(6, 9)));
    expect(more).toMatchObject({ accepted: 0, refused: 4, run: { lastSeq: 9, lost: [[4, 9]] } });
    expect(deploys.logs('default', logsOf([2, 3]))).toMatchObject({ accepted: 0, duplicates: 2, refused: 0 });
    expect(kept(deploys, run.id)).toEqual([1, 2, 3]);
  });

  it('ends as any other one', () => {
    const deploys = open(2);
    deploys.logs('default', logsOf(numbers(1, 5)));
    const { run } = deploys.status('default', { ...ended('done'), last_seq: 5 });
    expect(run).toMatchObject({ status: 'completed', lastSeq: 5, sentLastSeq: 5 });
  });

  it('is so by its bytes, too, also after a restart', () => {
    open(100, 2 * LINE).logs('default', logsOf([1]));
    const deploys = open(100, 2 * LINE);
    const { run, ...counts } = deploys.logs('default', logsOf([2, 3]));
    expect(counts).toMatchObject({ accepted: 1, refused: 1 });
    const wide = logsOf([4], { logs: [line(4, { machine: 'm' })] });
    expect(open(100, 3 * LINE).logs('default', wide)).toMatchObject({ accepted: 0, refused: 1 });
    expect(kept(deploys, run.id)).toEqual([1, 2]);
  });

  it('has room for what a full disk did not take', () => {
    const deploys = open(100, 2 * LINE);
    deploys.logs('default', logsOf([1]));
    rig.db.exec(`CREATE TRIGGER full BEFORE UPDATE ON deploy_runs BEGIN SELECT RAISE(ROLLBACK, 'full'); END`);
    expect(() => deploys.logs('default', logsOf([2]))).toThrow();
    rig.db.exec('DROP TRIGGER full');
    expect(deploys.logs('default', logsOf([2]))).toMatchObject({ accepted: 1, refused: 0 });
  });

  it('of a sender of the plan keeps no more lines either, and says which there were', () => {
    const deploys = open(2);
    const logs = (digest: string, count: number) => {
      const one = { level: 'info', message: 'x', logged_at: '2026-01-02T03:04:05.680Z' } as const;
      const body = { deployId: 'plan', digest, logs: Array.from({ length: count }, () => one) };
      return deploys.planLogs('default', body);
    };
    logs('a', 1);
    expect(logs('b', 3)).toMatchObject({ accepted: 1, duplicates: 0, refused: 2 });
    const { run } = logs('c', 2);
    expect(run).toMatchObject({ lastSeq: 6, sentLastSeq: 6, lost: [[3, 6]] });
    expect(kept(deploys, run.id)).toEqual([1, 2]);
  });
});
