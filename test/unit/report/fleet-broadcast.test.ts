import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { httpBroadcast } from '../../../src/fleet-view/navigator-broadcast.ts';
import type { EventBody } from '../../../src/report/events.ts';
import { doneOf, failedOf, fleetRun } from '../../support/report/fleet-events.ts';
import { told } from '../../support/report/results.ts';
import { makeGate } from '../../support/suite/gate.ts';

interface Posted {
  readonly stream: string;
  readonly data: { readonly status: string; readonly progress: number; readonly message: string };
}

let posted: Posted[];
let answer: (response: ServerResponse) => void;
let url: URL;
let server: ReturnType<typeof createServer>;
beforeEach(async () => {
  posted = [];
  answer = (response) => response.end();
  server = createServer(async (request, response) => {
    posted.push(JSON.parse(await text(request)) as Posted);
    answer(response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/_broadcast`);
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

/** One event a second. */
async function tell(events: readonly EventBody[], oneByOne = false): Promise<void> {
  const broadcast = httpBroadcast({ url, stream: 'config_update_x_1', timeoutMs: 60_000 });
  let now = Date.parse('2026-01-02T03:04:05Z');
  for (const event of events) {
    now += 1000;
    broadcast.report(told(event, new Date(now).toISOString()));
    if (oneByOne) await broadcast.close(60_000);
  }
  await broadcast.close(60_000);
}

describe('a broadcast', () => {
  it('goes from 0 by 10, 30 and 40 to 100, with counts and the time that is left', async () => {
    const machines = [doneOf('m1', 1000), failedOf('m2', 3000), doneOf('m3', 2000), doneOf('m4', 2000)];
    await tell(fleetRun(machines), true);
    expect(posted.map(({ data }) => [data.status, data.progress, data.message])).toEqual([
      ['processing', 0, 'Starting configuration update...'],
      ['processing', 10, 'Syncing index database...'],
      ['processing', 30, 'Found 4 machines to update...'],
      ['processing', 40, 'Updating 4 machines...'],
      ['processing', 52, expect.stringMatching(/^Updated 1\/4 machines, about \d+ s left$/)],
      ['processing', 65, expect.stringMatching(/^Updated 1\/4 machines, 1 failed, about \d+ s left$/)],
      ['processing', 77, expect.stringMatching(/^Updated 2\/4 machines, 1 failed, about \d+ s left$/)],
      ['processing', 90, 'Updated 3/4 machines, 1 failed'],
      ['error', 90, 'Configuration update failed on 1 of 4 machines'],
    ]);
    expect(new Set(posted.map(({ stream }) => stream))).toEqual(new Set(['config_update_x_1']));
  });

  it('ends with completed and 100', async () => {
    await tell(fleetRun([doneOf('m1', 10)]));
    expect(posted.at(-1)?.data).toEqual({
      status: 'completed',
      progress: 100,
      message: 'Configuration update complete: 1 machines',
    });
  });

  it('of a dry run does not say that machines were updated', async () => {
    await tell(fleetRun([doneOf('m1', 10)], 'dry-run'), true);
    expect(posted.map(({ data }) => data.message)).toEqual([
      'Starting dry run...',
      'Syncing index database...',
      'Found 1 machines to ask...',
      'Asking 1 machines...',
      'Asked 1/1 machines',
      'Dry run complete: 1 machines',
    ]);
  });

  it('to a slow receiver comes one at a time, in order, and may skip machines, but never the last', async () => {
    const gate = makeGate();
    answer = (response) => void gate.opened.then(() => response.end());
    const machines = Array.from({ length: 50 }, (_, at) => doneOf(`m${at}`, 5));
    const told = tell(fleetRun(machines));
    await once(server, 'request');
    gate.open();
    await told;
    const progress = posted.map(({ data }) => data.progress);
    expect(progress.slice(0, 4)).toEqual([0, 10, 30, 40]);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    expect(posted.length).toBeLessThan(10);
    expect(posted.at(-1)?.data.status).toBe('completed');
  });

  it('that gets no answer, or is refused, is given up', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    answer = () => void vi.advanceTimersByTime(60_000);
    await tell(fleetRun([doneOf('m1', 5)]));
    expect(posted.at(-1)?.data.status).toBe('completed');
    answer = (response) => response.destroy();
    posted = [];
    await tell(fleetRun([doneOf('m1', 5)]));
    // All that waits but the last is left out.
    expect(posted.map(({ data }) => data.progress)).toEqual([0, 100]);
    url = new URL('http://127.0.0.1:1/_broadcast');
    await tell(fleetRun([doneOf('m1', 5)]));
  });
});
