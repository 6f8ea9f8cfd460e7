import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  type AdminHost,
  CONFIG_UPDATE,
  type Scene,
  startScene,
} from '../../support/config-update/admin-host.ts';

/** Of the process, so that fewer than all machines can be asked at once. */
const DESCRIPTORS = 100;
const MACHINES = 120;

let scene: Scene;
beforeEach(async () => {
  scene = await startScene();
});
afterEach(async () => await scene.close());

/** config-update where so many files may be open and no more; not even Node can raise that. */
function limited(host: AdminHost, env: Record<string, string>) {
  const executable = join(host.home, 'limited');
  writeFileSync(executable, `#!/bin/sh\nulimit -n ${DESCRIPTORS} && exec '${CONFIG_UPDATE}' "$@"\n`);
  chmodSync(executable, 0o755);
  host.env = { ...host.env, FLEET_CONCURRENCY: String(MACHINES), ...env };
  host.list(...Array.from({ length: MACHINES }, (_, at) => ({ id: `m${at}` })));
  return host.run([], { executable });
}

it('a machine that no connection is left for fails with the limit and what to do, not as if it were down', async () => {
  const { exitCode, stdout } = await limited(scene.host(), { FLEET_ATTEMPTS: '1' });
  expect(exitCode).toBe(1);
  expect(stdout).toContain('no connection: too many files are open in config-update (EMFILE)');
  expect(stdout).toMatch(/raise the limit of this process \(ulimit -Hn.*--concurrency/);
  expect(stdout).not.toContain('Check that the machine runs');
});

it('a machine that no connection is left for is asked when others are done', async () => {
  const { exitCode, stdout } = await limited(scene.host(), {});
  expect(stdout).toContain('EMFILE');
  expect(exitCode).toBe(0);
});
