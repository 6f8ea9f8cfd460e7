import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DEPLOY_KEY, Receiver } from '../../support/callbacks/receiver.ts';
import {
  type CiStep,
  githubSteps,
  gitlabSteps,
  prepareForCi,
  RunningStep,
} from '../../support/onboard/ci-runner.ts';
import { unattended } from '../../support/onboard/happy-way.ts';
import { NewHost, Surroundings } from '../../support/onboard/new-host.ts';
import { runOnboard } from '../../support/onboard/onboard-terminal.ts';

let surroundings: Surroundings;
let host: NewHost;
let receiver: Receiver;
beforeAll(async () => {
  surroundings = await Surroundings.start();
  receiver = await Receiver.start();
  host = new NewHost(surroundings);
  writeFileSync(join(host.appRoot, 'deploy.key'), `${DEPLOY_KEY}\n`, { mode: 0o600 });
  const { options, env } = unattended(host);
  const args = ['--yes', '--no-run', ...options, '--callback-url', receiver.dashboard.url.href];
  const { exitCode, stderr } = await runOnboard(args, host.env(env));
  expect([exitCode, stderr]).toEqual([0, '']);
  prepareForCi(host);
});
afterAll(async () => {
  await surroundings.close();
  host.remove();
});
beforeEach(() => {
  receiver.runs.clear();
  receiver.seen.length = 0;
});

const GITHUB = {
  GITHUB_ACTIONS: 'true',
  GITHUB_RUN_ID: '12345',
  GITHUB_RUN_ATTEMPT: '1',
  GITHUB_SHA: 'a'.repeat(40),
  GITHUB_REF_NAME: 'main',
  GITHUB_JOB: 'config-update',
  GITHUB_SERVER_URL: 'https://github.example',
  GITHUB_REPOSITORY: 'ada/showcase',
};
const GITLAB = {
  GITLAB_CI: 'true',
  CI_PIPELINE_ID: '77',
  CI_JOB_ID: '78',
  CI_JOB_NAME: 'config-update',
  CI_COMMIT_SHA: 'b'.repeat(40),
  CI_COMMIT_REF_NAME: 'main',
  CI_PROJECT_URL: 'https://gitlab.example/ada/showcase',
  CI_PIPELINE_URL: 'https://gitlab.example/ada/showcase/-/pipelines/77',
  CI_JOB_URL: 'https://gitlab.example/ada/showcase/-/jobs/78',
  DEPLOY_KEY,
};

const steps = {
  github: () => {
    const { update, always } = githubSteps(host, DEPLOY_KEY);
    const withAll = (step: CiStep): CiStep => ({ ...step, env: { ...GITHUB, ...step.env } });
    return { update: withAll(update), always: withAll(always) };
  },
  gitlab: () => gitlabSteps(host, GITLAB),
};

const run = (step: CiStep) => new RunningStep(step, host);

/** What the dashboard has of the only run. */
function told() {
  const [only, ...others] = [...receiver.runs.values()];
  if (!only || others.length > 0) throw new Error(`the dashboard has ${receiver.runs.size} runs`);
  return only;
}

describe.each([
  [
    'github',
    '12345',
    'SIGINT',
    130,
    { ci_provider: 'github_actions', git_sha: 'a'.repeat(40), git_ref: 'main' },
  ],
  [
    'gitlab',
    'gitlab-77',
    'SIGTERM',
    143,
    { ci_provider: 'gitlab_ci', git_sha: 'b'.repeat(40), git_ref: 'main' },
  ],
] as const)('the file to copy for %s', (ci, deployId, signal, cancelled, context) => {
  it('updates every machine, and the dashboard knows which build it was', async () => {
    const { exitCode, said } = await run(steps[ci]().update).ended;
    expect([exitCode, said]).toEqual([0, expect.stringContaining('Successfully updated: 3 machines')]);
    expect(told().words).toEqual(['started', 'completed done']);
    expect(told().statuses[0]).toMatchObject({ ...context, deploy_id: deployId, operation: 'deploy' });
    expect(receiver.complaints).toEqual([]);
  });

  it(`ends in order with ${cancelled} when somebody cancels it, and the dashboard is told so`, async () => {
    await surroundings.sim.setFaults('hang=1');
    const step = run(steps[ci]().update);
    await expect.poll(async () => (await surroundings.sim.status()).atOnce).toBe(1);
    step.signal(signal);
    const { exitCode, said } = await step.ended;
    await surroundings.sim.setFaults('');
    expect([exitCode, said]).toEqual([
      cancelled,
      expect.stringContaining('Failed (cancelled): the run was cancelled'),
    ]);
    expect(told().words).toEqual(['started', 'failed cancelled']);
    expect((await run(steps[ci]().always).ended).exitCode).toBe(0);
    expect(told().words).toEqual(['started', 'failed cancelled']);
  });

  it('sends in its last step what a dashboard that was away has not got', async () => {
    await receiver.die();
    const { exitCode } = await run(steps[ci]().update).ended;
    expect(exitCode).toBe(0);
    expect(
      (await run({ ...steps[ci]().always, script: steps[ci]().always.script.replace('30', '1') }).ended)
        .exitCode,
    ).toBe(1);
    await receiver.begin();
    expect((await run(steps[ci]().always).ended).exitCode).toBe(0);
    expect(told().words).toEqual(['started', 'completed done']);
    expect(told().lastSeq).toBe(told().lines.size);
  });
});
