import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Receiver } from '../../support/callbacks/receiver.ts';
import { type Scene, startScene } from '../../support/config-update/admin-host.ts';
import { linesOf, masked, putDashboard, statusesOf } from '../../support/config-update/dashboards.ts';
import { asBuilt, useSource } from '../../support/machine/use-source.ts';

useSource();
let scene: Scene;
let receiver: Receiver;
beforeEach(async () => {
  scene = await startScene();
  receiver = await Receiver.start();
});
afterEach(async () => await scene.close());

/** A host whose dashboard is the receiver. */
function hostOf(env: Record<string, string> = {}, index?: Buffer) {
  const host = scene.host(index, env);
  putDashboard(host, receiver);
  return host;
}

const GITHUB = {
  ...{ CI: 'true', GITHUB_ACTIONS: 'true', GITHUB_RUN_ID: '12345', GITHUB_RUN_ATTEMPT: '2' },
  ...{ GITHUB_REPOSITORY: 'user/repo', GITHUB_REF_NAME: 'main', GITHUB_SHA: 'abcdef0'.repeat(5) },
  ...{ GITHUB_JOB: 'deploy', GITHUB_SERVER_URL: 'https://github.com', FLEET_BY: 'ada@office' },
};

describe('the dashboard of config-update', () => {
  it('is told of a run from its beginning to its end, and all of it is signed', async () => {
    asBuilt();
    const host = hostOf(GITHUB);
    host.list({ id: 'm1' }, { id: 'm2', region: 'syd' }, { id: 'm3', state: 'suspended' });
    const { exitCode, stdout, stderr } = await host.configUpdate(['--concurrency', '1']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toContain(`Note: live log: ${receiver.dashboard.url.origin}/d/1\n`);
    expect(receiver.complaints).toEqual([]);
    const [{ path = '' } = {}] = receiver.seen;
    expect(path).toBe('/api/deploys/12345/status');
    const [run = ''] = receiver.runs.keys();
    const [started, ended, ...more] = statusesOf(receiver);
    expect(more).toEqual([]);
    expect(started).toEqual({
      ...{ status: 'started', git_sha: GITHUB.GITHUB_SHA, git_ref: 'main', ci_provider: 'github_actions' },
      ci_run_url: 'https://github.com/user/repo/actions/runs/12345/attempts/2',
      ...{ ci_attempt: '2', ci_job: 'deploy', at: expect.stringMatching(/Z$/) },
      commit_url: `https://github.com/user/repo/commit/${GITHUB.GITHUB_SHA}`,
      ...{ by: 'ada@office', target: 'fly', command: 'config-update', version: expect.any(String) },
      ...{ deploy_id: '12345', run, operation: 'deploy', status_seq: 1, last_seq: 0 },
    });
    expect(ended).toMatchObject({
      ...{ status: 'completed', tunnels: [{ service_name: 'fly', hostname: '127.0.0.1' }] },
      ...{ deploy_id: '12345', run, operation: 'deploy', status_seq: 2, dropped: 0 },
      ...{ outcome: 'done', exit_code: 0, last_seq: linesOf(receiver).length },
      index: { kind: 'published', etag: expect.stringMatching(/^"[0-9a-f]{32}"$/), size: expect.any(Number) },
      machines: { updated: 2, unchanged: 0, failed: 0, skipped: 1 },
      duration_ms: expect.any(Number),
    });
    const told = linesOf(receiver).map(({ level, message }) => `${level}: ${message}`);
    expect(told.map(masked)).toEqual([
      `warning: store: bucket showcase at http://HOST; target: Fly app smooth at http://HOST`,
      'step: Syncing index database',
      'ok: Published the index: ETag ETAG, SIZE, changed TIME',
      'step: Getting list of Fly machines',
      'info: Found 3 total machines (flyctl)',
      'info: Skipping m3 (suspended, iad)',
      'ok: Will update 2 active machines: m1, m2',
      'step: Triggering configuration update on each machine',
      'info: [TIME] Run of m1 * Success',
      'ok: m1: updated after 1 attempt, SPAN: 0 of 0 files changed, a reload follows',
      'info: [TIME] Run of m2 * Success',
      'ok: m2: updated after 1 attempt, SPAN: 0 of 0 files changed, a reload follows',
      'success: Successfully updated: 2 machines, in SPAN',
    ]);
    expect(linesOf(receiver).map(({ seq }) => seq)).toEqual(told.map((_, at) => at + 1));
  });

  it('changes nothing in the lines that the job of the application reads', async () => {
    const plain = scene.host();
    const without = await plain.configUpdate(['--concurrency', '1']);
    const host = hostOf();
    const told = await host.configUpdate(['--concurrency', '1', '--no-publish']);
    const again = await plain.configUpdate(['--concurrency', '1', '--no-publish']);
    expect(without.exitCode).toBe(0);
    const isOwn = (line: string) => /^Note: live log: /.test(line);
    const lines = told.stdout.split('\n');
    expect(lines.filter(isOwn)).toHaveLength(1);
    expect(masked(lines.filter((line) => !isOwn(line)).join('\n'))).toBe(masked(again.stdout));
  });

  it('knows several runs of one deploy apart, and a deploy by the id that it was given', async () => {
    const host = hostOf({ ...GITHUB, NVOI_DEPLOY_ID: 'gitlab-77' });
    await host.configUpdate();
    await host.configUpdate();
    expect(new Set(receiver.seen.map(({ body }) => body.deploy_id))).toEqual(new Set(['gitlab-77']));
    expect(receiver.runs.size).toBe(2);
    for (const run of receiver.runs.values()) {
      expect(run.statuses.map(({ status }) => status)).toEqual(['started', 'completed']);
      expect([...run.lines.keys()]).toEqual([...run.lines.keys()].map((_, at) => at + 1));
    }
  });

  it('is told in the same way with --json, --events and --verbose', async () => {
    const host = hostOf();
    for (const form of ['--json', '--events', '--verbose']) {
      const { exitCode, stdout } = await host.configUpdate([form]);
      expect(exitCode).toBe(0);
      expect(stdout).toContain('live log: ');
    }
    const all = [...receiver.runs.values()].map(({ lines }) =>
      [...lines.values()]
        .map((line) => masked(line).replace(/^(?:Published|The store has).*/, 'INDEX'))
        .sort(),
    );
    expect(all[1]).toEqual(all[0]);
    expect(all[2]).toEqual(all[0]);
  });

  it('is not told what is said of it itself', async () => {
    await hostOf().configUpdate();
    expect(linesOf(receiver).filter(({ message }) => message.includes('live log'))).toEqual([]);
  });

  it('is told of the attempts at a machine, and which one failed and why', async () => {
    const host = hostOf();
    scene.fleet.behave('m1', (response, nth, succeed) =>
      nth === 1 ? response.writeHead(503, { 'Retry-After': '1' }).end() : succeed(),
    );
    scene.fleet.behave('m2', (response) => response.writeHead(404).end('gone'));
    expect((await host.configUpdate()).exitCode).toBe(1);
    const of = (machine: string) =>
      linesOf(receiver)
        .filter((line) => line.machine === machine)
        .map(({ level, message, step }) => masked(`${level} ${step} ${message}`));
    expect(of('m1')).toEqual([
      'warning update m1: attempt 1 failed (status 503), the next in SPAN',
      'info update [TIME] Run of m1 * Success',
      'ok update m1: updated after 2 attempts, SPAN: 0 of 0 files changed, a reload follows',
    ]);
    expect(of('m2').at(-1)).toBe(
      'error update m2: failed after 1 attempt, SPAN: status 404: update_config is not there',
    );
    expect(statusesOf(receiver).at(-1)).toMatchObject({
      ...{ status: 'failed', outcome: 'failed', exit_code: 1, failed_machines: ['m2'] },
      error: '1 of 2 machines failed: m2: status 404: update_config is not there',
      ...{ error_code: expect.any(String), hint: expect.stringContaining('Check the URL') },
      machines: { updated: 1, failed: 1, unchanged: 0, skipped: 0 },
    });
  });
});
