import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { changeSample, makeSampleIndex } from '../../../dev/sample/sample.ts';
import { type Scene, startScene } from '../../support/config-update/admin-host.ts';
import { altered } from '../../support/indexes/indexes.ts';
import { asBuilt, useSource } from '../../support/machine/use-source.ts';

useSource();
let scene: Scene;
beforeEach(async () => {
  scene = await startScene();
});
afterEach(async () => await scene.close());

const KEY = 'db/index.sqlite3';

describe('config-update ends', () => {
  // `test/unit/app/options/config-update-mistakes.test.ts` has many more of these.
  it.each([
    [['--nonsense']],
    [['--target', 'moon']],
    [['--broadcast', 'x', '--broadcast-url', 'ftp://localhost/']],
    [['--app-root', '/nowhere']],
    [['--push', '--replace', 'x']],
    [['--force']],
  ])('with 2 for %j, and touches nothing', async (args) => {
    const host = scene.host();
    const before = host.snapshot();
    const { exitCode, stdout, stderr } = await host.configUpdate(args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(/^config-update: .+ \(.+\)\n$/);
    expect(host.snapshot()).toEqual(before);
    expect(scene.fleet.asked).toEqual([]);
  });

  it.each([[['--dry-run']], [['--verify']], [[]]])(
    'with 1 for %j when there is no such bucket, and says so',
    async (args) => {
      const host = scene.host(undefined, { BUCKET_NAME: 'not_there' });
      const { exitCode, stdout } = await host.configUpdate(args);
      expect(exitCode).toBe(1);
      expect(stdout).toContain('HTTP 404 (NoSuchBucket)');
      expect(stdout).toContain('Check BUCKET_NAME');
      expect(scene.fleet.asked).toEqual([]);
    },
  );

  it('with 3 when no machine is running; the index is published all the same', async () => {
    asBuilt();
    const host = scene.host();
    host.list({ id: 'm1', state: 'suspended' }, { id: 'm2', state: 'created' });
    const { exitCode, stdout } = await host.configUpdate();
    expect(exitCode).toBe(3);
    expect(stdout).toContain('No active machines to update\n');
    expect(stdout).not.toContain('Step 3');
    expect(await scene.published.store.head(KEY)).toMatchObject({ kind: 'found' });
  });

  it('with 4 when somebody else has published: it says who, when and what differs, and asks no machine', async () => {
    asBuilt();
    const ada = scene.host(undefined, { FLEET_BY: 'ada@office' });
    const bob = scene.host(undefined, { FLEET_BY: 'bob@home' });
    await ada.configUpdate();
    const { index } = changeSample(makeSampleIndex());
    ada.put(index);
    await ada.configUpdate();
    const theirs = await scene.published.store.head(KEY);
    scene.fleet.asked.length = 0;
    const own = altered(makeSampleIndex(), `UPDATE locations SET logo = 'new.png' WHERE id = 1`);
    bob.put(own);
    const { exitCode, stdout } = await bob.configUpdate();
    expect(exitCode).toBe(4);
    expect(stdout).toContain('The index changed elsewhere: ada@office published "');
    expect(stdout).toMatch(/\n {2}event 2026\/[a-z]+\/tea-dance: only in theirs\n/);
    expect(stdout).toMatch(/\n {2}studio [a-z]+: differs in logo\n/);
    expect(stdout).toMatch(/\n {2}user \S+: only in ours\n/);
    expect(stdout).not.toMatch(/\$2[aby]\$/);
    expect(scene.fleet.asked).toEqual([]);
    expect(await scene.published.store.head(KEY)).toEqual(theirs);
    const replace = /config-update (--replace) (\S+)/.exec(stdout)?.slice(1) ?? [];
    expect((await bob.configUpdate(replace)).exitCode).toBe(0);
    expect((await ada.configUpdate()).exitCode).toBe(4);
  });

  it('with 1 for an index that machines would refuse, which is not published', async () => {
    const host = scene.host();
    await host.configUpdate();
    const before = await scene.published.store.head(KEY);
    for (const bad of [
      altered(makeSampleIndex(), 'UPDATE users SET password = NULL'),
      altered(makeSampleIndex(), 'DROP TABLE regions'),
      Buffer.from('no database'),
      Buffer.alloc(0),
      makeSampleIndex().subarray(0, 40_000),
    ]) {
      host.put(bad);
      const { exitCode, stdout } = await host.configUpdate();
      expect(exitCode).toBe(1);
      expect(stdout).toMatch(/\nFailed \(index-invalid\): .+\nWhat to do: .+\n/);
    }
    expect(await scene.published.store.head(KEY)).toEqual(before);
  });

  it('with 1 when there is no index, no store, or no way to list the machines', async () => {
    const host = scene.host();
    writeFileSync(host.env['FLY_CLI_PATH'] ?? '', '#!/bin/sh\nexit 7\n');
    expect(await host.configUpdate()).toMatchObject({
      exitCode: 1,
      stdout: expect.stringContaining('Failed (fleet-unreachable): '),
    });
    const noStore = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_ENDPOINT_URL_S3: '' };
    expect(await host.configUpdate([], { env: noStore })).toMatchObject({
      exitCode: 1,
      stdout: expect.stringContaining('Failed (config-invalid): there is no object store to publish to'),
    });
    expect(await host.configUpdate([], { env: { RAILS_DB_VOLUME: host.appRoot } })).toMatchObject({
      exitCode: 1,
      stdout: expect.stringContaining('Failed (index-missing): '),
    });
  });

  it('with 0 for --help and --history, and for --no-publish where no index is', async () => {
    const host = scene.host();
    await host.configUpdate();
    const env = { RAILS_DB_VOLUME: host.appRoot };
    expect(await host.configUpdate(['--help'])).toMatchObject({ exitCode: 0 });
    expect(await host.configUpdate(['--history'], { env })).toMatchObject({
      exitCode: 0,
      stdout: 'No run has been recorded here yet.\n',
    });
    expect(await host.configUpdate(['--no-publish'], { env })).toMatchObject({ exitCode: 0 });
  });
});
