import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeGate } from '../support/gate.ts';
import { type Scene, startScene } from './support/admin-host.ts';
import { Watched } from './support/watched.ts';

let scene: Scene;
beforeEach(async () => {
  scene = await startScene();
});
afterEach(async () => await scene.close());

describe('while it runs, config-update', () => {
  it('writes each line when it happens, and one whole line a machine', async () => {
    const gate = makeGate();
    scene.fleet.behave('m1', (_response, _nth, succeed) => gate.opened.then(succeed));
    const run = new Watched(scene.host());
    await run.said('  m2... ✓ Success\n');
    expect(run.output).not.toContain('m1...');
    gate.open();
    expect(await run.ended).toMatchObject({ exitCode: 0 });
    expect(run.output).toContain('\n  m1... ✓ Success\n');
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('ends in order on %s: it tells how far it came, and records it', async (name, code) => {
    const host = scene.host();
    scene.fleet.behave('m1', () => {}); // never answers
    const run = new Watched(host);
    await run.said('  m2... ✓ Success\n');
    run.child.kill(name);
    expect(await run.ended).toEqual({ exitCode: code, signal: null });
    expect(run.output).toContain(
      '\nSuccessfully updated: 1 machines\nFailed updates: 1 machines\n  m1: the run was',
    );
    const { stdout } = await host.configUpdate(['--history', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      outcome: 'failed',
      published: 'published',
      updated: 1,
      failed: ['m1'],
      errorCode: 'cancelled',
    });
  });

  it('shows in the history who ran it, and what a run that was killed is: interrupted', async () => {
    const host = scene.host(undefined, { CONFIG_UPDATE_BY: 'ada@example' });
    scene.fleet.behave('m1', () => {});
    const run = new Watched(host);
    await run.said('  m2... ✓ Success\n');
    expect((await host.configUpdate(['--history'])).stdout).toMatch(/ada@example +fly +- +running/);
    run.child.kill('SIGKILL');
    await run.ended;
    expect((await host.configUpdate(['--history'])).stdout).toMatch(/ada@example +fly +- +interrupted/);
  });

  it('never holds the lock that the update of its own machine needs', async () => {
    const host = scene.host();
    const gate = makeGate();
    scene.fleet.behave('127.0.0.1', (_response, _nth, succeed) => gate.opened.then(succeed));
    const run = new Watched(host, ['--target', 'kamal']);
    await run.said('Step 3');
    const { status, result } = await host.post('', { env: { UPDATE_CONFIG_LOCK_TIMEOUT: '0' } });
    expect({ status, outcome: result.outcome }).toEqual({ status: 200, outcome: 'updated' });
    gate.open();
    expect(await run.ended).toMatchObject({ exitCode: 0 });
  });
});
