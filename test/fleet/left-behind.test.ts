import { getEventListeners, once } from 'node:events';
import { Agent, createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Failure } from '../../src/failure.ts';
import { type Claim, readAnswer, sameBytes } from '../../src/fleet/claim.ts';
import { type Ask, exchange } from '../../src/fleet/exchange.ts';
import { judge, settlePush, settleUpdate } from '../../src/fleet/judge-answer.ts';
import { settleState } from '../../src/fleet/verify.ts';
import { fixed, INDEX, machine, run, settings } from './support/fleet.ts';
import { answer, ETAG, type Machines, result, SHA256, startMachines, TIME } from './support/machines.ts';
import { state } from './support/over.ts';

/** Counts what still waits when something is over. */
function countTimers(): () => number {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  return () => vi.getTimerCount();
}

describe('one exchange', () => {
  async function ask(behave: RequestListener, more: Partial<Ask> = {}) {
    const server = createServer(behave);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const agent = new Agent({ keepAlive: true });
    onTestFinished(async () => {
      agent.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    });
    const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    const { signal } = new AbortController();
    const whole = {
      method: 'POST',
      url,
      headers: {},
      agent,
      timeoutMs: 60_000,
      maxBytes: 4,
      signal,
      ...more,
    } as const;
    const reply = await exchange(whole);
    return { reply, listeners: getEventListeners(whole.signal, 'abort').length };
  }

  it('takes an answer of as many bytes as may be, and none of one more', async () => {
    expect((await ask((_, response) => response.end('1234'))).reply).toMatchObject({
      kind: 'answered',
      body: '1234',
    });
    expect((await ask((_, response) => response.end('12345'))).reply).toEqual({ kind: 'too-large' });
  });

  it('leaves neither a timer nor a listener behind, however it ends', async () => {
    const timers = countTimers();
    const ended = await ask((_, response) => response.end('1'));
    const cut = await ask((request) => request.socket.destroy());
    expect([ended.reply.kind, cut.reply.kind]).toEqual(['answered', 'unreachable']);
    expect([ended.listeners, cut.listeners, timers()]).toEqual([0, 0, 0]);
  });

  it('lets go of its connection when it is given up', async () => {
    const gone: Promise<unknown>[] = [];
    const behave: RequestListener = (request, response) => {
      gone.push(once(request.socket, 'close'));
      response.write('far too long');
    };
    expect((await ask(behave)).reply.kind).toBe('too-large');
    const stop = new AbortController();
    const stopped = ask(
      (request) => {
        gone.push(once(request.socket, 'close'));
        stop.abort();
      },
      { signal: stop.signal },
    );
    expect((await stopped).reply.kind).toBe('aborted');
    await Promise.all(gone);
    expect(gone).toHaveLength(2);
  });
});

describe('a run', () => {
  let machines: Machines;
  async function start() {
    machines = await startMachines(({ machine: id }) => answer(id));
    onTestFinished(() => machines.close());
    return settings(machines.url);
  }

  it('leaves neither a timer nor a connection behind', async () => {
    const config = await start();
    const timers = countTimers();
    const letGo = vi.spyOn(Agent.prototype, 'destroy');
    const { report } = await run({ target: fixed(config, 'd1', 'd2'), settings: config });
    expect([report.outcome, timers(), letGo.mock.calls.length]).toEqual(['done', 0, 1]);
    letGo.mockRestore();
    const closed = machines.arrived.map(
      ({ request: { socket } }) => socket.destroyed || once(socket, 'close'),
    );
    await Promise.all(closed);
  });

  it('leaves no listener at the signal that could have ended it', async () => {
    const config = await start();
    const { signal } = new AbortController();
    await run({ target: fixed(config, 'd1'), settings: config }, { signal });
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  const unfound = (config: ReturnType<typeof settings>) => ({
    ...fixed(config),
    name: 'kamal',
    list: () => Promise.reject(new Failure('fleet-unreachable', 'not found', { hint: 'h' })),
  });
  const way = (config: ReturnType<typeof settings>, target = unfound(config)) => ({
    target,
    credentials: null,
    publish: () => Promise.resolve({ kind: 'published', index: INDEX } as const),
    stored: () => Promise.resolve({ index: INDEX, from: 'store' } as const),
  });

  it('has failed where the machines of one target could not be found, though all others are right', async () => {
    const config = await start();
    const { report } = await run({ target: fixed(config, 'd1'), settings: config, others: [way(config)] });
    expect(report.machines.map(({ outcome }) => outcome)).toEqual(['updated']);
    expect(report).toMatchObject({
      outcome: 'failed',
      error: { code: 'fleet-unreachable', message: 'no machine of kamal was asked: not found' },
    });
  });

  it('has failed where nothing is left to be asked, since some could not be found', async () => {
    const config = await start();
    const target = fixed(config, machine('d1', 'suspended'));
    const { report } = await run({ target, settings: config, others: [way(config)] });
    expect(report).toMatchObject({ outcome: 'failed', machines: [], error: { code: 'fleet-unreachable' } });
    const alone = await run({ target, settings: config });
    expect(alone.report.outcome).toBe('nothing-to-do');
  });
});

describe('what a machine claims', () => {
  const claim = (fields: Record<string, unknown> = {}): Claim => {
    const found = readAnswer(answer('d1', fields)).claim;
    if (!found) throw new Error('no claim');
    return found;
  };

  it('counts only in the types that it has', () => {
    const index = { ...(result('d1')['index'] as object), etag: 'x'.repeat(200) };
    expect(claim({ index }).index?.etag).toBe('x'.repeat(200));
    expect(claim({ index: { ...index, etag: 'x'.repeat(201) } }).index?.etag).toBe(null);
    for (const etag of ['', 7, null, undefined])
      expect([etag, claim({ index: { ...index, etag } }).index?.etag]).toEqual([etag, null]);
    expect([1, 'true', null, true].map((reload) => claim({ reload }).reload)).toEqual([
      false,
      false,
      false,
      true,
    ]);
    const files = [{ changed: true }, { changed: 'true' }, null, 7];
    expect([claim({ files }).changed, claim({ files }).files, claim({ files: {} }).files]).toEqual([1, 2, 0]);
    expect(claim({ index: { sha256: 'AB'.repeat(32), time: 'soon' } }).index).toEqual({
      etag: null,
      sha256: null,
      digest: null,
      time: null,
    });
    expect(readAnswer(`RESULT ${JSON.stringify({ ...result('d1'), machine: 7 })}`).claim).toBe(null);
    expect(readAnswer(`RESULT ${JSON.stringify({ ...result('d1'), outcome: null })}`).claim).toBe(null);
  });

  it('is of the same bytes only where both sides say which', () => {
    const [a, b] = [SHA256, 'cd'.repeat(32)];
    expect(sameBytes({ sha256: null }, { sha256: null })).toBe(false);
    expect(sameBytes({ sha256: null, digest: a }, { sha256: b, digest: a })).toBe(true);
    expect(sameBytes({ sha256: a }, { sha256: b })).toBe(false);
    expect(sameBytes({ sha256: a, digest: null }, { sha256: b, digest: null })).toBe(false);
  });

  const verdict = (id: string, status = 200, fields: Record<string, unknown> = {}, namesMachines = true) =>
    judge({ kind: 'answered', status, headers: {}, body: answer(id, fields) }, machine('d1'), {
      query: '',
      namesMachines,
      settle: settleUpdate(INDEX, namesMachines),
    }).verdict.kind;

  it('is of the very machine that was asked, no part of its name will do', () => {
    expect(['d1', 'd', 'd11', '', 'D1'].map((id) => verdict(id))).toEqual([
      'done',
      'retry',
      'retry',
      'retry',
      'retry',
    ]);
    expect(verdict('other', 200, {}, false)).toBe('done');
  });

  it('is no success with any other status, an error, or the ETag of another index', () => {
    expect([200, 201, 299, 300, 404, 408, 429, 500].map((status) => verdict('d1', status))).toEqual([
      'done',
      'done',
      'done',
      'failed',
      'failed',
      'retry',
      'retry',
      'retry',
    ]);
    expect(verdict('d1', 200, { error: { code: 'disk', message: 'm', hint: 'h' } })).toBe('failed');
    expect(verdict('d1', 200, { index: { etag: '"other"', sha256: SHA256 } })).toBe('retry');
    expect(verdict('d1', 200, { index: { etag: null, sha256: SHA256 } })).toBe('retry');
    expect(verdict('d1', 200, { index: { etag: ETAG.slice(1, -1) } })).toBe('done');
  });

  it('of a newer index ends it, from the next second on', () => {
    const at = (ms: number) => {
      const time = new Date(Date.parse(TIME) + ms).toISOString();
      return verdict('d1', 200, { index: { etag: '"other"', time } });
    };
    expect([at(0), at(999), at(1000)]).toEqual(['retry', 'retry', 'failed']);
  });

  it('of what was pushed counts by its bytes alone, and once', () => {
    const settle = (fields: Record<string, unknown>, isDryRun = false) =>
      settlePush(INDEX, isDryRun)(claim(fields)).kind;
    expect([
      settle({}),
      settle({ index: { etag: ETAG, sha256: 'cd'.repeat(32) } }),
      settle({ index: null }),
    ]).toEqual(['done', 'failed', 'failed']);
    expect([settle({ outcome: 'dry-run' }), settle({ outcome: 'dry-run' }, true), settle({}, true)]).toEqual([
      'failed',
      'done',
      'failed',
    ]);
  });

  it('of its state is the same only where all has settled down', () => {
    const told = (fields: Record<string, unknown> = {}) => {
      const found = readAnswer(state('d1', { files: [], ...fields })).claim;
      const settled = found && settleState('verify', INDEX)(found);
      return settled?.kind === 'done' ? settled.outcome.outcome : settled?.kind;
    };
    expect([told(), told({ pendingReload: true }), told({ files: [{ changed: true }] })]).toEqual([
      'same',
      'differs',
      'differs',
    ]);
    expect(told({ fallback: { code: 'disk', message: 'm', hint: 'h' } })).toBe('differs');
    expect(told({ outcome: 'updated' })).toBe('failed');
  });
});
