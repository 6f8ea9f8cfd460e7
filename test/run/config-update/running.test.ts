import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Scene, startScene } from '../../support/config-update/admin-host.ts';
import { Watched } from '../../support/config-update/watched.ts';
import { makeGate } from '../../support/suite/gate.ts';

let scene: Scene;
beforeEach(async () => {
  scene = await startScene();
});
afterEach(async () => await scene.close());

describe('while it runs, config-update', () => {
  it('writes each line as it happens, and one whole line per machine', async () => {
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
  ] as const)('ends in order on %s: it reports how far it came, and records it', async (name, code) => {
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

  it('shows in the history who ran it, and a killed run as interrupted', async () => {
    const host = scene.host(undefined, { FLEET_BY: 'ada@example' });
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
    const run = new Watched(host, ['--target', 'kamal', '--publish']);
    await run.said('Step 3');
    const { status, result } = await host.post('', { env: { UPDATE_CONFIG_LOCK_TIMEOUT: '0' } });
    expect({ status, outcome: result.outcome }).toEqual({ status: 200, outcome: 'updated' });
    gate.open();
    expect(await run.ended).toMatchObject({ exitCode: 0 });
  });

  it('can be interrupted while the store hangs, and the next run completes', async () => {
    const host = scene.host();
    const deaf = createServer().listen(0, '127.0.0.1');
    await once(deaf, 'listening');
    const { AWS_ENDPOINT_URL_S3: there = '' } = host.env;
    host.env['AWS_ENDPOINT_URL_S3'] = `http://127.0.0.1:${(deaf.address() as AddressInfo).port}`;
    const run = new Watched(host);
    const [socket] = (await once(deaf, 'connection')) as [Socket];
    run.child.kill('SIGINT');
    expect(await run.ended).toMatchObject({ exitCode: 130 });
    expect(run.output).toContain('Failed (cancelled): the run was cancelled\n');
    socket.destroy();
    deaf.close();
    host.env['AWS_ENDPOINT_URL_S3'] = there;
    expect((await host.configUpdate()).exitCode).toBe(0);
  });

  it('posts its progress to a page, and no page can make it fail or wait for long', async () => {
    const host = scene.host();
    const posted: { stream: string; data: { status: string; progress: number } }[] = [];
    const page = createHttpServer(async (request, response) => {
      posted.push(JSON.parse(await text(request)));
      response.end();
    }).listen(0, '127.0.0.1');
    await once(page, 'listening');
    const url = `http://127.0.0.1:${(page.address() as AddressInfo).port}/_broadcast`;
    const args = ['--broadcast', 'config_update_x_1', '--broadcast-url'];
    expect((await host.configUpdate([...args, url])).exitCode).toBe(0);
    page.close();
    const progress = posted.map(({ data }) => data.progress);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    expect(posted[0]).toMatchObject({
      stream: 'config_update_x_1',
      data: { status: 'processing', progress: 0 },
    });
    expect(posted.at(-1)).toMatchObject({ data: { status: 'completed', progress: 100 } });
    expect((await host.configUpdate([...args, url])).exitCode).toBe(0);
  });
});
