import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CONFIG_UPDATE, type Scene, startScene } from '../../support/config-update/admin-host.ts';
import { ROOT } from '../../support/machine/machine.ts';
import { RunProcess } from '../../support/machine/run-process.ts';

let scene: Scene;
beforeEach(async () => {
  scene = await startScene();
});
afterEach(async () => await scene.close());

/** As a process finds itself whose directory a deployment has replaced since it began. */
const IN_A_REMOVED_DIRECTORY = ['sh', '-c', 'mkdir "$0" && cd "$0" && rmdir "$0" && exec "$@"'];

describe('in a working directory that is gone', () => {
  it.each([
    ['update_config', join(ROOT, 'cgi-bin/update_config'), ['--json']],
    ['start', join(ROOT, 'scripts/start'), []],
    ['config-update', CONFIG_UPDATE, []],
  ])('%s does its work, since no path that it gets is relative to it', async (_, executable, args) => {
    const host = scene.host();
    await host.configUpdate();
    const through = [...IN_A_REMOVED_DIRECTORY, join(host.home, 'gone')];
    const { exitCode, stdout } = await new RunProcess(host, { executable, args, through }).answered;
    expect(stdout).not.toContain('internal');
    expect(exitCode).toBe(0);
  });

  it('a relative APP_ROOT is refused with a message, not with an internal error', async () => {
    const host = scene.host();
    const through = [...IN_A_REMOVED_DIRECTORY, join(host.home, 'gone')];
    const run = new RunProcess(host, {
      executable: CONFIG_UPDATE,
      args: [],
      env: { APP_ROOT: 'x' },
      through,
    });
    const { exitCode, stdout } = await run.answered;
    expect(stdout).toMatch(/^Failed \(config-invalid\): APP_ROOT .+\nWhat to do: .+\n$/m);
    expect(exitCode).toBe(1);
  });

  it('a relative path among the options is refused as a mistake in the command line', async () => {
    const host = scene.host();
    const through = [...IN_A_REMOVED_DIRECTORY, join(host.home, 'gone')];
    const run = new RunProcess(host, { executable: CONFIG_UPDATE, args: ['--outbox', 'x'], through });
    const { exitCode, stderr } = await run.answered;
    expect(stderr).toContain(
      '--outbox is a relative path, but the working directory does not exist any more',
    );
    expect(exitCode).toBe(2);
  });
});
