import { describe, expect, it } from 'vitest';
import type { LogsBody, StatusBody } from '../../../src/callbacks/wire.ts';
import { deliver, numbered, open, reportedRun, TestOutbox } from '../../support/callbacks/deliveries.ts';
import { Receiver } from '../../support/callbacks/receiver.ts';
import { COMPLETED, line, STARTED } from '../../support/callbacks/reported.ts';

describe('a run that is delivered', () => {
  it('is there whole and in order: its start, its lines, its end, each signed in both ways', async () => {
    const receiver = await Receiver.start();
    const outbox = new TestOutbox();
    const opened = open(receiver.dashboard, { outboxDir: outbox.dir });
    const delivered = await deliver(opened, numbered(450));
    const stored = receiver.run(opened.reported.run);
    expect(delivered).toEqual({ unsent: 0, hasEnd: true, lost: [], note: null });
    expect(stored.messages).toEqual(numbered(450));
    expect(stored.order).toEqual(numbered(450).map((_, index) => index + 1));
    expect(stored.words).toEqual(['started', 'completed done']);
    expect(receiver.complaints).toEqual([]);
    expect(outbox.files).toEqual([]);
    expect(opened.notes).toEqual([`live log: ${receiver.dashboard.url.origin}/d/1`]);
  });

  it('is sent with the paths, headers and fields of the contract', async () => {
    const receiver = await Receiver.start();
    const url = new URL('?site=a%20b', `${receiver.dashboard.url.href}`);
    const opened = open({ ...receiver.dashboard, url }, { reported: reportedRun({ deployId: 'a.b~c' }) });
    await deliver(opened, ['one', 'two']);
    const { run } = opened.reported;
    expect(receiver.seen.map(({ path, headers }) => [path, headers['webhook-id']])).toEqual([
      ['/api/deploys/a.b~c/status?site=a%20b', `${run}_status_1`],
      ['/api/deploys/a.b~c/logs?site=a%20b', `${run}_logs_1_2`],
      ['/api/deploys/a.b~c/status?site=a%20b', `${run}_status_2`],
    ]);
    for (const { headers, bytes } of receiver.seen) {
      expect(headers).toMatchObject({
        'content-type': 'application/json',
        'content-length': String(bytes.length),
        'x-nvoi-deploy-id': 'a.b~c',
        'x-nvoi-run': run,
        'user-agent': expect.stringMatching(/^showcase-config\/\d/),
      });
      expect(headers).not.toHaveProperty('transfer-encoding');
    }
    const envelope = { deploy_id: 'a.b~c', run, operation: 'deploy' };
    const [started, logs, ended] = receiver.seen.map(({ body }) => body) as [
      StatusBody,
      LogsBody,
      StatusBody,
    ];
    expect(started).toEqual({ ...STARTED, ...envelope, status_seq: 1, last_seq: 0 });
    expect(logs).toEqual({
      ...envelope,
      logs: [
        { ...line('one'), seq: 1 },
        { ...line('two'), seq: 2 },
      ],
      first_seq: 1,
      last_seq: 2,
    });
    expect(ended).toEqual({ ...COMPLETED, ...envelope, status_seq: 2, last_seq: 2, dropped: 0 });
  });
});
