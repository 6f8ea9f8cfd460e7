import { expect, it } from 'vitest';
import type { ReceivedLine } from '../../../src/runs/deploys/deploy-model.ts';
import { ReceivedStandings } from '../../../src/web/deploys/received-standings.ts';

it('a run that names no end of steps and machines, backwards, has some of both in its tables, and costs no time', () => {
  const standings = new ReceivedStandings();
  for (let seq = 120_000; seq >= 1; seq -= 1) {
    const line: Omit<ReceivedLine, 'level'> = {
      ...{ seq, message: `step ${seq}`, loggedAt: '2026-01-02T03:04:05.680Z' },
      ...{ machine: `m${seq}`, step: null },
    };
    standings.apply({ ...line, level: 'step' });
  }
  expect(standings.top).toBe(120_000);
  expect(standings.steps({ status: 'failed', finishedAt: null })).toHaveLength(1000);
  expect(standings.machines({ status: 'failed', failedMachines: [] })).toHaveLength(10_000);
});
