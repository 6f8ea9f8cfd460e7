import { existsSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { changeSample } from '../../dev/sample/sample.ts';
import type { RunResult } from '../../src/report/types.ts';
import { Machine } from '../support/machine.ts';
import { EARLIER, FIRST, LATER, SECOND, useMachine } from '../support/use-machine.ts';

const here = useMachine();

async function json(...args: string[]): Promise<RunResult> {
  return JSON.parse((await here.machine.run([...args, '--json'])).stdout) as RunResult;
}

describe('by hand', () => {
  it('update_config does what the CGI does, told line by line', async () => {
    const { exitCode, stdout, stderr } = await here.machine.run([]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/Step 1\/6: .* \.\.\.\n/);
    expect(stdout).toMatch(/\nRESULT \{"run":/);
    expect(here.machine.read('navigator.yml')).toContain('auth:');
  });

  it('--app-root takes precedence over APP_ROOT', async () => {
    const other = new Machine();
    await here.machine.run(['--app-root', other.appRoot]);
    expect(statSync(other.path('navigator.yml')).isFile()).toBe(true);
    expect(() => statSync(here.machine.path('navigator.yml'))).toThrow('ENOENT');
    other.remove();
  });

  it('--app-root does not make a directory that is not there', async () => {
    const missing = join(here.machine.home, 'mistyped');
    const { exitCode, stdout } = await here.machine.run(['--app-root', missing]);
    expect(exitCode).toBe(2);
    expect(stdout).toContain('is no directory');
    expect(existsSync(missing)).toBe(false);
  });

  it('--dry-run leaves a machine that has nothing with nothing', async () => {
    const before = here.machine.snapshot();
    const result = await json('--dry-run');
    expect(result).toMatchObject({ outcome: 'dry-run', reload: true });
    expect(result.diff).toContain('+server:');
    expect(here.machine.snapshot()).toEqual(before);
    expect(() => statSync(join(here.machine.dbDir, '.update_config'))).toThrow('ENOENT');
  });

  it('--help says everything, and options that make no sense exit 2', async () => {
    const help = await here.machine.run(['--help']);
    expect(help.exitCode).toBe(0);
    for (const option of [
      '--dry-run',
      '--force',
      '--json',
      '--app-root',
      '--history',
      '--rollback',
      '--generations',
    ]) {
      expect(help.stdout).toContain(option);
    }
    for (const args of [
      ['--frobnicate'],
      ['stray'],
      ['--dry-run', '--history'],
      ['--history', '--force'],
      ['--rollback', 'a', 'b'],
    ]) {
      const answer = await here.machine.run(args);
      expect(answer.exitCode, args.join(' ')).toBe(2);
      expect(answer.stdout).toContain('--help');
    }
  });

  it.each([[], ['--dry-run'], ['--history'], ['--generations'], ['--warnings'], ['--rollback']])(
    'without the db dir it exits 1 and says what to do, also for %s',
    async (...args: string[]) => {
      rmSync(here.machine.dbDir, { recursive: true });
      const { exitCode, stdout } = await here.machine.run(args);
      expect(exitCode).toBe(1);
      expect(stdout).toContain('Failed (db-dir-missing)');
      expect(stdout).toMatch(/What to do: Mount the volume, or .*; on a new volume, make that directory\.\n/);
    },
  );
});

describe('--history', () => {
  it('lists the runs, newest first: when, trigger, outcome, what changed, how long', async () => {
    expect((await here.machine.run(['--history'])).stdout).toContain('No run');
    await here.machine.post();
    await here.machine.run([]);
    await here.machine.run(['--force']);
    const { stdout, exitCode } = await here.machine.run(['--history']);
    expect(exitCode).toBe(0);
    const [head, forced, second, first] = stdout.trimEnd().split('\n');
    expect(head).toMatch(/began +run +trigger +outcome +duration +changed/);
    expect(forced).toMatch(/command +updated/);
    expect(second).toMatch(/command +unchanged +\d+ ms +-$/);
    expect(first).toMatch(/cgi +updated +\d+ ms +index htpasswd map showcases tenants navigator$/);
  });
});

describe('--rollback', () => {
  /** What a rollback puts back, the state directory aside. */
  const contents = (): Record<string, string> =>
    Object.fromEntries(
      (['htpasswd', 'map.yml', 'showcases.yml', 'tenants.list', 'navigator.yml'] as const).map((name) => [
        name,
        here.machine.read(name),
      ]),
    );

  it('puts back byte for byte what the last run replaced, index and all, and is itself a run', async () => {
    await here.machine.run([]);
    const before = contents();
    await here.published.publish(SECOND, LATER);
    const update = await json();
    expect(contents()).not.toEqual(before);

    const generations = await here.machine.run(['--generations']);
    expect(generations.stdout).toContain(update.run);
    const began = Date.now();
    const rollback = await json('--rollback');
    expect(rollback).toMatchObject({ outcome: 'updated', reload: true, index: { source: 'generation' } });
    expect(contents()).toEqual(before);
    expect(here.machine.mtime('navigator.yml')).toBeGreaterThanOrEqual(began + 1000);
    expect((await here.machine.run(['--history'])).stdout).toMatch(/rollback +updated/);
  });

  it('holds until another index is published, and a dry run knows it', async () => {
    await here.machine.run([]);
    const before = contents();
    await here.published.publish(SECOND, LATER);
    await json();
    await json('--rollback');
    expect(await json('--dry-run')).toMatchObject({ outcome: 'dry-run', reload: false, diff: '' });
    expect(await json()).toMatchObject({ outcome: 'unchanged' });
    expect(contents()).toEqual(before);

    await here.published.publish(changeSample(SECOND).index, new Date('2026-01-02T03:06:00Z'));
    expect(await json()).toMatchObject({ outcome: 'updated', index: { source: 'store' } });
    expect(contents()).not.toEqual(before);
  });

  it('ends when the held index is forced', async () => {
    await here.machine.run([]);
    await here.published.publish(SECOND, LATER);
    await json();
    const after = contents();
    await json('--rollback');
    expect(await json('--force')).toMatchObject({ outcome: 'updated', index: { source: 'store' } });
    expect(contents()).toEqual(after);
    expect(await json()).toMatchObject({ outcome: 'unchanged' });
  });

  it('can itself be rolled back, and any kept run can be named', async () => {
    await here.machine.run([]);
    await here.published.publish(SECOND, LATER);
    const update = await json();
    const after = contents();
    const undone = await json('--rollback', update.run);
    expect(await json('--rollback', undone.run)).toMatchObject({ outcome: 'updated' });
    expect(contents()).toEqual(after);
  });

  it('that is rolled back leaves the index of the store, which is then held no more', async () => {
    await here.machine.run([]);
    const etag = await here.published.publish(SECOND, LATER);
    await json();
    await json('--rollback');
    const facts = { etag, source: 'store' };
    expect(await json('--rollback')).toMatchObject({ outcome: 'updated', index: facts });
    const { exitCode, stdout } = await here.machine.run([]);
    expect({ exitCode, held: stdout.includes('was rolled back here') }).toEqual({ exitCode: 0, held: false });
    expect(await json()).toMatchObject({ outcome: 'unchanged', index: facts });
  });

  it('of an earlier run undoes the later ones too, so that all files are of one time', async () => {
    await here.machine.run([]);
    const before = contents();
    await here.published.publish(changeSample(FIRST).index, LATER);
    const first = await json();
    const { openDatabase } = await import('../../src/sqlite.ts');
    const db = openDatabase(SECOND);
    db.prepare("DELETE FROM users WHERE userid = 'studio3'").run();
    await here.published.publish(db.serialize(), new Date('2026-01-02T03:06:00Z'));
    db.close();
    const second = await json();
    expect(second.files.filter((file) => file.changed).map((file) => file.kind)).toEqual([
      'index',
      'htpasswd',
    ]);
    expect(await json('--rollback', first.run)).toMatchObject({ outcome: 'updated' });
    expect(contents()).toEqual(before);
  });

  it('needs no store, so half of its variables do not keep anybody from it, nor from the state', async () => {
    await here.machine.run([]);
    await here.published.publish(SECOND, LATER);
    await json();
    here.machine.env = { ...here.machine.env, AWS_ACCESS_KEY_ID: '' };
    expect((await here.machine.post('state=1')).result).toMatchObject({ outcome: 'state' });
    expect(await json()).toMatchObject({ outcome: 'failed', error: { code: 'config-invalid' } });
    expect(await json('--rollback')).toMatchObject({ outcome: 'updated' });
  });

  it('says what there is when the named run replaced nothing', async () => {
    await here.machine.run([]);
    const answer = await here.machine.run(['--rollback', '20200101T000000000Z-000000', '--json']);
    expect(answer.exitCode).toBe(1);
    expect((JSON.parse(answer.stdout) as RunResult).error).toMatchObject({ code: 'no-generation' });
  });

  it('puts back what another program had written there before', async () => {
    const foreign = `auth:\n  enabled: true\n  realm: Showcase\n  htpasswd: ${here.machine.path('htpasswd')}\n  public_paths: ["/update_config"]\nserver:\n  root_path: ""\n  cgi_scripts:\n  - {path: /update_config, script: /x, method: POST, reload_config: config/navigator.yml}\n`;
    const { mkdirSync } = await import('node:fs');
    mkdirSync(join(here.machine.appRoot, 'config'));
    writeFileSync(here.machine.path('navigator.yml'), foreign);
    await json();
    const rollback = await json('--rollback');
    expect(rollback.error).toBeUndefined();
    expect(rollback.outcome).toBe('updated');
    expect(here.machine.read('navigator.yml')).toBe(foreign);
  });
});

describe('generations', () => {
  it('name what was replaced, not what the first run made', async () => {
    const { run } = await json();
    expect((await here.machine.run(['--generations'])).stdout).toMatch(new RegExp(`${run} +-\\n`));
    expect((await here.machine.run(['--rollback'])).stdout).toContain(`run ${run} replaced nothing`);
  });

  it('are kept to the number that is set', async () => {
    here.machine.env = { ...here.machine.env, UPDATE_CONFIG_GENERATIONS: '2' };
    let index = FIRST;
    for (let run = 0; run < 4; run++) {
      await here.published.publish(index, new Date(EARLIER.getTime() + run * 1000));
      await json();
      index = changeSample(index).index;
    }
    expect(JSON.parse((await here.machine.run(['--generations', '--json'])).stdout)).toHaveLength(2);
  });

  it('are readable by nobody else', async () => {
    await here.machine.run([]);
    expect(statSync(join(here.machine.dbDir, '.update_config')).mode & 0o777).toBe(0o700);
  });
});
