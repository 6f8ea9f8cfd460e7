import { beforeAll, describe, expect, it } from 'vitest';
import { derivedKey } from '../../../src/callbacks/callback-signatures.ts';
import type { Dashboard } from '../../../src/callbacks/delivery-model.ts';
import { deliver, numbered, open, reportedRun, TestOutbox } from '../../support/callbacks/deliveries.ts';
import { DEPLOY_KEY } from '../../support/callbacks/receiver.ts';
import { COMPLETED, line, STARTED } from '../../support/callbacks/reported.ts';
import { always, type FaultProxy, type Plan, startFaultProxy } from '../../support/store/fault-proxy.ts';
import { atEnd } from '../../support/suite/at-end.ts';
import { keptRun } from '../../support/web/deploys/callback-sender.ts';
import { startWeb, type TestServer } from '../../support/web/web-server.ts';

let server: TestServer;
let proxy: FaultProxy;
let dashboard: Dashboard;

beforeAll(async () => {
  server = await startWeb();
  server.context.deploys.projects.addKey('default', DEPLOY_KEY);
  proxy = await startFaultProxy(server.url);
  atEnd(() => proxy.close());
  const url = new URL(`${new URL(server.url).pathname.replace(/\/$/, '')}/api/deploys`, proxy.endpoint);
  dashboard = { url, deployKey: DEPLOY_KEY, webhookKeys: [derivedKey(DEPLOY_KEY)] };
});

/** Everything that the receiver has of a run. */
function stored(deploy: string) {
  const run = keptRun(server, deploy);
  return { run, lines: server.context.deploys.lines(run.id, 0, 100_000) };
}

const LOST = { kind: 'lost-answer' } as const;
const RESET = { kind: 'reset', when: 'before-request' } as const;
const answer = (status: number) => ({ kind: 'answer', status }) as const;

describe('our own receiver', () => {
  it.each<[string, Plan]>([
    ['is reached without faults', () => undefined],
    ['stores each second request, whose answer is lost', ({ number }) => (number % 2 ? undefined : LOST)],
    ['is not reached each second time', ({ number }) => (number % 2 ? RESET : undefined)],
    ['is out of order at times', ({ number }) => (number % 3 ? undefined : answer(502))],
  ])('has a run whole, once and in order, if it %s', async (name, plan) => {
    proxy.plan(plan);
    const reported = reportedRun({ deployId: `faults-${name.length}` });
    const opened = open(dashboard, { reported, outboxDir: new TestOutbox().dir, limits: { batchLines: 25 } });
    const { delivery } = opened;
    delivery.start({ ...STARTED, command: 'config-update', version: '1.2.3' });
    delivery.line(line('Syncing index database', { level: 'step', step: 'publish' }));
    for (const message of numbered(300)) delivery.line(line(message, { machine: 'web-1' }));
    await expect
      .poll(() => server.context.deploys.runsOf('default', reported.deployId)[0]?.lastSeq)
      .toBe(301);
    delivery.end(COMPLETED);
    expect(await delivery.close(false)).toEqual({ unsent: 0, hasEnd: true, lost: [], note: null });
    const { run, lines } = stored(reported.deployId);
    expect(run).toMatchObject({ run: reported.run, status: 'completed', outcome: 'done', lastSeq: 301 });
    expect(lines.map(({ seq }) => seq)).toEqual(Array.from({ length: 301 }, (_, index) => index + 1));
    expect(lines.slice(1).map(({ message }) => message)).toEqual(numbered(300));
    expect(opened.notes[0]).toBe(
      `live log: ${dashboard.url.href.replace('/api/deploys', '')}/deploys/${reported.deployId}?run=${run.id}`,
    );
  });

  it('gets what it has missed from the next run, and that a run was interrupted', async () => {
    const outbox = new TestOutbox();
    proxy.plan(always(RESET));
    const first = open(dashboard, { reported: reportedRun({ deployId: 'down' }), outboxDir: outbox.dir });
    const { delivery } = first;
    delivery.start(STARTED);
    for (const message of numbered(3)) delivery.line(line(message));
    expect(await delivery.close(true)).toMatchObject({ unsent: 3, hasEnd: false });
    proxy.plan(() => undefined);
    const reported = reportedRun({ deployId: 'up' });
    await deliver(open(dashboard, { reported, outboxDir: outbox.dir }), []);
    expect(stored('up').run).toMatchObject({ status: 'completed', lastSeq: 0 });
    expect(stored('down')).toMatchObject({
      run: { status: 'failed', outcome: 'interrupted', lastSeq: 3 },
      lines: numbered(3).map((message) => ({ message })),
    });
    expect(outbox.files).toEqual([]);
  });

  it('takes a run of 40,000 lines', async () => {
    proxy.plan(() => undefined);
    const reported = reportedRun({ deployId: 'many' });
    const { delivery, notes } = open(dashboard, { reported, outboxDir: new TestOutbox().dir });
    delivery.start(STARTED);
    for (const message of numbered(40_000)) delivery.line(line(message));
    await expect.poll(() => server.context.deploys.runsOf('default', 'many')[0]?.lastSeq).toBe(40_000);
    delivery.end(COMPLETED);
    expect(await delivery.close(false)).toMatchObject({ unsent: 0, hasEnd: true });
    expect(stored('many').lines).toHaveLength(40_000);
    expect(notes.filter((note) => !note.startsWith('live log'))).toEqual([]);
  });

  it('refuses another key, which is said', async () => {
    proxy.plan(() => undefined);
    const other = { ...dashboard, deployKey: 'f'.repeat(64), webhookKeys: [derivedKey('f'.repeat(64))] };
    const opened = open(other, { reported: reportedRun({ deployId: 'refused' }) });
    expect(await deliver(opened, numbered(2))).toMatchObject({ unsent: 2, hasEnd: false });
    expect(opened.notes).toEqual(['the dashboard does not accept our key (HTTP 401)']);
    expect(server.context.deploys.runsOf('default', 'refused')).toEqual([]);
  });

  it('takes a request that is signed by any of several keys', async () => {
    proxy.plan(() => undefined);
    const webhookKeys = [derivedKey('e'.repeat(64)), ...dashboard.webhookKeys];
    const opened = open({ ...dashboard, webhookKeys }, { reported: reportedRun({ deployId: 'rotated' }) });
    expect(await deliver(opened, numbered(2))).toMatchObject({ unsent: 0, hasEnd: true });
    expect(stored('rotated').lines).toHaveLength(2);
  });
});
