import { readdirSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Behaviour, Receiver, type Seen, STORE, status } from '../../support/callbacks/receiver.ts';
import { type AdminHost, type Scene, startScene } from '../../support/config-update/admin-host.ts';
import { masked, putDashboard, statusesOf } from '../../support/config-update/dashboards.ts';
import { Watched } from '../../support/config-update/watched.ts';
import { useSource } from '../../support/machine/use-source.ts';

useSource();
let scene: Scene;
let receiver: Receiver;
/** Has published its index. */
let host: AdminHost;
/** What a run says without any dashboard, masked. */
let saidWithout: string;
beforeAll(async () => {
  scene = await startScene();
  host = scene.host();
  await host.configUpdate();
  saidWithout = masked((await host.configUpdate(['--concurrency', '1'])).stdout);
});
afterAll(() => scene.close());
beforeEach(async () => {
  host.isFromSource = true;
  receiver = await Receiver.start();
  rmSync(join(host.dbDir, '.update_config/outbox'), { recursive: true, force: true });
  putDashboard(host, receiver);
  scene.fleet.behave('m1', (_response, _nth, succeed) => succeed());
});

const isOfDashboard = (line: string) => /dashboard|live log/.test(line);

/** From the second request on. */
const after = (first: Behaviour, then: Behaviour) => (seen: Seen) => (seen.number === 1 ? first : then);

const OUTAGES: readonly [string, (seen: Seen) => Behaviour][] = [
  ['hangs from its first request on', () => ({ kind: 'hang' })],
  ['hangs from the middle of the run on', after(STORE, { kind: 'hang' })],
  ['drops every connection', () => ({ kind: 'drop' })],
  ['is gone from the middle of the run on', after(STORE, { kind: 'drop' })],
  ['answers 500', () => status(500, {}, 'word-of-an-error-page ✓ Success')],
  ['answers 401', () => status(401, {}, 'word-of-an-error-page')],
  ['leads elsewhere', () => status(307, { location: 'http://127.0.0.1:1/' })],
  ['answers what is no JSON', () => ({ kind: 'store', answer: '✓ Success\nword-of-an-error-page' })],
];

describe('a dashboard that', () => {
  it.each(OUTAGES)(
    '%s changes neither the exit code nor what a run says, but for two notes',
    async (_, behave) => {
      receiver.behave = behave;
      const { stdout, stderr, exitCode } = await host.configUpdate(['--concurrency', '1']);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      const lines = stdout.split('\n');
      const notes = lines.filter(isOfDashboard);
      expect(notes.length).toBeLessThanOrEqual(2);
      for (const note of notes) expect(note).toMatch(/^Note: /);
      expect(stdout).not.toContain('word-of-an-error-page');
      expect(masked(lines.filter((line) => !isOfDashboard(line)).join('\n'))).toBe(saidWithout);
    },
  );

  it('is not there at all changes nothing, and gets everything from the next run', async () => {
    host.isFromSource = false;
    await receiver.die();
    const { stdout, exitCode } = await host.configUpdate(['--concurrency', '1']);
    expect(exitCode).toBe(0);
    const notes = stdout.split('\n').filter(isOfDashboard);
    expect(notes).toHaveLength(2);
    expect(notes[1]).toMatch(
      /^Note: the dashboard has not got \d+ lines of this run yet; the next run sends them/,
    );
    await receiver.begin();
    await host.configUpdate();
    expect(receiver.runs.size).toBe(2);
    for (const run of receiver.runs.values())
      expect(run.statuses.map((one) => one.status)).toEqual(['started', 'completed']);
    expect(receiver.complaints).toEqual([]);
  });

  it('fails does not change how a failed run ends', async () => {
    scene.fleet.behave('m1', (response) => response.writeHead(404).end());
    receiver.behave = () => status(503);
    expect((await host.configUpdate()).exitCode).toBe(1);
    const idle = scene.host();
    putDashboard(idle, receiver);
    idle.list({ id: 'm1', state: 'stopped' });
    expect((await idle.configUpdate()).exitCode).toBe(3);
  });

  it('was not told of a run that was killed hears of it from the next one', async () => {
    let release = (): void => {};
    scene.fleet.behave('m1', () => release());
    const reached = new Promise<void>((resolve) => {
      release = resolve;
    });
    const killed = new Watched(host);
    await reached;
    await receiver.until(() => statusesOf(receiver).length === 1);
    killed.child.kill('SIGKILL');
    await killed.ended;
    scene.fleet.behave('m1', (_response, _nth, succeed) => succeed());
    await host.configUpdate();
    const [first] = receiver.runs.values();
    expect(first?.statuses.at(-1)).toMatchObject({ status: 'failed', outcome: 'interrupted' });
  });
});

describe('config-update --send-outbox', () => {
  it('sends what is left, says so by its exit code, and updates nothing', async () => {
    host.isFromSource = false;
    await receiver.die();
    await host.configUpdate();
    scene.fleet.asked.length = 0;
    const unsent = await host.configUpdate(['--send-outbox', '--wait', '1']);
    expect(unsent.exitCode).toBe(1);
    expect(unsent.stdout).toMatch(/Not sent yet: \d+ lines of 1 run\.\n$/);
    const asJson = await host.configUpdate(['--send-outbox', '--wait', '1', '--json']);
    expect(JSON.parse(asJson.stdout)).toMatchObject({ runs: 1, lines: expect.any(Number), thrownAway: 0 });
    await receiver.begin();
    expect(await host.configUpdate(['--send-outbox'])).toMatchObject({
      ...{ exitCode: 0, stderr: '', stdout: 'Nothing is left to send.\n' },
    });
    expect(statusesOf(receiver).map((one) => one.status)).toEqual(['started', 'completed']);
    expect(await host.configUpdate(['--send-outbox'])).toMatchObject({ exitCode: 0 });
    expect(scene.fleet.asked).toEqual([]);
  });

  it('takes the outbox that is named', async () => {
    const outbox = join(host.home, 'named-outbox');
    await receiver.die();
    await host.configUpdate(['--outbox', outbox]);
    await receiver.begin();
    expect((await host.configUpdate(['--send-outbox'])).exitCode).toBe(0);
    expect(receiver.seen).toEqual([]);
    expect((await host.configUpdate(['--send-outbox', '--outbox', outbox])).exitCode).toBe(0);
    expect(statusesOf(receiver)).toHaveLength(2);
  });

  it('says what was kept for a week, and is thrown away', async () => {
    const outbox = join(host.home, 'outbox');
    await receiver.die();
    await host.configUpdate(['--outbox', outbox]);
    const old = new Date(Date.now() - 8 * 86_400_000);
    for (const name of readdirSync(outbox)) utimesSync(join(outbox, name), old, old);
    const { exitCode, stdout } = await host.configUpdate([
      '--send-outbox',
      '--wait',
      '1',
      '--outbox',
      outbox,
    ]);
    expect({ exitCode, isSaid: /^Note: 1 earlier run that the dashboard has not got/m.test(stdout) }).toEqual(
      {
        exitCode: 1,
        isSaid: true,
      },
    );
    expect(readdirSync(outbox)).toEqual([]);
  });

  it('ends by a signal, whatever it was given to wait', async () => {
    await receiver.die();
    await host.configUpdate();
    await receiver.begin();
    receiver.behave = () => ({ kind: 'hang' });
    const sending = new Watched(host, ['--send-outbox', '--wait', '3600']);
    await receiver.until(() => receiver.seen.length > 0);
    sending.child.kill('SIGINT');
    expect(await sending.ended).toEqual({ exitCode: 130, signal: null });
    expect(sending.output).toMatch(/Not sent yet: \d+ lines of 1 run\.\n$/);
  });

  it('fails where there is no dashboard to send to', async () => {
    const { exitCode, stdout } = await scene.host().configUpdate(['--send-outbox']);
    expect(exitCode).toBe(1);
    expect(stdout).toContain('Failed (config-invalid): there is no dashboard to send anything to');
  });
});
