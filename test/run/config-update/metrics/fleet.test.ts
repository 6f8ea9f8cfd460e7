import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { FleetHistoryRow } from '../../../../src/journal/journal-model.ts';
import { renderFigures } from '../../../../src/metrics/exposition.ts';
import { fleetFigures, verifyFigures } from '../../../../src/metrics/fleet-figures.ts';
import type { FleetReport } from '../../../../src/report/fleet-results.ts';
import { type AdminHost, type Scene, startScene } from '../../../support/config-update/admin-host.ts';
import { readMetrics } from '../../../support/machine/metrics.ts';
import { useSource } from '../../../support/machine/use-source.ts';
import { outOfStep } from '../../../support/web/played-fleet.ts';

useSource();
let scene: Scene;
let host: AdminHost;
let directory: string;

beforeEach(async () => {
  scene = await startScene();
  host = scene.host();
  directory = join(host.home, 'textfile');
  mkdirSync(directory);
  host.env = { ...host.env, METRICS_DIR: directory };
});
afterEach(async () => await scene.close());

const file = (name: string) => readMetrics(readFileSync(join(directory, `${name}.prom`), 'utf8'));
const FLY = { target: 'fly' };

it('config-update leaves how its run ended, which --metrics prints too', async () => {
  host.isFromSource = false;
  expect((await host.configUpdate()).exitCode).toBe(0);
  const { value, samples } = file('showcase-fleet');
  expect(value('showcase_fleet_last_run_outcome', { ...FLY, outcome: 'done' })).toBe(1);
  expect(value('showcase_fleet_last_run_machines', { ...FLY, outcome: 'updated' })).toBe(2);
  expect(value('showcase_fleet_last_run_duration_seconds', FLY)).toBeGreaterThan(0);
  expect(value('showcase_fleet_last_success_timestamp_seconds', FLY)).toBeCloseTo(Date.now() / 1000, -2);
  const { stdout, exitCode } = await host.configUpdate(['--metrics']);
  expect([exitCode, readMetrics(stdout).samples]).toEqual([0, samples]);
});

it('a run of config-update that fails says by what, and leaves when one last ended well', async () => {
  await host.configUpdate();
  const before = file('showcase-fleet').value('showcase_fleet_last_success_timestamp_seconds', FLY);
  expect((await host.configUpdate([], { env: { BUCKET_NAME: 'not-there' } })).exitCode).toBe(1);
  const { stdout } = await host.configUpdate(['--metrics']);
  const { value, samples } = readMetrics(stdout);
  expect(value('showcase_fleet_last_run_outcome', { ...FLY, outcome: 'done' })).toBe(0);
  expect(samples.filter(({ name }) => name === 'showcase_fleet_last_run_error')).toHaveLength(1);
  expect(value('showcase_fleet_last_success_timestamp_seconds', FLY)).toBe(before);
});

it('config-update --verify leaves what machines said, and --dry-run nothing', async () => {
  await host.configUpdate(['--dry-run']);
  expect(readdirSync(directory)).toEqual([]);
  await host.configUpdate();
  const { exitCode } = await host.configUpdate(['--verify']);
  const { value } = file('showcase-fleet-verify-fly');
  expect(value('showcase_fleet_verify_in_step', FLY)).toBe(exitCode === 0 ? 1 : 0);
  const machines = ['same', 'differs', 'failed', 'skipped'].map(
    (state) => value('showcase_fleet_verify_machines', { ...FLY, state }) ?? Number.NaN,
  );
  expect(machines.reduce((sum, count) => sum + count, 0)).toBe(2);
});

it('config-update that cannot write there says so in one line, and is done', async () => {
  const { exitCode, stdout } = await host.configUpdate([], { env: { METRICS_DIR: '/nowhere' } });
  expect(exitCode).toBe(0);
  expect(stdout.split('\n').filter((line) => line.includes('no metrics were written'))).toHaveLength(1);
});

it.each([['--json'], ['--events'], ['--verify'], ['--push'], ['--undo']])(
  'config-update --metrics makes no sense with %s',
  async (option) => {
    expect((await host.configUpdate(['--metrics', option])).exitCode).toBe(2);
  },
);

const row = (target: string, outcome: FleetHistoryRow['outcome'], beganAt: string): FleetHistoryRow => ({
  ...{
    run: 'r',
    who: 'ada@admin',
    target,
    operation: 'update',
    undoes: null,
    beganAt,
    durationMs: 1500,
    outcome,
  },
  ...{ published: null, etag: null, updated: 3, failed: outcome === 'failed' ? ['m1'] : [], skipped: 1 },
  errorCode: outcome === 'failed' ? 'machine-failed' : null,
});
const figuresOf = (...rows: FleetHistoryRow[]) =>
  readMetrics(renderFigures(fleetFigures(rows, { version: '1', node: 'v24' })));

it('each target has figures of its own, of its last run', () => {
  const rows = [
    row('fly', 'failed', '2026-01-02T03:04:05.000Z'),
    row('kamal', 'done', '2026-01-02T03:03:00.000Z'),
    row('fly', 'done', '2026-01-02T03:02:00.000Z'),
  ];
  const { value } = figuresOf(...rows);
  expect(value('showcase_fleet_last_run_outcome', { target: 'fly', outcome: 'failed' })).toBe(1);
  expect(value('showcase_fleet_last_run_outcome', { target: 'kamal', outcome: 'done' })).toBe(1);
  expect(value('showcase_fleet_last_run_error', { target: 'fly', code: 'machine-failed' })).toBe(1);
  expect(value('showcase_fleet_last_run_machines', { target: 'fly', outcome: 'failed' })).toBe(1);
  expect(value('showcase_fleet_last_success_timestamp_seconds', { target: 'fly' })).toBe(
    Date.parse('2026-01-02T03:02:01.500Z') / 1000,
  );
});

it('a run over two targets takes the place of those of each, and each alone of its part', () => {
  const outcomes = (...rows: FleetHistoryRow[]) =>
    figuresOf(...rows)
      .samples.filter(({ name, value }) => name === 'showcase_fleet_last_run_outcome' && value === 1)
      .map(({ labels }) => `${labels['target']} ${labels['outcome']}`);
  const [first, second, third] = [
    '2026-01-02T03:00:00Z',
    '2026-01-02T04:00:00Z',
    '2026-01-02T05:00:00Z',
  ] as const;
  const failed = row('fly', 'failed', first);
  expect(outcomes(row('fly,kamal', 'done', second), failed)).toEqual(['fly,kamal done']);
  const both = row('fly,kamal', 'failed', first);
  expect(outcomes(row('fly', 'done', second), both)).toEqual(['fly done', 'fly,kamal failed']);
  expect(outcomes(row('kamal', 'done', third), row('fly', 'done', second), both)).toEqual([
    'fly done',
    'kamal done',
  ]);
});

it('a verification is in step where no machine runs, and not where the run could not go on', () => {
  const inStep = (report: FleetReport, target: string) =>
    readMetrics(renderFigures(verifyFigures(report, target, 1000))).value('showcase_fleet_verify_in_step', {
      target,
    });
  const { error: _, ...asleep } = {
    ...outOfStep(),
    outcome: 'nothing-to-do',
    machines: [],
    error: undefined,
  } as const;
  expect(inStep(asleep, 'fly')).toBe(1);
  const error = { code: 'store-unreachable', message: 'm', hint: 'h' } as const;
  expect(inStep({ ...asleep, outcome: 'failed', error }, 'fly')).toBe(0);
  expect(inStep(outOfStep(), 'fly')).toBe(0);
});

it('a verification of two targets says of each by itself', () => {
  const report = outOfStep();
  const machines = report.machines.map((one) => {
    const target = one.outcome === 'same' ? 'kamal' : 'fly';
    return { ...one, machine: { ...one.machine, target } };
  });
  const both = { ...report, target: 'fly,kamal', machines, skipped: [] };
  const of = (target: string) => readMetrics(renderFigures(verifyFigures(both, target, 1000)));
  const figures = (target: string) => [
    of(target).value('showcase_fleet_verify_in_step', { target }),
    ...['same', 'differs', 'failed'].map((state) =>
      of(target).value('showcase_fleet_verify_machines', { target, state }),
    ),
  ];
  expect(figures('fly')).toEqual([0, 0, 1, 1]);
  expect(figures('kamal')).toEqual([1, 1, 0, 0]);
});
