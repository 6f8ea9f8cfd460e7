import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { stagedPath } from '../../../src/files/staged-names.ts';
import { gauge } from '../../../src/metrics/exposition.ts';
import { machineFigures } from '../../../src/metrics/machine-figures.ts';
import { writeFigures } from '../../../src/metrics/metrics-file.ts';
import type { HistoryRow } from '../../../src/report/results.ts';

const RUNS = ['20260102T030405678Z-1f2e3d', '20260102T030405678Z-4f5e6d'] as const;

it('figures appear whole, for everybody to read, and take with them what was left an hour ago', () => {
  const home = mkdtempSync(join(tmpdir(), 'metrics-'));
  onTestFinished(() => rmSync(home, { recursive: true }));
  const path = join(home, 'showcase.prom');
  const [old, fresh] = RUNS.map((run) => stagedPath(path, run)) as [string, string];
  const other = stagedPath(join(home, 'node.prom'), RUNS[0]);
  for (const each of [old, fresh, other]) writeFileSync(each, '');
  const past = new Date(Date.now() - 3_601_000);
  for (const each of [old, other]) utimesSync(each, past, past);
  writeFigures(home, 'showcase', [gauge('showcase_x', 'x', 1)]);
  expect([old, fresh, other].map(existsSync)).toEqual([false, true, true]);
  expect(readdirSync(home)).toHaveLength(3);
  expect([readFileSync(path, 'utf8').includes('showcase_x 1'), statSync(path).mode & 0o777]).toEqual([
    true,
    0o644,
  ]);
});

it('a machine has updated well last where nothing had changed, and not where it was held or failed', () => {
  const row = (outcome: string, beganAt: string) =>
    ({ outcome, beganAt, durationMs: 1000, errorCode: null }) as unknown as HistoryRow;
  const figures = machineFigures({
    ...{ machine: 'm', region: null, version: '1', node: '24', index: null, contents: null, databases: null },
    remembered: { installed: null, pendingReload: false, owedUpdate: null },
    runs: [
      row('failed', '2026-01-02T03:04:09Z'),
      row('held', '2026-01-02T03:04:08Z'),
      row('unchanged', '2026-01-02T03:04:05Z'),
      row('updated', '2026-01-02T03:04:01Z'),
    ],
  });
  const success = figures.find(({ name }) => name === 'showcase_machine_last_success_timestamp_seconds');
  expect(success?.samples).toEqual([[{}, Date.parse('2026-01-02T03:04:06Z') / 1000]]);
});
