import { rmSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { changeSample, makeSampleIndex } from '../../../dev/sample/sample.ts';
import { Receiver } from '../../support/callbacks/receiver.ts';
import { type AdminHost, type Scene, startScene } from '../../support/config-update/admin-host.ts';
import { linesOf, putDashboard, statusesOf } from '../../support/config-update/dashboards.ts';
import { useSource } from '../../support/machine/use-source.ts';

useSource();
let scene: Scene;
let receiver: Receiver;
let host: AdminHost;
beforeEach(async () => {
  scene = await startScene();
  receiver = await Receiver.start();
  host = scene.host();
  putDashboard(host, receiver);
});
afterEach(async () => await scene.close());

/** No variables are needed for it. */
function withIndex(text: string | null): Record<string, string> {
  if (text === null) rmSync(host.path('index.sqlite3'));
  else writeFileSync(host.path('index.sqlite3'), text);
  return {};
}

/** What the dashboard has of the only run that it was told of. */
function told() {
  const [started, ended, ...more] = statusesOf(receiver);
  expect(more).toEqual([]);
  expect(receiver.complaints).toEqual([]);
  expect(started).toMatchObject({ status: 'started', status_seq: 1 });
  const { lines } = [...receiver.runs.values()][0] ?? { lines: new Map() };
  return { ended, lines: [...lines.values()] };
}

describe('a dashboard is told how config-update ended', () => {
  it('with 0: completed', async () => {
    host.isFromSource = false;
    expect((await host.configUpdate()).exitCode).toBe(0);
    expect(told().ended).toMatchObject({ status: 'completed', outcome: 'done', exit_code: 0 });
  });

  it('with 3, since no machine is active: completed, with nothing to do, and a warning says so', async () => {
    host.list({ id: 'm1', state: 'suspended' });
    expect((await host.configUpdate()).exitCode).toBe(3);
    const { ended } = told();
    expect(ended).toMatchObject({ status: 'completed', outcome: 'nothing-to-do', exit_code: 3 });
    expect(ended).toMatchObject({ machines: { updated: 0, unchanged: 0, failed: 0, skipped: 1 } });
    expect(
      linesOf(receiver)
        .filter(({ level }) => level === 'warning')
        .map(({ message }) => message),
    ).toContain('No active machines to update');
  });

  it('with 1, since machines failed: failed', async () => {
    scene.fleet.behave('m1', (response) => response.writeHead(404).end());
    expect((await host.configUpdate()).exitCode).toBe(1);
    expect(told().ended).toMatchObject({ status: 'failed', outcome: 'failed', exit_code: 1 });
  });

  it('with 4, since somebody else has published: failed, with what differs', async () => {
    const bob = scene.host();
    bob.put(changeSample(makeSampleIndex()).index);
    await bob.configUpdate();
    expect((await host.configUpdate()).exitCode).toBe(4);
    const { ended, lines } = told();
    expect(ended).toMatchObject({ status: 'failed', outcome: 'changed-elsewhere', exit_code: 4 });
    expect(lines.join('\n')).toMatch(/event .*: only in theirs/);
  });

  it.each<[string, () => Record<string, string>, string]>([
    ['the index is not there', () => withIndex(null), 'index-missing'],
    ['the index is broken', () => withIndex('x'), 'index-invalid'],
    ['the db dir is not there', () => ({ RAILS_DB_VOLUME: '/nowhere/at/all' }), 'db-dir-missing'],
    ['the bucket is not there', () => ({ BUCKET_NAME: 'not_there' }), 'store-'],
    ['half of the settings of the store is missing', () => ({ AWS_SECRET_ACCESS_KEY: '' }), 'config-invalid'],
    ['APP_USER is no name', () => ({ APP_USER: 'a b' }), 'config-invalid'],
    ['a setting of the fleet is wrong', () => ({ FLEET_CONCURRENCY: 'many' }), 'config-invalid'],
    ['the user has no password', () => ({ FLEET_USER: 'ada' }), 'config-invalid'],
    [
      'the address for broadcasts is wrong',
      () => ({ TURBO_CABLE_BROADCAST_URL: 'ftp://x' }),
      'config-invalid',
    ],
  ])('with 1, since %s: failed, with the reason and what to do', async (_, arrange, code) => {
    const env = arrange();
    // The account of a process is looked for when it begins.
    if (env['APP_USER']) host.isFromSource = false;
    const args = env['TURBO_CABLE_BROADCAST_URL'] ? ['--broadcast', 'x'] : [];
    const { exitCode, stdout, stderr } = await host.configUpdate(args, { env });
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' });
    const { ended, lines } = told();
    expect(ended).toMatchObject({
      ...{ status: 'failed', outcome: 'failed', exit_code: 1, error_code: expect.stringContaining(code) },
      ...{ error: expect.any(String), hint: expect.any(String) },
    });
    const [, message = ''] = /^Failed \([a-z-]+\): (.*)$/m.exec(stdout) ?? [];
    expect(ended).toMatchObject({ error: message });
    expect(lines).toEqual(expect.arrayContaining([expect.stringContaining(message)]));
  });

  it('in the same words with --json', async () => {
    host.isFromSource = false;
    const { stdout } = await host.configUpdate(['--json'], { env: { FLEET_CONCURRENCY: 'many' } });
    const report = JSON.parse(stdout) as { run: string; error: { message: string } };
    expect(told().ended).toMatchObject({ run: report.run, error: report.error.message });
  });

  it('of an undo: that is a run of its own, with the operation of the plan', async () => {
    await host.configUpdate();
    host.put(changeSample(makeSampleIndex()).index);
    await host.configUpdate();
    expect((await host.configUpdate(['--undo'])).exitCode).toBe(0);
    expect(statusesOf(receiver).map(({ status, operation }) => `${operation} ${status}`)).toEqual([
      ...['deploy started', 'deploy completed', 'deploy started', 'deploy completed'],
      ...['delete started', 'delete completed'],
    ]);
    expect(receiver.runs.size).toBe(3);
    expect(receiver.seen.filter(({ body }) => body.operation === 'delete').length).toBeGreaterThan(2);
    const before = receiver.seen.length;
    await host.configUpdate(['--undo', '--dry-run']);
    await host.configUpdate(['--published']);
    expect(receiver.seen).toHaveLength(before);
  });

  it('also where FLEET_BEFORE failed, whose words it has', async () => {
    expect(
      (await host.configUpdate([], { env: { APP_USER: 'root', FLEET_BEFORE: '/bin/ls /nowhere' } })).exitCode,
    ).toBe(1);
    const { ended, lines } = told();
    expect(ended).toMatchObject({ status: 'failed', error_code: 'command-failed' });
    expect(lines).toContainEqual(expect.stringMatching(/^\S*ls: cannot access '\/nowhere'/));
  });
});
