import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { acquireJournal } from '../../../../src/journal/journal.ts';
import type { RunResult } from '../../../../src/report/results.ts';
import { ROOT } from '../../../support/machine/machine.ts';
import { readMetrics } from '../../../support/machine/metrics.ts';
import {
  EARLIER,
  FIRST,
  FLY_MACHINE,
  LATER,
  SECOND,
  useMachine,
} from '../../../support/machine/use-machine.ts';
import { useSource } from '../../../support/machine/use-source.ts';

useSource();
const here = useMachine(FLY_MACHINE);
const FILE = 'showcase-machine.prom';
const REFUSAL = 'showcase-update.prom';
let directory: string;

const printed = async (env: Record<string, string> = {}) => {
  const { exitCode, stdout, stderr } = await here.machine.run(['--metrics'], { env });
  expect([exitCode, stderr]).toEqual([0, '']);
  return readMetrics(stdout);
};
const written = () => readMetrics(readFileSync(join(directory, FILE), 'utf8'));

beforeEach(() => {
  directory = join(here.machine.home, 'textfile');
  mkdirSync(directory);
  here.machine.env = { ...here.machine.env, METRICS_DIR: directory };
});

describe('update_config --metrics', () => {
  it('says of a machine that has nothing yet only what is known, and makes nothing', async () => {
    const before = here.machine.snapshot();
    const { value, samples } = await printed();
    expect(value('showcase_machine_update_owed')).toBe(0);
    expect(samples.map(({ name }) => name)).not.toContain('showcase_machine_last_success_timestamp_seconds');
    expect(here.machine.snapshot()).toEqual(before);
    expect(readdirSync(directory)).toEqual([]);
  });

  it('says how the last run ended, and what is installed', async () => {
    here.machine.isFromSource = false;
    const { result } = await here.machine.post();
    const { value, samples } = await printed();
    const version = result.version ?? '';
    const info = { machine: 'd8912', region: 'iad', version, node: process.version };
    expect(samples.find(({ name }) => name === 'showcase_machine_info')?.labels).toMatchObject({
      ...info,
      node: expect.any(String),
    });
    expect(value('showcase_machine_last_run_outcome', { outcome: 'updated' })).toBe(1);
    expect(value('showcase_machine_last_run_outcome', { outcome: 'failed' })).toBe(0);
    expect(value('showcase_machine_last_run_duration_seconds')).toBeGreaterThan(0);
    expect(value('showcase_machine_last_success_timestamp_seconds')).toBeCloseTo(Date.now() / 1000, -2);
    expect(value('showcase_machine_index_timestamp_seconds')).toBe(EARLIER.getTime() / 1000);
    expect(value('showcase_machine_index_size_bytes')).toBe(FIRST.length);
    expect(value('showcase_machine_warnings')).toBe(result.warningCount);
    expect(value('showcase_machine_events')).toBeGreaterThan(0);
    const databases = value('showcase_machine_databases') ?? 0;
    expect(databases).toBeGreaterThan(0);
    expect(value('showcase_machine_databases_missing')).toBe(databases);
    expect(value('showcase_machine_databases_behind')).toBe(0);
  });

  it('says by which error a run failed, and keeps when one last ended well', async () => {
    await here.installed();
    const before = (await printed()).value('showcase_machine_last_success_timestamp_seconds');
    await here.published.publish(Buffer.from('no index'));
    const { error } = (await here.machine.post()).result;
    const { value } = await printed();
    expect(value('showcase_machine_last_run_error', { code: error?.code ?? '' })).toBe(1);
    expect(value('showcase_machine_last_run_outcome', { outcome: 'failed' })).toBe(1);
    expect(value('showcase_machine_last_success_timestamp_seconds')).toBe(before);
  });

  it('says that an index is held after a rollback, that an update is owed, and a reload', async () => {
    await here.installed();
    await here.published.publish(SECOND, LATER);
    await here.machine.post();
    expect((await printed()).value('showcase_machine_index_held')).toBe(0);
    await here.machine.run(['--rollback']);
    const journal = await acquireJournal({ dbDir: here.machine.dbDir, timeoutMs: 10_000 });
    journal.setPendingReload('20260102T030405678Z-1f2e3d');
    journal.setOwedUpdate({ code: 'store-unreachable', message: 'm "x"', hint: 'h' });
    journal.close();
    const { value } = await printed();
    expect(value('showcase_machine_index_held')).toBe(1);
    expect(value('showcase_machine_reload_pending')).toBe(1);
    expect(value('showcase_machine_update_owed')).toBe(1);
    expect(value('showcase_machine_update_owed_reason', { code: 'store-unreachable' })).toBe(1);
  });

  it.each([['--json'], ['--events'], ['--history'], ['--force'], ['--dry-run']])(
    'makes no sense with %s',
    async (option) => {
      expect((await here.machine.run(['--metrics', option])).exitCode).toBe(2);
    },
  );
});

describe('METRICS_DIR', () => {
  it.each([
    ['by CGI', async () => void (await here.machine.post())],
    ['by hand', async () => void (await here.machine.run([]))],
    [
      'by the resume hook',
      async () => void (await here.machine.run([], { executable: join(ROOT, 'scripts/resume') })),
    ],
  ])('gets what --metrics prints of a run %s, for anybody to read', async (_, run) => {
    here.machine.isFromSource = false;
    await run();
    expect(written()).toMatchObject({ samples: (await printed()).samples });
    expect(readdirSync(directory).sort()).toEqual([FILE, REFUSAL]);
    expect(statSync(join(directory, FILE)).mode & 0o777).toBe(0o644);
  });

  it('gets it of a run that failed, too', async () => {
    await here.published.publish(Buffer.from('no index'));
    await here.machine.post();
    expect(written().value('showcase_machine_last_run_outcome', { outcome: 'failed' })).toBe(1);
  });

  it('gets nothing of a dry run, or of a request for the state', async () => {
    await here.machine.post('state=1');
    await here.machine.run(['--dry-run']);
    await here.machine.run(['--history']);
    expect(readdirSync(directory)).toEqual([]);
  });

  it.each([
    ['that is not there', () => '/nowhere/textfile', 'which is not there'],
    ['that is no absolute path', () => 'textfile', 'METRICS_DIR is \\"textfile\\"'],
    ['that is a file', () => here.machine.path('index.sqlite3'), 'cannot write'],
  ])('%s is a warning, and the update is done', async (_, path, words) => {
    const env = { METRICS_DIR: path() };
    const first = await here.machine.post('', { env });
    expect([first.status, first.result.outcome]).toEqual([200, 'updated']);
    expect(first.body).toContain('no metrics were written');
    expect(first.body.replaceAll('"', '\\"')).toContain(words);
    expect(first.body.trimEnd().split('\n').at(-1)).toMatch(/^RESULT /);
    const byHand = await here.machine.run([], { env });
    expect(byHand.exitCode).toBe(0);
    expect(byHand.stdout).toContain('no metrics were written');
    const json = await here.machine.run(['--json'], { env });
    expect((JSON.parse(json.stdout) as RunResult).outcome).toBe('unchanged');
    const events = await here.machine.run(['--events'], { env });
    expect(events.stdout.trimEnd().split('\n').at(-1)).toContain('"run-ended"');
  });

  it('is rid of what a killed run has left there an hour ago, and of nothing else', async () => {
    const [old, young] = ['20260102T030405678Z-1f2e3d', '20260102T030405678Z-1f2e3e'].map((run) =>
      join(directory, `.${FILE}.${run}.staged`),
    ) as [string, string];
    const other = join(directory, '.other.prom.20260102T030405678Z-1f2e3d.staged');
    for (const path of [old, young, other]) writeFileSync(path, 'left');
    const past = new Date(Date.now() - 2 * 3_600_000);
    for (const path of [old, other]) utimesSync(path, past, past);
    await here.machine.post();
    expect(
      readdirSync(directory)
        .map((name) => join(directory, name))
        .sort(),
    ).toEqual([young, other, join(directory, FILE), join(directory, REFUSAL)].sort());
  });

  it('costs a run without it nothing: not one function of metrics/ is loaded', async () => {
    here.machine.isFromSource = false;
    const loaded = async (env: Record<string, string>) => {
      const coverage = join(here.machine.home, `coverage-${Object.keys(env).length}`);
      mkdirSync(coverage);
      chmodSync(coverage, 0o777);
      await here.machine.post('', { env: { ...env, NODE_V8_COVERAGE: coverage } });
      const text = readdirSync(coverage)
        .map((name) => readFileSync(join(coverage, name), 'utf8'))
        .join('');
      rmSync(coverage, { recursive: true });
      return ['renderFigures', 'machineFigures', 'writeFigures'].filter((name) => text.includes(`"${name}"`));
    };
    expect(await loaded({ METRICS_DIR: '' })).toEqual([]);
    expect(await loaded({})).toEqual(['renderFigures', 'machineFigures', 'writeFigures']);
  });
});
