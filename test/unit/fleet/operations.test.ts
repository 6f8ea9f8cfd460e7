import { afterEach, describe, expect, it } from 'vitest';
import { Failure } from '../../../src/failure.ts';
import { createTarget } from '../../../src/fleet/targets/all-targets.ts';
import { fixed, INDEX, machine, run, settings } from '../../support/fleet/fleet.ts';
import { answer, ETAG, type Machines, result, SHA256, startMachines } from '../../support/fleet/machines.ts';
import { ANN, OTHER, over, state } from '../../support/fleet/over.ts';

let machines: Machines | undefined;
afterEach(async () => {
  await machines?.close();
  machines = undefined;
});

describe('an update of the fleet', () => {
  it('has nothing to do if all machines sleep', async () => {
    machines = await startMachines(() => undefined);
    const config = settings(machines.url);
    const target = fixed(config, machine('d1', 'stopped'));
    const { report } = await run({ target, settings: config });
    expect(report).toMatchObject({ outcome: 'nothing-to-do', machines: [], skipped: [{ id: 'd1' }] });
  });

  it('asks no machine when the index was changed elsewhere', async () => {
    const publish = { kind: 'changed-elsewhere', theirs: INDEX, differences: ['users: 1 more'] } as const;
    const { report, events, arrived } = await over(() => undefined, 'update', {
      publish: () => Promise.resolve(publish),
    });
    expect(report).toMatchObject({ outcome: 'changed-elsewhere', publish, machines: [] });
    expect(events.map(({ type }) => type)).toEqual(['run-began', 'step', 'item', 'step-done', 'run-ended']);
    expect(events.find(({ type }) => type === 'step-done')).toMatchObject({ number: 1, of: 1 });
    expect(arrived).toEqual([]);
  });

  it('asks every machine even if nothing was published, and so completes an earlier run', async () => {
    const publish = () => Promise.resolve({ kind: 'unchanged', index: INDEX } as const);
    const { report, urls } = await over(({ machine }) => answer(machine), 'update', { publish });
    expect(report.outcome).toBe('done');
    expect(urls.length).toBe(3);
  });

  it.each(['publish', 'list'] as const)('fails if its %s fails', async (step) => {
    const failure = new Failure('store-unreachable', 'the store is down', { hint: 'Try again.' });
    machines = await startMachines(() => undefined);
    const config = settings(machines.url);
    const target = fixed(config, 'd1');
    const context =
      step === 'publish'
        ? { target, publish: () => Promise.reject(failure) }
        : { target: { ...target, list: () => Promise.reject(failure) } };
    const { report } = await run({ settings: config, ...context });
    const { code, message, hint } = failure;
    expect(report).toMatchObject({ outcome: 'failed', machines: [], error: { code, message, hint } });
  });

  it('logs an unexpected error, and still reports', async () => {
    const seen: unknown[] = [];
    const publish = () => Promise.reject(new TypeError('oops'));
    const { report } = await over(() => undefined, 'update', {
      publish,
      unexpected: (error) => seen.push(error),
    });
    expect(report).toMatchObject({
      outcome: 'failed',
      error: { code: 'internal', message: 'unexpected: oops' },
    });
    expect(seen.length).toBe(1);
  });

  it('sends credentials to every machine, and never shows them', async () => {
    const { events, arrived } = await over(({ machine }) => answer(machine), 'update', { credentials: ANN });
    expect(new Set(arrived.map(({ request }) => request.headers.authorization))).toEqual(
      new Set(['Basic YW5uOnNlY3JldA==']),
    );
    expect(JSON.stringify(events)).not.toMatch(/secret|YW5uO/);
  });

  it('passes on the log of every answer, without its RESULT', async () => {
    const { events } = await over(({ machine }) => answer(machine), 'update', {}, { ids: ['d1'] });
    expect(events.filter(({ type }) => type === 'log')).toEqual([
      {
        ...{ type: 'log', step: 'update', kind: 'machine', name: 'd1' },
        lines: ['[2026-01-02T03:04:06.000Z] Run 1 (cgi)'],
      },
    ]);
  });
});

describe('an update of one server', () => {
  async function ofServer(text: string) {
    machines = await startMachines(() => text);
    const config = settings(machines.url, { attempts: 1 });
    const { report } = await run({ target: createTarget('kamal', config), settings: config });
    return report.machines[0]?.outcome;
  }

  it('counts whatever the server calls itself, and does not name it in a header', async () => {
    expect(await ofServer(answer('showcase-web-1'))).toBe('updated');
    expect(machines?.arrived[0]?.machine).toBe('');
  });

  it('counts for a copy of its own if the bytes are the published ones', async () => {
    const local = { etag: null, source: 'local', size: 1, time: INDEX.time };
    expect(await ofServer(answer('web', { index: { ...local, sha256: SHA256 } }))).toBe('updated');
    await machines?.close();
    expect(await ofServer(answer('web', { index: { ...local, sha256: 'cd'.repeat(32) } }))).toBe('failed');
  });
});

describe('a verification of the fleet', () => {
  it('publishes nothing, asks every machine for its state, and compares it with the store', async () => {
    const publish = () => Promise.reject(new Error('published'));
    const { report, urls, events } = await over(({ machine }) => state(machine), 'verify', { publish });
    expect(report).toMatchObject({ outcome: 'done', publish: null, index: INDEX });
    expect(report.machines.map(({ outcome, etag }) => ({ outcome, etag }))).toEqual(
      Array.from({ length: 3 }, () => ({ outcome: 'same', etag: ETAG })),
    );
    expect(new Set(urls)).toEqual(new Set(['/showcase/update_config?state=1']));
    expect(events[2]).toMatchObject({ kind: 'file', standard: { index: INDEX, from: 'store' } });
  });

  it.each([
    ['another index', { index: OTHER }],
    ['a local index', { index: { ...OTHER, etag: null } }],
    ['no index', { index: null }],
    ['an update that was cut short', { pendingReload: true }],
    ['files of another index', { files: [{ kind: 'map', path: '/map.yml', changed: true, size: 1 }] }],
  ])('fails when a machine has %s', async (_, fields) => {
    const { report, outcomes } = await over(
      ({ machine }) => state(machine, machine === 'd2' ? fields : {}),
      'verify',
    );
    expect(report.outcome).toBe('failed');
    expect(outcomes).toEqual(['same', 'differs', 'same']);
  });

  it('accepts a copy with the bytes of the published index', async () => {
    const copy = { ...(result('d1')['index'] as object), etag: null };
    expect((await over(({ machine }) => state(machine, { index: copy }), 'verify')).report.outcome).toBe(
      'done',
    );
  });

  it('fails if a machine does not give its state, or is an older one that would have updated', async () => {
    const { report, outcomes } = await over(({ machine }, response) => {
      if (machine === 'd2') response.statusCode = 503;
      return machine === 'd3' ? answer('d3') : state(machine);
    }, 'verify');
    expect(report.outcome).toBe('failed');
    expect(outcomes).toEqual(['same', 'failed', 'failed']);
  });

  it('without an index in the store compares the machines with each other', async () => {
    const stored = () => Promise.resolve({ index: null, from: 'store' } as const);
    const same = await over(({ machine }) => state(machine, { index: OTHER }), 'verify', { stored });
    expect(same).toMatchObject({
      report: { outcome: 'done', index: null },
      outcomes: ['same', 'same', 'same'],
    });
    expect(same.notes).toEqual([
      'without an index to compare with, the machines are compared with each other',
    ]);
    const none = await over(({ machine }) => state(machine, { index: null }), 'verify', { stored });
    expect(none.outcomes).toEqual(['differs', 'differs', 'differs']);
    const mixed = await over(
      ({ machine }) => state(machine, machine === 'd2' ? { index: OTHER } : {}),
      'verify',
      { stored },
    );
    expect(mixed.report.outcome).toBe('failed');
  });
});

describe('a verification of several versions', () => {
  const noted = async (versions: Readonly<Record<string, string | undefined>>) => {
    const { notes, outcomes } = await over(
      ({ machine: id }) => state(id, { version: versions[id] }),
      'verify',
    );
    expect(outcomes).toEqual(['same', 'same', 'same']);
    return notes;
  };

  it('names the machines that run another one than most', async () => {
    expect(await noted({ d1: '0.1.0+aa', d2: '0.1.0+bb', d3: '0.1.0+aa' })).toEqual([
      'not all machines run the same version: d2: 0.1.0+bb; the others: 0.1.0+aa',
    ]);
  });

  it('names those that tell none, or no version at all', async () => {
    expect(await noted({ d1: '0.1.0+aa', d2: '\u001b[31m', d3: '0.1.0+aa' })).toEqual([
      'not all machines run the same version: d2: a version that does not tell its name; the others: 0.1.0+aa',
    ]);
  });

  it('says nothing where all run the same', async () => {
    expect(await noted({ d1: '0.1.0+aa', d2: '0.1.0+aa', d3: '0.1.0+aa' })).toEqual([]);
    expect(await noted({})).toEqual([]);
  });
});
