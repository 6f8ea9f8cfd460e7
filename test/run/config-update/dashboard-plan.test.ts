import { afterEach, beforeEach, expect, it } from 'vitest';
import { changeSample, makeSampleIndex } from '../../../dev/sample/sample.ts';
import { planReceiver } from '../../support/callbacks/plan-receiver.ts';
import { DEPLOY_KEY } from '../../support/callbacks/receiver.ts';
import { type Scene, startScene } from '../../support/config-update/admin-host.ts';
import { masked, putConfig } from '../../support/config-update/dashboards.ts';

let scene: Scene;
beforeEach(async () => {
  scene = await startScene();
});
afterEach(async () => await scene.close());

it('a receiver of the plan shows runs of config-update as the plan wants it: done, failed, and taken back', async () => {
  const { dashboard, shown, answers } = await planReceiver();
  const host = scene.host(undefined, { DEPLOY_KEY });
  putConfig(host, `callback_url: ${dashboard.url.href}\n`);
  const update = async (id: string, ...args: readonly string[]) => {
    host.env = { ...host.env, NVOI_DEPLOY_ID: id };
    const { exitCode, stdout } = await host.configUpdate(args);
    expect(stdout).not.toContain('dashboard');
    return exitCode;
  };
  expect(await update('first')).toBe(0);
  const first = shown('first');
  expect(first.deploy).toEqual({
    status: 'completed',
    ...{ git_sha: null, git_ref: null, duration_seconds: expect.any(Number) },
    tunnels: [{ service_name: 'fly', hostname: '127.0.0.1' }],
  });
  expect(first.logs.map(masked)).toEqual(
    expect.arrayContaining([
      'step: Syncing index database',
      'ok: Published the index: ETag ETAG, SIZE, changed TIME',
      'success: Successfully updated: 2 machines, in SPAN',
    ]),
  );
  host.put(changeSample(makeSampleIndex()).index);
  let isGone = true;
  scene.fleet.behave('m2', (response, _, succeed) =>
    isGone ? response.writeHead(404).end('gone') : succeed(),
  );
  expect(await update('second')).toBe(1);
  expect(shown('second').deploy).toMatchObject({
    status: 'failed',
    error: '1 of 2 machines failed: m2: status 404: update_config is not there',
  });
  isGone = false;
  // The plan's delete, which says its end once.
  expect(await update('third', '--undo')).toBe(0);
  expect(shown('third').deploy).toMatchObject({ status: 'completed' });
  expect(shown('third').logs.at(-1)).toMatch(/^success: /);
  expect(new Set(answers)).toEqual(new Set([200]));
});
