import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Receiver, STORE } from '../../support/callbacks/receiver.ts';
import { type AdminHost, type Scene, startScene } from '../../support/config-update/admin-host.ts';
import { linesOf, putDashboard, statusesOf } from '../../support/config-update/dashboards.ts';
import { Watched } from '../../support/config-update/watched.ts';

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

/** A run that waits for a machine that never answers, and whose dashboard has seen its beginning. */
async function waiting(args: readonly string[] = []): Promise<Watched> {
  const asked = new Promise<void>((resolve) => scene.fleet.behave('m1', () => resolve()));
  const run = new Watched(host, args);
  await asked;
  await receiver.until(() => receiver.seen.length > 0);
  return run;
}

describe('a signal that ends a run whose dashboard', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('answers is told to it: %s', async (signal, exitCode) => {
    const run = await waiting();
    run.child.kill(signal);
    expect(await run.ended).toEqual({ exitCode, signal: null });
    expect(statusesOf(receiver).at(-1)).toMatchObject({
      ...{ status: 'failed', outcome: 'cancelled', exit_code: exitCode, error_code: 'cancelled' },
      error: 'the run was cancelled',
    });
    expect(linesOf(receiver).at(-1)).toMatchObject({ level: 'error' });
    expect(receiver.complaints).toEqual([]);
  });

  it('hangs ends it all the same, and the next run tells of it', async () => {
    receiver.behave = () => ({ kind: 'hang' });
    const run = await waiting();
    run.child.kill('SIGINT');
    expect(await run.ended).toEqual({ exitCode: 130, signal: null });
    expect(run.output).toMatch(
      /Note: the dashboard has not got \d+ lines of this run yet; the next run sends them/,
    );
    receiver.behave = () => STORE;
    scene.fleet.behave('m1', (_response, _nth, succeed) => succeed());
    expect((await host.configUpdate()).exitCode).toBe(0);
    const cancelled = [...receiver.runs.values()].map(({ statuses }) => statuses.at(-1));
    expect(cancelled).toContainEqual(
      expect.objectContaining({ status: 'failed', outcome: 'cancelled', exit_code: 130 }),
    );
  });

  it('hangs ends it at once if it comes again', async () => {
    receiver.behave = () => ({ kind: 'hang' });
    const run = await waiting();
    run.child.kill('SIGINT');
    await run.said('cancelled');
    run.child.kill('SIGINT');
    expect(await run.ended).toEqual({ exitCode: null, signal: 'SIGINT' });
  });

  it('hangs at its end does not change how it ended', async () => {
    scene.fleet.behave('m1', (_response, _nth, succeed) => succeed());
    receiver.behave = () => ({ kind: 'hang' });
    const run = new Watched(host);
    await run.said('\ndone, ');
    run.child.kill('SIGINT');
    expect(await run.ended).toEqual({ exitCode: 0, signal: null });
  });
});
