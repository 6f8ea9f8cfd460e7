import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { FleetSettings } from '../../../src/fleet/fleet-settings.ts';
import type { MachineOutcome } from '../../../src/report/fleet-results.ts';
import { fixed, run, settings } from '../../support/fleet/fleet.ts';
import {
  answer,
  type Behaviour,
  ETAG,
  type Machines,
  result,
  startMachines,
  TIME,
} from '../../support/fleet/machines.ts';

let machines: Machines;
afterEach(() => machines.close());

/** What becomes of one machine that behaves so. */
async function outcomeOf(behave: Behaviour, changes: Partial<FleetSettings> = {}): Promise<MachineOutcome> {
  machines = await startMachines(behave);
  const config = settings(machines.url, changes);
  const { report } = await run({ target: fixed(config, 'd1'), settings: config });
  const [outcome] = report.machines;
  if (!outcome) throw new Error('no outcome');
  expect(report.outcome).toBe(outcome.outcome === 'failed' ? 'failed' : 'done');
  expect(machines.arrived.length).toBe(outcome.attempts);
  return outcome;
}

const status =
  (code: number, text = '', headers: Record<string, string> = {}): Behaviour =>
  (_, response) => {
    response.writeHead(code, headers);
    return text;
  };

/** Bad at first, and good from the second time on. */
const once =
  (behave: Behaviour): Behaviour =>
  (arrived, response) =>
    arrived.attempt === 1 ? behave(arrived, response) : answer(arrived.machine);

const index = (fields: Record<string, unknown>) => ({
  index: { ...(result('d1')['index'] as object), ...fields },
});
const failure = (code: string) => ({
  outcome: 'failed',
  index: null,
  error: { code, message: 'the index is damaged', hint: 'Publish a good one.' },
});

describe('a machine counts as updated', () => {
  it('when its RESULT names itself and the published ETag', async () => {
    expect(await outcomeOf(({ machine }) => answer(machine))).toMatchObject({
      outcome: 'updated',
      etag: ETAG,
      attempts: 1,
      detail: '1 of 1 files changed, a reload follows',
    });
  });

  it('when it had the index already', async () => {
    const outcome = await outcomeOf(() => answer('d1', { outcome: 'unchanged', files: [], reload: false }));
    expect(outcome).toMatchObject({ outcome: 'unchanged', detail: '0 of 0 files changed, no reload' });
  });

  it('when its ETag lacks the quotes, and its lines end in CRLF', async () => {
    const text = answer('d1', index({ etag: ETAG.replaceAll('"', '') })).replaceAll('\n', '\r\n');
    expect((await outcomeOf(() => text)).outcome).toBe('updated');
  });
});

describe('config-update asks again after', () => {
  const passing: [string, Behaviour][] = [
    ['status 408', status(408)],
    ['status 429', status(429)],
    ['status 500', status(500, answer('d1', failure('disk')))],
    ['status 502', status(502, '<html>')],
    ['status 503', status(503, answer('d1', failure('lock-timeout')))],
    ['status 504', status(504)],
    ['a status 200 without a RESULT', status(200, 'hello\n')],
    ['an empty answer', status(200)],
    ['status 204', status(204)],
    ['a RESULT that is cut short', () => answer('d1').slice(0, -40)],
    ['a RESULT that is not the last line', () => `${answer('d1')}more\n`],
    ['an older index', () => answer('d1', index({ etag: '"old"', time: '2025-12-31T00:00:00.000Z' }))],
    ['an ETag of the same time that is another', () => answer('d1', index({ etag: '"other"' }))],
    ['a local index', () => answer('d1', index({ etag: null, source: 'local' }))],
    ['an answer of another machine', () => answer('d2')],
    ['a refusal by another machine', status(422, answer('d2', failure('index-invalid')))],
    ['a connection that is reset', (_, response) => void response.socket?.resetAndDestroy()],
    [
      'an answer that ends before its length',
      (_, response) => {
        response.writeHead(200, { 'Content-Length': '10000' });
        response.write(answer('d1'), () => response.socket?.destroy());
        return undefined;
      },
    ],
    [
      'a chunked answer that has no end',
      (_, response) => {
        response.write(answer('d1'), () => response.socket?.destroy());
        return undefined;
      },
    ],
  ];
  it.each(passing)('%s', async (_, behave) => {
    expect(await outcomeOf(once(behave))).toMatchObject({ outcome: 'updated', attempts: 2 });
  });

  it.each(passing)('%s, and fails when it stays so', async (_, behave) => {
    const outcome = await outcomeOf(behave, { attempts: 3 });
    expect(outcome).toMatchObject({ outcome: 'failed', attempts: 3, error: { code: 'machine-failed' } });
    expect(outcome.error?.hint).toMatch(/\w{3}.*[.?]$/);
  });

  /** Lets the time for one request pass at once; until then nothing is late, and pauses end by themselves. */
  const timeIsUp = (): undefined => void vi.advanceTimersByTime(60_000);
  const fakeTime = (): void => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true });
    onTestFinished(() => void vi.useRealTimers());
  };

  it('an answer that does not come in time', async () => {
    fakeTime();
    const outcome = await outcomeOf(once(timeIsUp));
    expect(outcome).toMatchObject({ outcome: 'updated', attempts: 2 });
  });

  it('an answer that begins and never ends', async () => {
    fakeTime();
    const half = (_: unknown, response: ServerResponse) =>
      void response.write('[2026-01-02T03:04:06.000Z] Run', () => setImmediate(timeIsUp));
    const outcome = await outcomeOf(half, { attempts: 2 });
    expect(outcome.error?.message).toBe('no answer in time');
  });
});

describe('config-update does not ask again after', () => {
  it.each([
    ['status 400', status(400), 'status 400'],
    ['status 401', status(401), 'access denied'],
    ['status 403', status(403), 'access denied'],
    ['status 404', status(404), 'not there'],
    ['status 422', status(422, answer('d1', failure('index-invalid'))), 'status 422: the index is damaged'],
    ['a redirect', status(302, '', { Location: 'http://127.0.0.1:1/' }), 'the URL leads elsewhere'],
    ['a redirect for good', status(308, answer('d1'), { Location: '/' }), 'the URL leads elsewhere'],
    ['a failure with status 200', status(200, answer('d1', failure('disk'))), 'the index is damaged'],
    ['an error beside a good outcome', () => answer('d1', { error: failure('disk').error }), 'is damaged'],
    ['the outcome of a dry run', () => answer('d1', { outcome: 'dry-run' }), 'the outcome dry-run'],
    ['a state', () => answer('d1', { outcome: 'state' }), 'the outcome state'],
    [
      'a newer index',
      () => answer('d1', index({ etag: '"new"', time: '2026-01-02T03:04:07.000Z' })),
      'it has a newer index',
    ],
  ] as [string, Behaviour, string][])('%s', async (_, behave, message) => {
    const outcome = await outcomeOf(behave);
    expect(outcome).toMatchObject({ outcome: 'failed', attempts: 1 });
    expect(outcome.error?.message).toContain(message);
  });

  it('an answer that is too large', async () => {
    const outcome = await outcomeOf(() => `${'x'.repeat(5000)}\n${answer('d1')}`, { maxAnswerBytes: 4096 });
    expect(outcome).toMatchObject({ outcome: 'failed', attempts: 1 });
    expect(outcome.error?.message).toContain('far too long');
  });
});

describe('a machine that failed', () => {
  it('is reported with its own words and the index that it named', async () => {
    const text = answer('d1', { ...failure('index-older'), ...index({ etag: '"mine"', time: TIME }) });
    expect(await outcomeOf(status(422, text))).toMatchObject({
      outcome: 'failed',
      etag: '"mine"',
      error: { message: 'status 422: the index is damaged', hint: 'Publish a good one.' },
    });
  });

  it('does not prevent the update of the others', async () => {
    machines = await startMachines(({ machine }, response) => {
      if (machine === 'd2') response.statusCode = 422;
      return answer(machine, machine === 'd2' ? failure('index-invalid') : {});
    });
    const config = settings(machines.url);
    const { report } = await run({ target: fixed(config, 'd1', 'd2', 'd3'), settings: config });
    expect(report.outcome).toBe('failed');
    expect(report.machines.map(({ outcome }) => outcome)).toEqual(['updated', 'failed', 'updated']);
  });

  it('that does not listen is reported with the code of the connection', async () => {
    machines = await startMachines(() => undefined);
    const config = settings(new URL('http://127.0.0.1:1/showcase/update_config'), { attempts: 2 });
    const { report } = await run({ target: fixed(config, 'd1'), settings: config });
    expect(report.machines[0]?.error?.message).toBe('no connection (ECONNREFUSED)');
  });
});
