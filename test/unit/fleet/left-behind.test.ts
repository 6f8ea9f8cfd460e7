import { getEventListeners, once } from 'node:events';
import { Agent, createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Failure } from '../../../src/failure.ts';
import { type Ask, exchange } from '../../../src/fleet/exchange.ts';
import { fixed, INDEX, machine, run, settings } from '../../support/fleet/fleet.ts';
import { answer, type Machines, startMachines } from '../../support/fleet/machines.ts';

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
