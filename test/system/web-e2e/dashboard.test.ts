import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { runProgram } from '../../../dev/web/child.ts';
import { connectDashboard, failAndUndo } from '../../../dev/web/reported-runs.ts';
import type { Visitor } from '../../../dev/web/visitor.ts';
import type { ReceivedLine, ReceivedRun } from '../../../src/runs/deploys/deploy-model.ts';
import type { DeployAnswer, DeployFrame } from '../../../src/web/deploys/deploy-frames.ts';
import { CALLBACK_LOGGER } from '../../support/web/deploys/plan-sender.ts';
import { type Site, startSite } from '../../support/web-e2e/site.ts';

// Each run has two real CGIs update themselves, and one of them waits for a server that begins anew.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

let site: Site;
let administrator: Visitor;
let key: string;
beforeAll(async () => {
  site = await startSite(2);
  key = await connectDashboard(site.rig);
  administrator = site.rig.visitor(site.rig.sample.administrator);
});
afterAll(() => site.close());

/** Has config-update run as a part of that deploy. */
const configUpdate = (deploy: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}) =>
  runProgram([join(site.rig.env['APP_ROOT'] ?? '', 'scripts/config-update'), ...args], {
    ...site.rig.env,
    ...env,
    NVOI_DEPLOY_ID: deploy,
  });

/** The same, but it waits before it publishes, when its first lines are there, until it is let go. */
async function waitingUpdate(deploy: string): Promise<{ goOn: () => Promise<string> }> {
  const gate = join(site.rig.home, `${deploy}.gate`);
  const script = join(site.rig.home, `${deploy}.sh`);
  writeFileSync(script, `#!/bin/sh\nuntil [ -e ${gate} ]; do sleep 0.05; done\n`, { mode: 0o755 });
  const running = configUpdate(deploy, [], { APP_USER: 'root', FLEET_BEFORE: script });
  await expect.poll(async () => (await runOf(deploy))?.lastSeq ?? 0).toBeGreaterThan(0);
  const goOn = (): Promise<string> => {
    writeFileSync(gate, '');
    return running;
  };
  return { goOn };
}

const runOf = async (deploy: string): Promise<ReceivedRun | undefined> => {
  const { deploys } = await administrator.json<{ deploys: ReceivedRun[] }>(`/deploys/?text=${deploy}`);
  return deploys[0];
};

const answerOf = (deploy: string): Promise<DeployAnswer> =>
  administrator.json<DeployAnswer>(`/deploys/${deploy}/logs?limit=5000`);

const numbersOf = (lines: readonly ReceivedLine[]): number[] => lines.map(({ seq }) => seq);
const upTo = (count: number): number[] => Array.from({ length: count }, (_, at) => at + 1);

describe('config-update, whose dashboard is the showcase-web behind Navigator', () => {
  it('is watched line by line while it runs, and is there whole', async () => {
    const { goOn } = await waitingUpdate('watched');
    const { run, ticket } = await answerOf('watched');
    expect(run.status).toBe('started');
    const watching = administrator.watch(run.id, ticket);
    await watching.begun;
    const said = await goOn();
    await watching.ended;
    const frames = watching.frames.map(({ frame }) => frame as unknown as DeployFrame);
    const seen = frames.flatMap((frame) => (frame.type === 'lines' ? frame.lines : []));
    const { run: ended, lines, end } = await answerOf('watched');
    expect(ended).toMatchObject({ status: 'completed', outcome: 'done', exitCode: 0, operation: 'deploy' });
    expect(end).toBe(true);
    expect(numbersOf(lines)).toEqual(upTo(ended.sentLastSeq));
    expect(numbersOf(seen)).toEqual(numbersOf(lines));
    expect(frames.at(-1)).toEqual({ type: 'end' });
    expect(said).toContain(`Note: live log: ${site.rig.standIn.url}/deploys/watched?run=${run.id}`);
  });

  it('is kept once and in order though the server is killed in the middle and begins again', async () => {
    const { goOn } = await waitingUpdate('restarted');
    await site.rig.endServer('SIGKILL');
    await site.rig.startServer();
    await goOn();
    expect(await configUpdate('-', ['--send-outbox', '--wait', '60'])).toBe('Nothing is left to send.\n');
    const { run, lines } = await answerOf('restarted');
    expect(run).toMatchObject({ status: 'completed', outcome: 'done', lost: [], dropped: 0 });
    expect(numbersOf(lines)).toEqual(upTo(run.sentLastSeq));
  });

  it('is shown as failed where a machine refused it, and its undo as a run of its own', async () => {
    await failAndUndo(site.rig);
    const { deploys } = await administrator.json<{ deploys: ReceivedRun[] }>('/deploys/');
    expect(deploys.slice(0, 2)).toMatchObject([
      { operation: 'delete', status: 'completed', machines: { failed: 0 } },
      {
        operation: 'deploy',
        status: 'failed',
        machines: { failed: 1 },
        failedMachines: [expect.any(String)],
      },
    ]);
  });
});

it('a sender of the plan is taken by the showcase-web behind Navigator, where its key is', async () => {
  const { env, standIn } = site.rig;
  const file = join(env['APP_ROOT'] ?? '', 'deploy.key');
  expect(readFileSync(file, 'utf8').trim()).toBe(key);
  const keys = (...args: readonly string[]) =>
    runProgram([join(env['APP_ROOT'] ?? '', 'scripts/showcase-web'), 'keys', ...args], env);
  await keys('add', '--project', 'plan', '--file', file);
  const script = `${CALLBACK_LOGGER}
    logger.status(:started)
    logger.step("Deploying")
    logger.fail!("SSH connection failed")
    logger.close`;
  const send = async (): Promise<number[]> => {
    const { stdout } = await promisify(execFile)('ruby', ['-e', script], {
      env: {
        PATH: process.env['PATH'],
        CALLBACK_URL: `${standIn.url}/api/projects/plan/deploys`,
        ...{ DEPLOY_ID: 'of-the-plan', KEY: key },
      },
    });
    return [...new Set(stdout.split('\n').filter(Boolean).map(Number))];
  };
  expect(await send()).toEqual([200]);
  expect(await runOf('of-the-plan')).toMatchObject({
    ...{ project: 'plan', run: 'legacy-1', status: 'failed', error: 'SSH connection failed', lastSeq: 1 },
  });
  await keys('set', '--project', 'plan', '--refuse-plan');
  expect(await send()).toEqual([401]);
});
