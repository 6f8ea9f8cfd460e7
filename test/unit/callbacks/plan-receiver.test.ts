import { expect, it } from 'vitest';
import { deliver, open, reportedRun } from '../../support/callbacks/deliveries.ts';
import { planReceiver } from '../../support/callbacks/plan-receiver.ts';
import { COMPLETED, line, STARTED } from '../../support/callbacks/reported.ts';

const at = (second: number): string => `2026-01-02T03:04:0${second}.000Z`;

it('a receiver of the plan shows a deploy that went well as the plan wants it', async () => {
  const { dashboard, shown, answers } = await planReceiver();
  const opened = open(dashboard, { limits: { beatMs: 5 } });
  const { delivery } = opened;
  delivery.start(STARTED);
  await expect.poll(() => answers.length).toBeGreaterThan(2); // heartbeats
  delivery.line(line('Syncing index database', { level: 'step', logged_at: at(1) }));
  delivery.line(line('Published', { level: 'ok', logged_at: at(2), machine: 'web-1', step: 'publish' }));
  delivery.line(line('All machines are updated', { level: 'success', logged_at: at(3) }));
  delivery.end(COMPLETED);
  expect(await delivery.close(false)).toMatchObject({ unsent: 0, hasEnd: true, note: null });
  expect(new Set(answers)).toEqual(new Set([200]));
  expect(shown('12345')).toEqual({
    deploy: {
      status: 'completed',
      git_sha: 'abc1234',
      git_ref: 'main',
      tunnels: [{ service_name: 'fly', hostname: 'example.fly.dev' }],
      duration_seconds: 2,
    },
    logs: ['step: Syncing index database', 'ok: Published', 'success: All machines are updated'],
  });
});

it('a receiver of the plan shows a deploy that failed, and one that was undone, as the plan wants it', async () => {
  const { dashboard, shown } = await planReceiver();
  const reported = reportedRun({ deployId: 'deploy-2', operation: 'delete' });
  const { delivery } = open(dashboard, { reported });
  delivery.start(STARTED);
  delivery.line(line('SSH connection failed', { level: 'error' }));
  delivery.end({
    status: 'failed',
    error: 'SSH connection failed',
    at: at(4),
    outcome: 'failed',
    exit_code: 1,
  });
  delivery.end(COMPLETED); // what comes after the first counts for nothing
  await delivery.close(false);
  const { deploy, logs } = shown('deploy-2');
  expect(deploy).toMatchObject({ status: 'failed', error: 'SSH connection failed' });
  expect(logs).toEqual(['error: SSH connection failed']);
  await deliver(open(dashboard, { reported: reportedRun({ deployId: 'deploy-3', operation: 'delete' }) }), [
    'one',
  ]);
  expect(shown('deploy-3').deploy).toMatchObject({ status: 'completed' });
});
