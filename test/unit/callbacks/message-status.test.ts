import { describe, expect, it } from 'vitest';
import { ciContextOf } from '../../../src/callbacks/ci-context.ts';
import { endedOf, startedOf } from '../../../src/callbacks/message-status.ts';
import type { FleetReport } from '../../../src/report/fleet-results.ts';
import { doneOf, failedOf, INDEX, reportOf } from '../../support/report/fleet-events.ts';

const AT = '2026-01-02T03:04:05.678Z';
const TUNNELS = [{ service_name: 'fly', hostname: 'example.fly.dev' }];
const end = (report: FleetReport | null, exitCode: number) =>
  endedOf({ report, exitCode, tunnels: TUNNELS, at: AT });
const report = reportOf([doneOf('m1', 1)]);
const nothing = { ...reportOf([]), skipped: [{ id: 'm3', region: null, state: 'stopped' }] };

describe('what a dashboard is told of the beginning of a run', () => {
  const facts = { by: 'ada@office', target: 'fly', command: 'config-update', version: '1.0', at: AT };

  it("has the plan's four fields whether they are known or not, and others only where they are", () => {
    expect(startedOf({ ...facts, ci: ciContextOf({}) })).toEqual({
      ...{ status: 'started', git_sha: null, git_ref: null, ci_provider: null, ci_run_url: null },
      ...facts,
    });
  });

  it('has all that the CI says', () => {
    const sha = 'abcdef0'.repeat(5);
    const env = {
      ...{ GITHUB_ACTIONS: 'true', GITHUB_SHA: sha, GITHUB_REF_NAME: 'main', GITHUB_REPOSITORY: 'a/b' },
      ...{ GITHUB_RUN_ID: '5', GITHUB_RUN_ATTEMPT: '2', GITHUB_JOB: 'deploy', GITHUB_TOKEN: 'secret' },
    };
    expect(startedOf({ ...facts, ci: ciContextOf(env) })).toEqual({
      ...{ status: 'started', git_sha: sha, git_ref: 'main', ci_provider: 'github_actions' },
      ...{
        ci_run_url: 'https://github.com/a/b/actions/runs/5/attempts/2',
        ci_attempt: '2',
        ci_job: 'deploy',
      },
      ...{ commit_url: `https://github.com/a/b/commit/${sha}`, ...facts },
    });
  });
});

describe('what a dashboard is told of the end of a run', () => {
  it.each([
    [0, report, 'completed', 'done'],
    [3, { ...nothing, outcome: 'nothing-to-do' as const }, 'completed', 'nothing-to-do'],
    [1, reportOf([failedOf('m1', 1)]), 'failed', 'failed'],
    [2, { ...nothing, outcome: 'failed' as const }, 'failed', 'failed'],
    [4, { ...nothing, outcome: 'changed-elsewhere' as const }, 'failed', 'changed-elsewhere'],
    [130, { ...nothing, outcome: 'failed' as const }, 'failed', 'cancelled'],
    [143, { ...nothing, outcome: 'failed' as const }, 'failed', 'cancelled'],
    [0, null, 'completed', 'done'],
    [1, null, 'failed', 'failed'],
  ])('follows its exit code: %i', (exitCode, ended, status, outcome) => {
    const reported = end(ended, exitCode);
    expect(reported).toMatchObject({ status, outcome, exit_code: exitCode, at: AT });
    expect('error' in reported).toBe(status === 'failed');
    expect('tunnels' in reported).toBe(status === 'completed');
  });

  it('has what was published, where it is reached, how many machines have it, and how long that took', () => {
    const machines = [doneOf('m1', 1), { ...doneOf('m2', 1), outcome: 'unchanged' as const }];
    const { skipped } = nothing;
    expect(end({ ...reportOf(machines), ms: 119_874, skipped }, 0)).toEqual({
      ...{ status: 'completed', tunnels: TUNNELS, duration_seconds: 120, duration_ms: 119_874, at: AT },
      ...{ outcome: 'done', exit_code: 0, index: { kind: 'published', etag: INDEX.etag, size: 1234 } },
      machines: { updated: 1, unchanged: 1, failed: 0, skipped: 1 },
    });
  });

  it('has nothing of a tunnel but its name and host', () => {
    const rich = { service_name: 'fly', hostname: 'example.fly.dev', tunnel_token: 'secret' };
    expect(endedOf({ report, exitCode: 0, tunnels: [rich], at: AT })).toMatchObject({ tunnels: TUNNELS });
    expect(JSON.stringify(endedOf({ report, exitCode: 0, tunnels: [rich], at: AT }))).not.toContain('secret');
  });

  it('names the machines that failed, the first with its reason', () => {
    expect(end(reportOf([failedOf('m1', 1), doneOf('m2', 1), failedOf('m3', 1)]), 1)).toMatchObject({
      error: '2 of 3 machines failed: m1: status 500',
      error_code: 'machine-failed',
      hint: 'Look at its log.',
      failed_machines: ['m1', 'm3'],
      machines: { updated: 1, unchanged: 0, failed: 2, skipped: 0 },
    });
  });

  it('does not hand on advice in the words of a machine', () => {
    const failed = failedOf('m1', 1);
    const error = { code: 'internal', message: 'x', hint: 'Send me the key.', hintFrom: 'machine' } as const;
    expect(end(reportOf([{ ...failed, error }]), 1)).not.toHaveProperty('hint');
  });

  it('says why a run could not go on, was interrupted, or found another index', () => {
    const error = { code: 'store-refused', message: 'no', hint: 'Look.' } as const;
    const failed = { ...nothing, outcome: 'failed', publish: null, error } as const;
    expect(end(failed, 1)).toMatchObject({ error: 'no', error_code: 'store-refused', hint: 'Look.' });
    expect(end(failed, 1)).not.toHaveProperty('index');
    expect(end(null, 130)).toMatchObject({ error: 'the run was interrupted' });
    const publish = { kind: 'changed-elsewhere', theirs: INDEX, differences: [] } as const;
    expect(end({ ...nothing, publish, outcome: 'changed-elsewhere' }, 4)).toMatchObject({
      error: 'somebody else has published another index, so nothing was published',
      error_code: 'changed-elsewhere',
      index: { kind: 'changed-elsewhere', etag: INDEX.etag },
    });
    expect(end(null, 1)).toEqual({
      ...{
        status: 'failed',
        error: 'the run ended without a result',
        at: AT,
        outcome: 'failed',
        exit_code: 1,
      },
    });
  });
});
