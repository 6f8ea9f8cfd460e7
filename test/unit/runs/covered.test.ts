import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RowChange } from '../../../src/runs/run-model.ts';
import { closeServer } from '../../support/runs/close-server.ts';
import { newChange, QUICK } from '../../support/runs/parts.ts';
import { halfFailed, machine, report, told } from '../../support/runs/played-update.ts';
import { Rig } from '../../support/runs/rig.ts';

let rig: Rig;

beforeEach(() => {
  rig = new Rig({ limits: { ...QUICK, checkMs: 40 } });
});
afterEach(() => rig.close());

const CHANGED_ELSEWHERE = { lines: told(report({ outcome: 'changed-elsewhere', machines: [] })), exit: 4 };
const ONE_REFUSED = { lines: told(halfFailed('unauthorized')), exit: 1 };

describe('a run publishes the whole index, so a change', () => {
  it('that was pending when it began is live after it', async () => {
    rig.runs.start();
    const pending = rig.save('one', {}, false);
    const asked = rig.save('two');
    const { run } = await rig.reaches(asked, 'live');
    expect(rig.change(pending)).toMatchObject({ state: 'live', run });
  });

  it('that was saved as pending after it had begun stays pending', async () => {
    rig.played.hold();
    rig.runs.start();
    const asked = rig.save('one');
    await expect.poll(() => rig.played.starts.length).toBe(1);
    const pending = rig.save('two', {}, false);
    await rig.played.letGo();
    await rig.reaches(asked, 'live');
    expect(rig.change(pending)).toMatchObject({ state: 'pending', run: null });
  });

  it('that was intended before it began, and saved afterwards, is not counted as covered', async () => {
    rig.played.hold();
    rig.runs.start();
    const slow = rig.runs.intend(newChange('slow'));
    const asked = rig.save('one');
    await expect.poll(() => rig.played.starts.length).toBe(1);
    rig.played.put('slow');
    rig.runs.saved(slow, { publish: false });
    await rig.played.letGo();
    await rig.reaches(asked, 'live');
    expect(rig.change(slow)).toMatchObject({ state: 'pending', run: null });
  });

  it('that is for other machines stays pending', async () => {
    rig.runs.start();
    const pending = rig.save('one', { target: 'fly,kamal' }, false);
    await rig.reaches(rig.save('two'), 'live');
    expect(rig.change(pending).state).toBe('pending');
    await rig.reaches(rig.save('three', { target: 'fly,kamal' }), 'live');
    expect(rig.change(pending).state).toBe('live');
  });

  it('that failed with an earlier run is live after it', async () => {
    rig.played.play(CHANGED_ELSEWHERE, 1);
    rig.runs.start();
    const failed = rig.save('one');
    await rig.reaches(failed, 'failed');
    const { run } = await rig.reaches(rig.save('two'), 'live');
    expect(rig.change(failed)).toMatchObject({ state: 'live', run, problem: null });
  });

  it('that failed with an earlier run has failed with the same words if it fails, too', async () => {
    rig.played.play(CHANGED_ELSEWHERE);
    rig.runs.start();
    const first = await rig.reaches(rig.save('one'), 'failed');
    const second = await rig.reaches(rig.save('two'), 'failed');
    expect(rig.change(first.id)).toMatchObject({ state: 'failed', run: second.run, problem: second.problem });
  });
});

describe('an event whose address', () => {
  let server: Server;
  let status: number;
  let live: { url: string };

  beforeEach(async () => {
    status = 200;
    server = createServer((_, response) => void response.writeHead(status).end()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    live = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/2027/boston/` };
  });
  afterEach(() => closeServer(server));

  it('answers names a machine that failed no longer once somebody else’s run has reached all', async () => {
    rig.played.play(ONE_REFUSED, 1);
    rig.runs.start();
    const id = rig.save('one', { live });
    expect((await rig.reaches(id, 'live')).problem?.message).toContain('m2');
    await rig.reaches(rig.save('two'), 'live');
    expect(rig.change(id)).toMatchObject({ state: 'live', problem: null });
  });

  it('answers names a machine that failed until a run has reached it that publishes this index', async () => {
    rig.played.play(ONE_REFUSED, 1);
    rig.runs.start();
    const { id } = await rig.reaches(rig.save('one', { live }), 'live');
    await rig.reaches(rig.runs.publish('hook:store', 'store'), 'live');
    expect(rig.change(id).problem?.message).toContain('m2');
  });

  it.each([
    ['by itself', 'machine-failed'],
    ['by somebody', 'unauthorized'],
  ] as const)(
    'answers names the machines that failed last, when the run was tried again %s',
    async (_, code) => {
      rig.played.play({ lines: told(halfFailed(code)), exit: 1 }, 1);
      const error = { code: 'unauthorized', message: 'HTTP 401', hint: 'Look.' } as const;
      const machines = [machine('m9', { outcome: 'failed', error })];
      rig.played.play({ lines: told(report({ outcome: 'failed', machines })), exit: 1 });
      rig.runs.start();
      const { id, run } = await rig.reaches(rig.save('one', { live }), 'live');
      if (code === 'unauthorized') rig.runs.retry(run ?? '', 'bob');
      await rig.has('failed', 2);
      const problem = { message: expect.stringContaining('m9') };
      expect(rig.change(id)).toMatchObject({ state: 'live', run: rig.runs.runs().rows[0]?.id, problem });
    },
  );

  it('answers names a machine that failed no longer once the run was tried again', async () => {
    rig.played.play(ONE_REFUSED, 1);
    rig.runs.start();
    const change = await rig.reaches(rig.save('one', { live }), 'live');
    const again = rig.runs.retry(change.run ?? '', 'bob') ?? expect.unreachable('there is nothing to retry');
    await expect.poll(() => rig.runs.run(again)?.state, { interval: 2 }).toBe('done');
    expect(rig.change(change.id)).toMatchObject({ state: 'live', problem: null });
  });

  it.each([
    ['has reached all names no machine', () => rig.save('two'), null],
    [
      'for the store has reached all names the machine that failed',
      () => rig.runs.publish('hook:store', 'store'),
      expect.objectContaining({ message: expect.stringContaining('m2') }),
    ],
  ])('answers only after a later run %s', async (_, runs, problem) => {
    await rig.runs.close();
    rig.open({ limits: { ...QUICK, checkMs: 60_000 } });
    status = 404;
    rig.played.play(ONE_REFUSED, 1);
    rig.runs.start();
    const id = rig.save('one', { live });
    await rig.reaches(id, 'checking');
    await rig.reaches(runs(), 'live');
    status = 200;
    expect((await rig.reaches(id, 'live')).problem).toEqual(problem);
  });

  it('does not answer is not asked again by each later run, since it was published', async () => {
    status = 404;
    rig.runs.start();
    const id = rig.save('one', { live });
    const { run } = await rig.reaches(id, 'failed');
    await rig.reaches(rig.save('two'), 'live');
    expect(rig.change(id)).toMatchObject({ state: 'failed', run });
  });

  it.each([
    ['was deleted again before it was published', [{ ...row(7), after: null }]],
    ['was moved again before it was published', [row(7)]],
  ])('does not answer since it %s has not failed', async (_, rows) => {
    status = 404;
    rig.runs.start();
    const created = rig.save('one', { live, rows: [{ ...row(7), before: null }] }, false);
    rig.save('one', { action: 'update', rows }, false);
    rig.runs.publish('bob', 'administrator');
    const change = await rig.reaches(created, 'live', 'failed');
    expect(change).toMatchObject({ state: 'live', problem: null, live: { result: { isLive: false } } });
  });

  it.each([
    ['got another key', { action: 'update', after: { key: 'cambridge' } }],
    ['was deleted', { action: 'delete', after: null }],
  ] as const)('does not answer since its studio %s has not failed', async (_, end) => {
    status = 404;
    rig.runs.start();
    const created = rig.save('one', { live, studio: 'boston', rows: [{ ...row(7), before: null }] }, false);
    rig.save('boston', { kind: 'studio', studio: 'boston', before: { key: 'boston' }, ...end }, false);
    rig.runs.publish('bob', 'administrator');
    expect((await rig.reaches(created, 'live', 'failed')).state).toBe('live');
  });

  it('does not answer has failed where only another event was changed since, and itself before', async () => {
    status = 404;
    rig.runs.start();
    await rig.reaches(rig.save('one', { action: 'update', rows: [row(7)] }), 'live');
    const created = rig.save('one', { live, rows: [{ ...row(7), before: null }] }, false);
    rig.save('two', { action: 'update', rows: [row(8)] }, false);
    rig.runs.publish('bob', 'administrator');
    expect((await rig.reaches(created, 'live', 'failed')).state).toBe('failed');
  });
});

function row(id: number): RowChange {
  return { table: 'showcases', id, before: { id, key: 'gala' }, after: { id, key: 'ball' } };
}
