import { expect, it } from 'vitest';
import type { ReceivedLine, ReceivedRun } from '../../../../src/runs/deploys/deploy-model.ts';
import { receivedProgress } from '../../../../src/web/deploys/known-progress.ts';
import { ReceivedProgress } from '../../../../src/web/deploys/received-progress.ts';

it('a run that names no end of steps and machines, backwards, has some of both in its tables, and costs no time', () => {
  const progress = new ReceivedProgress();
  for (let seq = 120_000; seq >= 1; seq -= 1) {
    const line: Omit<ReceivedLine, 'level'> = {
      ...{ seq, message: `step ${seq}`, loggedAt: '2026-01-02T03:04:05.680Z' },
      ...{ machine: `m${seq}`, step: null },
    };
    progress.apply({ ...line, level: 'step' });
  }
  expect(progress.top).toBe(120_000);
  expect(progress.steps({ status: 'failed', finishedAt: null })).toHaveLength(1000);
  expect(progress.machines({ status: 'failed', failedMachines: [] })).toHaveLength(10_000);
});

it('a page of a run whose lines could not be read once reads them the next time', async () => {
  const line: ReceivedLine = {
    ...{ seq: 1, level: 'step', message: 'Step 1', loggedAt: '2026-01-02T03:04:05.680Z' },
    ...{ machine: null, step: null },
  };
  let isBroken = true;
  const deploys = {
    lines: (_: string, after: number) => {
      if (isBroken) throw new Error('disk I/O error');
      return after < 1 ? [line] : [];
    },
    news: (_: string, cursor: number) => ({ lines: [], cursor }),
  };
  const run = { id: 'a', lastSeq: 1, cursor: 1 } as ReceivedRun;
  await expect(receivedProgress(deploys, run)).rejects.toThrow('disk I/O error');
  isBroken = false;
  expect((await receivedProgress(deploys, run)).top).toBe(1);
});
