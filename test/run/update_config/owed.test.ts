import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stagedPath } from '../../../src/files/staged-names.ts';
import { acquireJournal } from '../../../src/journal/journal.ts';
import type { RunResult } from '../../../src/report/results.ts';
import { ROOT } from '../../support/machine/machine.ts';
import { FIRST, useMachine } from '../../support/machine/use-machine.ts';
import { useSource } from '../../support/machine/use-source.ts';

useSource();
const here = useMachine();
const KILLED = '20260102T030405678Z-1f2e3d';

describe('a reload that a killed run left owing', () => {
  it('is reported by a dry run, even if nothing differs, and done by the next update', async () => {
    await here.installed();
    here.machine.settle();
    const dryRun = async () =>
      JSON.parse((await here.machine.run(['--dry-run', '--json'])).stdout) as RunResult;
    expect(await dryRun()).toMatchObject({ outcome: 'dry-run', reload: false });
    const journal = await acquireJournal({ dbDir: here.machine.dbDir, timeoutMs: 10_000 });
    journal.setPendingReload(KILLED);
    journal.close();
    expect(await dryRun()).toMatchObject({ outcome: 'dry-run', reload: true, diff: '' });
    const began = Date.now();
    expect((await here.machine.post()).result).toMatchObject({ outcome: 'updated', reload: true });
    expect(here.machine.mtime('navigator.yml')).toBeGreaterThanOrEqual(began + 1000);
    expect(await dryRun()).toMatchObject({ reload: false });
  });
});

describe('a staged file of a killed run', () => {
  it('is removed from every directory of installed files, and files staged for others stay', async () => {
    here.machine.isFromSource = false;
    await here.installed();
    const targets = (['htpasswd', 'navigator.yml', 'tenants.list'] as const).map((name) =>
      here.machine.path(name),
    );
    const left = targets.map((path) => stagedPath(path, KILLED));
    const spared = stagedPath(join(here.machine.appRoot, 'config/navigator-maintenance.yml'), KILLED);
    for (const path of [...left, spared]) writeFileSync(path, 'left');
    const { body } = await here.machine.post();
    for (const path of left) expect(body).toContain(`removed ${path}, left by a run that was cut short`);
    for (const path of left) expect(() => readFileSync(path)).toThrow('ENOENT');
    expect(readFileSync(spared, 'utf8')).toBe('left');
  });
});

it('a hook that cannot begin has written down why when it ends', async () => {
  const logs = join(here.machine.home, 'log');
  mkdirSync(logs);
  writeFileSync(here.machine.path('index.sqlite3'), FIRST);
  const executable = join(ROOT, 'scripts/start');
  const env = { RAILS_LOG_VOLUME: logs, FLY_REGION: 'i/ad' };
  const { exitCode, stdout } = await here.machine.run([], { executable, env });
  expect(exitCode, stdout).toBe(1);
  const lines = readFileSync(join(logs, 'start.log'), 'utf8').trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line) as object)).toContainEqual(
    expect.objectContaining({ level: 'error', msg: expect.stringContaining('FLY_REGION') }),
  );
});

it('an update by hand where Navigator has no configuration yet must serve, and owes the store’s index, unless it is forced', async () => {
  await here.installed();
  const path = here.machine.path('navigator.yml');
  rmSync(path);
  const env = { AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1' };
  expect((await here.machine.run(['--force'], { env })).exitCode).toBe(1);
  expect(existsSync(path)).toBe(false);
  const { exitCode, stdout } = await here.machine.run([], { env });
  expect(exitCode, stdout).toBe(0);
  expect(stdout).toContain('Served from the index of this machine');
  expect(existsSync(path)).toBe(true);
});
