import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeSampleIndex } from '../../../dev/sample/sample.ts';
import { imageDigest } from '../../../src/database/image.ts';
import { type AdminHost, type Scene, startScene } from '../../support/config-update/admin-host.ts';
import { Watched } from '../../support/config-update/watched.ts';
import { altered } from '../../support/indexes/indexes.ts';
import { useSource } from '../../support/machine/use-source.ts';

useSource();
let scene: Scene;
let host: AdminHost;
beforeEach(async () => {
  scene = await startScene();
  host = scene.host(undefined, { APP_USER: 'root', FLEET_BEFORE: 'script/before --all' });
});
afterEach(async () => await scene.close());

/** The command, as a script of the application's. */
function script(body: string): void {
  mkdirSync(join(host.appRoot, 'script'), { recursive: true });
  const path = join(host.appRoot, 'script/before');
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
}

const isStored = async () => (await scene.published.store.head('db/index.sqlite3')).kind === 'found';

describe('FLEET_BEFORE', () => {
  it('runs in the app root before the index is read, and its output is shown', async () => {
    host.isFromSource = false;
    script('echo "here: $PWD, $1, keys: $AWS_SECRET_ACCESS_KEY."; echo "✓ Success" >&2; : > made');
    const { exitCode, stdout, stderr } = await host.configUpdate();
    expect(stderr).toBe('');
    expect(exitCode, stdout).toBe(0);
    expect(existsSync(join(host.appRoot, 'made'))).toBe(true);
    expect(stdout).toContain(
      `\nRunning script/before --all (FLEET_BEFORE)\n    | here: ${host.appRoot}, --all, keys: .\n    | * Success\nPublished`,
    );
  });

  it('changes what is published when it changes the index', async () => {
    const next = altered(makeSampleIndex(), "UPDATE locations SET name = 'Before' WHERE id = 1");
    writeFileSync(join(host.dbDir, 'next.sqlite3'), next);
    script('cp "$RAILS_DB_VOLUME/next.sqlite3" "$RAILS_DB_VOLUME/index.sqlite3"');
    expect(await host.configUpdate()).toMatchObject({ exitCode: 0 });
    const got = await scene.published.store.get('db/index.sqlite3', { maxBytes: 2 ** 24 });
    expect(got.kind === 'found' && imageDigest(got.bytes)).toBe(imageDigest(next));
  });

  it('stops the run when it fails: exit code 1, its last words, and nothing is published', async () => {
    script('echo "no such table"; exit 7');
    const { exitCode, stdout } = await host.configUpdate();
    expect(exitCode).toBe(1);
    expect(stdout).toContain(
      'Failed (command-failed): script/before --all (FLEET_BEFORE) ended with exit code 7; its last words: no such table\nWhat to do: Nothing was published.',
    );
    expect(stdout).not.toContain('Step 2');
    expect(await isStored()).toBe(false);
    expect((await host.configUpdate(['--history'])).stdout).toContain('command-failed');
  });

  it('stops the run if it is not a program', async () => {
    const { exitCode, stdout } = await host.configUpdate();
    expect(exitCode).toBe(1);
    expect(stdout).toContain('(FLEET_BEFORE) cannot be started: script/before is not a program');
  });

  it('is ended after FLEET_BEFORE_TIMEOUT', async () => {
    script('echo waiting; sleep 600');
    const env = { FLEET_BEFORE_TIMEOUT: '1' };
    const { exitCode, stdout } = await host.configUpdate([], { env });
    expect(exitCode).toBe(1);
    expect(stdout).toContain('was ended after 1 s (FLEET_BEFORE_TIMEOUT); its last words: waiting');
    expect(await isStored()).toBe(false);
  });

  it('ends with the run when that is interrupted, and nothing is published', async () => {
    script('echo waiting; sleep 600; : > made');
    const run = new Watched(host);
    await run.said('    | waiting\n');
    run.child.kill('SIGINT');
    expect(await run.ended).toEqual({ exitCode: 130, signal: null });
    expect(await isStored()).toBe(false);
  });

  it('is only named in a dry run', async () => {
    script(': > made');
    const { exitCode, stdout } = await host.configUpdate(['--dry-run']);
    expect(exitCode, stdout).toBe(0);
    expect(stdout).toContain('\nWould run script/before --all (FLEET_BEFORE)\n');
    expect(existsSync(join(host.appRoot, 'made'))).toBe(false);
  });

  it('is not run with options that publish nothing', async () => {
    script(': > made');
    const env = { FLEET_BEFORE: '' };
    await host.configUpdate([], { env });
    for (const option of ['--verify', '--history', '--no-publish']) {
      const { exitCode, stdout } = await host.configUpdate([option]);
      expect(exitCode, stdout).toBe(0);
      expect(stdout).not.toContain('script/before');
      expect(existsSync(join(host.appRoot, 'made')), option).toBe(false);
    }
  });

  it.each([
    ['FLEET_BEFORE', "sh -c 'true'", 'quotes'],
    ['FLEET_BEFORE_TIMEOUT', 'soon', 'whole number'],
  ])('is refused before anything is done if %s is %s', async (name, value, word) => {
    const { exitCode, stdout } = await host.configUpdate([], { env: { [name]: value } });
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(new RegExp(`Failed \\(config-invalid\\): ${name} .*${word}`));
    expect(await isStored()).toBe(false);
  });
});
