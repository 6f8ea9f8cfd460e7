import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { EventBody } from '../../../src/report/events.ts';
import { fixed, INDEX, isDone, run, settings } from '../../support/fleet/fleet.ts';
import { answer, type Machines, startMachines } from '../../support/fleet/machines.ts';

let machines: Machines;
afterEach(() => machines.close());

const names = (count: number) => Array.from({ length: count }, (_, number) => `d${number}`);

describe('the machines of a run', () => {
  it('are asked all at once, but no more of them than the setting allows', async () => {
    const waiting: (() => void)[] = [];
    machines = await startMachines(({ machine }, response) => {
      waiting.push(() => void response.end(answer(machine)));
      // Only when as many wait as may be asked at once does one get its answer.
      if (waiting.length === 5 || machines.arrived.length > 15)
        for (const release of waiting.splice(0)) release();
      return undefined;
    });
    const config = settings(machines.url, { concurrency: 5 });
    const { report } = await run({ target: fixed(config, ...names(20)), settings: config });
    expect(report.outcome).toBe('done');
    expect(machines.most()).toBe(5);
  });

  it('that wait for another attempt do not count against the limit', async () => {
    machines = await startMachines(({ machine, attempt }, response) => {
      if (machine !== 'd0' || attempt > 1) return answer(machine);
      response.writeHead(503, { 'Retry-After': '3600' });
      return '';
    });
    const config = settings(machines.url, { concurrency: 1, deadlineMs: 24 * 3600_000 });
    const stop = new AbortController();
    let done = 0;
    const on = (event: EventBody): void => {
      done += isDone(event) ? 1 : 0;
      if (done === 3) stop.abort();
    };
    const { report } = await run(
      { target: fixed(config, ...names(4)), settings: config },
      { on, signal: stop.signal },
    );
    expect(report.machines.map(({ outcome }) => outcome)).toEqual([
      'failed',
      'updated',
      'updated',
      'updated',
    ]);
  });
});

describe('a pause between two attempts', () => {
  const busy = (retryAfter?: string) =>
    startMachines((_, response) => {
      response.writeHead(503, retryAfter === undefined ? {} : { 'Retry-After': retryAfter });
      return '';
    });

  /** Milliseconds of the pauses of a machine that stays busy; the run ends with the first pause that is long. */
  async function pauses(): Promise<number[]> {
    const config = settings(machines.url, { attempts: 5, firstPauseMs: 8, longestPauseMs: 16 });
    const stop = new AbortController();
    const waits: number[] = [];
    const on = (event: EventBody): void => {
      if (event.type !== 'item' || event.phase !== 'pausing') return;
      waits.push(event.waitMs);
      if (event.waitMs > 1000) stop.abort();
    };
    await run({ target: fixed(config, 'd1'), settings: config }, { on, signal: stop.signal });
    return waits;
  }

  it('is random, between half and the whole of a time that doubles up to a limit', async () => {
    machines = await busy();
    const waits = await pauses();
    expect(waits.length).toBe(4);
    for (const [number, ms] of waits.entries()) {
      const bound = [8, 16, 16, 16][number] ?? 0;
      expect(ms).toBeLessThanOrEqual(bound);
      expect(ms).toBeGreaterThanOrEqual(bound / 2);
    }
  });

  it('is as long as the machine asks for', async () => {
    machines = await busy('7');
    expect((await pauses())[0]).toBe(7000);
  });

  it('lasts to the date that the machine asks for', async () => {
    const began = Date.now();
    const date = new Date(began + 200_000).toUTCString();
    machines = await busy(date);
    const [ms = 0] = await pauses();
    expect(ms).toBeLessThanOrEqual(Date.parse(date) - began);
    expect(ms).toBeGreaterThanOrEqual(Date.parse(date) - Date.now());
  });

  it('is the usual one if the machine asks for nonsense', async () => {
    machines = await busy('soon');
    expect((await pauses())[0]).toBeLessThanOrEqual(8);
  });

  it('is not begun if it would last beyond the time of the run', async () => {
    machines = await busy('3600');
    const config = settings(machines.url);
    const { report } = await run({ target: fixed(config, 'd1'), settings: config });
    expect(report.machines[0]).toMatchObject({ outcome: 'failed', attempts: 1 });
    expect(report.machines[0]?.error?.message).toBe(
      'status 503; it asks for a pause of 3600 s, and no time is left for another attempt',
    );
  });
});

describe('a run that ends early', () => {
  it('by a signal, reports the machines that were done, and the others as cancelled', async () => {
    machines = await startMachines(({ machine }) => (machine === 'd0' ? answer(machine) : undefined));
    const config = settings(machines.url, { concurrency: 3 });
    const stop = new AbortController();
    const on = (event: EventBody): void => {
      if (isDone(event)) stop.abort();
    };
    const { report, events } = await run(
      { target: fixed(config, ...names(6)), settings: config },
      { on, signal: stop.signal },
    );
    expect(report).toMatchObject({ outcome: 'failed', error: { code: 'cancelled' } });
    expect(report.machines.map(({ outcome, error }) => error?.code ?? outcome)).toEqual([
      'updated',
      ...Array.from({ length: 5 }, () => 'cancelled'),
    ]);
    expect(report.machines.at(-1)?.attempts).toBe(0);
    expect(events.filter(isDone).length).toBe(6);
    expect(events.at(-1)?.type).toBe('run-ended');
  });

  it('is done all the same where the signal comes with the last answer', async () => {
    machines = await startMachines(({ machine }) => answer(machine));
    const config = settings(machines.url);
    const stop = new AbortController();
    const on = (event: EventBody): void => {
      if (isDone(event)) stop.abort();
    };
    const { report } = await run(
      { target: fixed(config, 'd1'), settings: config },
      { on, signal: stop.signal },
    );
    expect([report.outcome, report.error]).toEqual(['done', undefined]);
  });

  it('by the end of its time, says so for every machine that was not done', async () => {
    machines = await startMachines(({ machine }) => (machine === 'd0' ? answer(machine) : undefined));
    const config = settings(machines.url, { concurrency: 2, deadlineMs: 200 });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const on = (event: EventBody): void => {
      if (isDone(event)) vi.advanceTimersByTime(200);
    };
    const { report } = await run({ target: fixed(config, ...names(3)), settings: config }, { on });
    expect(report).toMatchObject({ outcome: 'failed', error: { code: 'machine-failed' } });
    expect(report.machines.map(({ outcome }) => outcome)).toEqual(['updated', 'failed', 'failed']);
    expect(report.machines[2]?.error?.message).toContain('the time for the whole run, 0.2 s, was up');
  });

  it.each(['publish', 'list'] as const)('by a signal during the %s, waits for nothing', async (step) => {
    machines = await startMachines(({ machine }) => answer(machine));
    const config = settings(machines.url);
    const stop = new AbortController();
    const never = (): Promise<never> => {
      stop.abort();
      return new Promise(() => {});
    };
    const target = { ...fixed(config, 'd1'), ...(step === 'list' ? { list: never } : {}) };
    const context = { target, settings: config, ...(step === 'publish' ? { publish: never } : {}) };
    const { report } = await run(context, { signal: stop.signal });
    expect(report).toMatchObject({ outcome: 'failed', machines: [], error: { code: 'cancelled' } });
    expect(machines.arrived).toEqual([]);
  });

  it('by a signal that was there before it began, does nothing', async () => {
    machines = await startMachines(({ machine }) => answer(machine));
    const config = settings(machines.url);
    const { report } = await run(
      { target: fixed(config, 'd1'), settings: config },
      { signal: AbortSignal.abort() },
    );
    expect(report).toMatchObject({ outcome: 'failed', publish: null, error: { code: 'cancelled' } });
  });
});

it('two targets that were given two indexes, since an administrator is at it, are told of', async () => {
  machines = await startMachines(({ machine }) => answer(machine));
  const config = settings(machines.url);
  const way = (name: string, digest: string) => ({
    ...{ target: fixed(config, name), settings: config, credentials: null },
    publish: async () => ({ kind: 'published' as const, index: { ...INDEX, digest } }),
    stored: async () => ({ index: INDEX, from: 'store' as const }),
  });
  const notes = async (digest: string) => {
    const { events } = await run({ ...way('d1', 'one'), others: [way('d2', digest)] });
    return events.flatMap((event) => (event.type === 'note' ? [event.message] : []));
  };
  expect(await notes('two')).toContain(
    'the index changed while it was being sent: run it again, so that all targets have the same',
  );
  expect(await notes('one')).toEqual([]);
});
