import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../../support/machine/machine.ts';
import { FIRST, useMachine } from '../../support/machine/use-machine.ts';

const here = useMachine();

describe('scripts/start', () => {
  const start = (env: Record<string, string> = {}) =>
    here.machine.run([], { executable: join(ROOT, 'scripts/start'), env });

  it('writes htpasswd from the local index, and nothing else, without the network', async () => {
    writeFileSync(here.machine.path('index.sqlite3'), FIRST);
    const answer = await start({ AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1' });
    expect(answer.exitCode, answer.stdout).toBe(0);
    expect(here.machine.read('htpasswd')).toContain('ada:');
    expect(() => statSync(here.machine.path('navigator.yml'))).toThrow('ENOENT');
  });

  it('knows no options but --help, and does nothing with either', async () => {
    writeFileSync(here.machine.path('index.sqlite3'), FIRST);
    const before = here.machine.snapshot();
    const executable = join(ROOT, 'scripts/start');
    expect(await here.machine.run(['--help'], { executable })).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('Usage: start'),
    });
    expect((await here.machine.run(['--force'], { executable })).exitCode).toBe(2);
    expect(here.machine.snapshot()).toEqual(before);
  });

  it('fails if Navigator would otherwise let everybody in: no index, and no htpasswd or an empty one', async () => {
    const told = `There is no htpasswd at ${here.machine.path('htpasswd')}, so Navigator would let everybody in`;
    expect(await start()).toMatchObject({ exitCode: 1, stdout: expect.stringContaining(told) });
    writeFileSync(here.machine.path('htpasswd'), '');
    expect(await start()).toMatchObject({ exitCode: 1, stdout: expect.stringContaining(told) });
  });

  it('makes Navigator, which has read htpasswd before, reload if it writes another one', async () => {
    await here.machine.run([]);
    const right = here.machine.read('htpasswd');
    writeFileSync(here.machine.path('htpasswd'), `${right}\nintruder:{SHA}0DPiKuNIrrVmD8IUCuw1hQxNqZc=`);
    here.machine.settle();
    const began = Date.now();
    expect(await start()).toMatchObject({ exitCode: 0 });
    expect(here.machine.read('htpasswd')).toBe(right);
    expect(here.machine.mtime('navigator.yml')).toBeGreaterThanOrEqual(began + 1000);
  });

  it('treats a directory in the place of htpasswd as a missing file', async () => {
    writeFileSync(here.machine.path('index.sqlite3'), FIRST);
    mkdirSync(here.machine.path('htpasswd'));
    const answer = await start();
    expect(answer.exitCode, answer.stdout).toBe(1);
    expect(answer.stdout).toContain('Failed (disk)');
  });

  it('keeps the site up with the old htpasswd when the index is not usable', async () => {
    await here.machine.run([]);
    const before = here.machine.read('htpasswd');
    writeFileSync(here.machine.path('index.sqlite3'), 'no database');
    const answer = await start();
    expect(answer.exitCode).toBe(0);
    expect(answer.stdout).toContain('index-invalid');
    expect(here.machine.read('htpasswd')).toBe(before);
  });

  it('writes htpasswd with incomplete store variables, since it asks no store', async () => {
    writeFileSync(here.machine.path('index.sqlite3'), FIRST);
    const answer = await start({ AWS_SECRET_ACCESS_KEY: '' });
    expect(answer.exitCode, answer.stdout).toBe(0);
    expect(here.machine.read('htpasswd')).toContain('ada:');
  });

  it('keeps the site up with the old htpasswd when a setting is wrong, and fails without one', async () => {
    const wrong = { UPDATE_CONFIG_GENERATIONS: 'many', FLY_REGION: 'iad' };
    expect((await start(wrong)).exitCode).toBe(1);
    await here.machine.run([]);
    const answer = await start(wrong);
    expect(answer.exitCode, answer.stdout).toBe(0);
    expect(answer.stdout).toContain('Failed (config-invalid)');
  });
});

describe('scripts/maintenance-config', () => {
  const run = (...args: string[]) =>
    here.machine.run(args, { executable: join(ROOT, 'scripts/maintenance-config') });

  it('writes navigator-maintenance.yml once, and says when it is up to date', async () => {
    expect((await run()).stdout).toContain('wrote');
    const text = readFileSync(join(here.machine.appRoot, 'config/navigator-maintenance.yml'), 'utf8');
    expect(text).toContain('enabled: true');
    expect((await run()).stdout).toContain('up to date');
  });

  it('warns about keys of the override file that have no effect', async () => {
    const file = join(here.machine.home, 'own.yml');
    writeFileSync(file, 'server: {hostnam: x.example}\n');
    const executable = join(ROOT, 'scripts/maintenance-config');
    const { stderr } = await here.machine.run([], { executable, env: { NAVIGATOR_OVERRIDES: file } });
    expect(stderr).toContain(
      `Warning: ${file}: server.hostnam has no effect: Navigator knows no such key (is server.hostname meant?)\n`,
    );
  });

  it('is not disturbed by an update that runs at the same time', async () => {
    const staged = join(
      here.machine.appRoot,
      'config/.navigator-maintenance.yml.20260102T030405678Z-1f2e3d.staged',
    );
    mkdirSync(join(here.machine.appRoot, 'config'));
    writeFileSync(staged, 'server:\n');
    expect((await here.machine.run([])).exitCode).toBe(0);
    expect(readFileSync(staged, 'utf8')).toBe('server:\n');
  });

  it('knows no options but --help', async () => {
    expect((await run('--help')).exitCode).toBe(0);
    expect((await run('--force')).exitCode).toBe(2);
  });
});
