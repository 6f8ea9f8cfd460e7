import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { changeSample } from '../../../dev/sample/sample.ts';
import { openDatabase } from '../../../src/database/sqlite.ts';
import type { RunResult } from '../../../src/report/results.ts';
import { FIRST, LATER, SECOND, useMachine } from '../../support/machine/use-machine.ts';
import { useSource } from '../../support/machine/use-source.ts';

useSource();
const here = useMachine();

const json = async (...args: string[]): Promise<RunResult> =>
  JSON.parse((await here.machine.run([...args, '--json'])).stdout) as RunResult;

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
    here.machine.isFromSource = false;
    await here.installed();
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

  it('stays until another index is published, and a dry run says so', async () => {
    await here.installed();
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
    await here.installed();
    await here.published.publish(SECOND, LATER);
    await json();
    const after = contents();
    await json('--rollback');
    expect(await json('--force')).toMatchObject({ outcome: 'updated', index: { source: 'store' } });
    expect(contents()).toEqual(after);
    expect(await json()).toMatchObject({ outcome: 'unchanged' });
  });

  it('can itself be rolled back, and any kept run can be named', async () => {
    await here.installed();
    await here.published.publish(SECOND, LATER);
    const update = await json();
    const after = contents();
    const undone = await json('--rollback', update.run);
    expect(await json('--rollback', undone.run)).toMatchObject({ outcome: 'updated' });
    expect(contents()).toEqual(after);
  });

  it('that is rolled back restores the index of the store, which is then no longer held', async () => {
    await here.installed();
    const etag = await here.published.publish(SECOND, LATER);
    await json();
    await json('--rollback');
    const facts = { etag, source: 'store' };
    expect(await json('--rollback')).toMatchObject({ outcome: 'updated', index: facts });
    const { exitCode, stdout } = await here.machine.run([]);
    expect({ exitCode, held: stdout.includes('was rolled back here') }).toEqual({ exitCode: 0, held: false });
    expect(await json()).toMatchObject({ outcome: 'unchanged', index: facts });
  });

  it('of an earlier run undoes the later ones too, so that all files match', async () => {
    await here.installed();
    const before = contents();
    await here.published.publish(changeSample(FIRST).index, LATER);
    const first = await json();
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

  it('needs no store, so incomplete store variables do not prevent it, nor a request for the state', async () => {
    await here.installed();
    await here.published.publish(SECOND, LATER);
    await json();
    here.machine.env = { ...here.machine.env, AWS_ACCESS_KEY_ID: '' };
    expect((await here.machine.post('state=1')).result).toMatchObject({ outcome: 'state' });
    expect(await json()).toMatchObject({ outcome: 'failed', error: { code: 'config-invalid' } });
    expect(await json('--rollback')).toMatchObject({ outcome: 'updated' });
  });

  it('lists the generations if the named run replaced nothing', async () => {
    await here.installed();
    const answer = await here.machine.run(['--rollback', '20200101T000000000Z-000000', '--json']);
    expect(answer.exitCode).toBe(1);
    expect((JSON.parse(answer.stdout) as RunResult).error).toMatchObject({ code: 'no-generation' });
  });

  it('never restores what another program had written: Navigator runs only files of this installation', async () => {
    const foreign = `auth:\n  enabled: true\n  realm: Showcase\n  htpasswd: ${here.machine.path('htpasswd')}\n  public_paths: ["/update_config"]\nserver:\n  root_path: ""\n  cgi_scripts:\n  - {path: /update_config, script: /x, method: POST, reload_config: config/navigator.yml}\n`;
    mkdirSync(join(here.machine.appRoot, 'config'));
    writeFileSync(here.machine.path('navigator.yml'), foreign);
    const { run } = await json();
    const ours = contents();
    const rollback = await json('--rollback');
    expect(rollback.error).toBeUndefined();
    expect(contents()).toEqual(ours);
    // Who wants it back finds it there.
    const kept = join(here.machine.dbDir, '.update_config/generations', run, 'navigator');
    expect(readFileSync(kept, 'utf8')).toBe(foreign);
  });
});
