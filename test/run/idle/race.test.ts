import { readFileSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openImage } from '../../../src/database/image.ts';
import { RunProcess } from '../../support/machine/run-process.ts';
import { never } from '../../support/store/fault-proxy.ts';
import { makeGate } from '../../support/suite/gate.ts';
import { eventIndex, eventOf, Region, SCRIPTS } from '../../support/sync/events.ts';
import { EventStore } from '../../support/sync/store.ts';

let store: EventStore;
const machines: Region[] = [];

beforeEach(async () => {
  store = await EventStore.start();
});

afterEach(async () => {
  for (const machine of machines.splice(0)) machine.remove();
  await store.close();
});

/** Two machines whose database is the version that the store has. */
async function twins(codes: readonly [string, string] = ['iad', 'iad']): Promise<[Region, Region]> {
  const first = new Region('iad', store.env);
  machines.push(first);
  first.write('2026-boston', 'common', new Date('2026-01-02T03:04:05Z'));
  expect((await first.syncHere()).counts).toMatchObject({ uploaded: 1 });
  const second = first.twin(codes[1], codes[1] === 'iad' ? undefined : eventIndex({ boston: codes[1] }));
  machines.push(second);
  store.proxy.plan(never);
  return [first, second];
}

/** Holds uploads back until that many have come. */
function meetAtUpload(count: number): void {
  const gate = makeGate();
  let come = 0;
  store.proxy.plan(async ({ method, path }) => {
    if (method !== 'PUT' || !path.includes('/db/')) return undefined;
    come += 1;
    if (come >= count) gate.open();
    await gate.opened;
    return undefined;
  });
}

const kept = (machine: Region): (string | null)[] =>
  machine.keptAside().map((name) => eventOf(openImage(readFileSync(join(machine.dbDir, name)))));

describe('two machines that upload the same database', () => {
  for (const [title, codes] of [
    ['of one region', ['iad', 'iad']],
    ['of two regions, one of which does not know yet that the event has moved', ['iad', 'syd']],
  ] as const) {
    it(`(${title}) have one winner; the other gets a message and keeps its copy`, async () => {
      const [a, b] = await twins(codes);
      a.write('2026-boston', 'from a');
      b.write('2026-boston', 'from b');
      meetAtUpload(2);
      const answers = await Promise.all([a.script('idle'), b.script('idle')]);
      expect(answers.map(({ exitCode }) => exitCode).sort()).toEqual([0, 1]);
      const [winner, loser] = answers[0].exitCode === 0 ? ([a, b] as const) : ([b, a] as const);
      expect(await store.event('2026-boston')).toBe(winner.event('2026-boston'));
      expect(loser.event('2026-boston')).toBe(loser === a ? 'from a' : 'from b');
      expect(kept(winner)).toEqual([]);
      expect(kept(loser)).toEqual([loser.event('2026-boston')]);
      const { stdout } = answers[loser === a ? 0 : 1];
      expect(stdout).toContain('Failed (changed-elsewhere): 2026-boston: ');
      expect(stdout).toContain(loser.keptAside()[0]);
      expect(stdout).toContain('1 changed elsewhere');
    });
  }

  it('get that message until an administrator decides; each content is kept once', async () => {
    const [a, b] = await twins();
    b.write('2026-boston', 'from b');
    expect((await b.syncHere()).counts).toMatchObject({ uploaded: 1 });
    for (const event of ['first', 'first', 'second']) {
      a.write('2026-boston', event);
      const { exitCode } = event === 'second' ? await a.runHere() : await a.script('idle');
      expect(exitCode).toBe(1);
    }
    expect(kept(a).sort()).toEqual(['first', 'second']);
    expect(await store.event('2026-boston')).toBe('from b');
  });

  it('that is new to the store create it only once', async () => {
    const [a, b] = [new Region('iad', store.env), new Region('iad', store.env)];
    machines.push(a, b);
    a.write('2026-boston', 'from a');
    b.write('2026-boston', 'from b');
    meetAtUpload(2);
    const answers = await Promise.all([a.script('idle'), b.script('idle')]);
    expect(answers.map(({ exitCode }) => exitCode).sort()).toEqual([0, 1]);
    const winner = answers[0].exitCode === 0 ? 'from a' : 'from b';
    expect(await store.event('2026-boston')).toBe(winner);
  });

  for (const [title, seconds] of [
    ['in the same second', 0],
    ['later', 60],
  ] as const) {
    it(`one after the other, written to ${title}, without a common version, give the second one a message`, async () => {
      const old = new Date('2026-01-02T03:04:05Z');
      const [a, b] = [new Region('iad', store.env), new Region('iad', store.env)];
      machines.push(a, b);
      a.write('2026-boston', 'common', old);
      await store.put(
        'db/2026-boston.sqlite3',
        readFileSync(a.tenant('2026-boston')),
        '2026-01-02 03:04:05 UTC',
      );
      a.write('2026-boston', 'from a', new Date(old.getTime() + 60_000));
      b.write('2026-boston', 'from b', new Date(old.getTime() + 60_000 + seconds * 1000));
      expect((await a.runHere()).exitCode).toBe(0);
      const { exitCode, stdout } = await b.script('idle');
      expect([exitCode, await store.event('2026-boston'), kept(b)]).toEqual([1, 'from a', ['from b']]);
      expect(stdout).toContain('Failed (changed-elsewhere): 2026-boston: ');
    });
  }
});

describe('a machine that slept', () => {
  it('leaves a newer version in the store as it is when it has changed nothing', async () => {
    const [a, b] = await twins();
    b.write('2026-boston', 'newer');
    expect((await b.syncHere()).counts).toMatchObject({ uploaded: 1 });
    const { exitCode } = await a.script('idle');
    expect(exitCode).toBe(0);
    expect(await store.event('2026-boston')).toBe('newer');
  });

  it('does not replace a newer version in the store even if its own was written to later', async () => {
    const [a, b] = await twins();
    b.write('2026-boston', 'newer');
    expect((await b.syncHere()).counts).toMatchObject({ uploaded: 1 });
    a.write('2026-boston', 'woken up', new Date(Date.now() + 3600_000));
    expect((await a.script('idle')).exitCode).toBe(1);
    expect(await store.event('2026-boston')).toBe('newer');
    expect(kept(a)).toEqual(['woken up']);
  });

  it('in the middle of an upload finds, when it wakes, that another one was faster', async () => {
    const [a, b] = await twins();
    a.write('2026-boston', 'fell asleep');
    b.write('2026-boston', 'newer');
    let asleep: RunProcess | null = null;
    let uploads = 0;
    store.proxy.plan(async ({ method, path }) => {
      uploads += method === 'PUT' && path.includes('/db/') ? 1 : 0;
      if (uploads !== 1 || method !== 'PUT') return undefined;
      asleep?.signal('SIGSTOP');
      expect((await b.syncHere()).counts).toMatchObject({ uploaded: 1 });
      asleep?.signal('SIGCONT');
      return undefined;
    });
    asleep = new RunProcess(a, { executable: SCRIPTS.idle, args: [] });
    expect((await asleep.answered).exitCode).toBe(1);
    expect(await store.event('2026-boston')).toBe('newer');
    expect(a.event('2026-boston')).toBe('fell asleep');
    expect(kept(a)).toEqual(['fell asleep']);
  });

  it('that never saw the store decides by the times: it replaces an older version there, not a newer one', async () => {
    const machine = new Region('iad', store.env);
    machines.push(machine);
    machine.write('2026-boston', 'there');
    await store.put(
      'db/2026-boston.sqlite3',
      readFileSync(machine.tenant('2026-boston')),
      '2026-01-02 03:04:05.678 UTC',
    );
    machine.write('2026-boston', 'here');
    const at = (time: string) => utimesSync(machine.tenant('2026-boston'), new Date(time), new Date(time));
    at('2026-01-02T03:04:04Z');
    const older = await machine.script('idle');
    expect(older.exitCode).toBe(0);
    expect(older.stdout).toContain(
      "2026-boston: left-alone, the store's is newer, of 2026-01-02T03:04:05.678Z",
    );
    expect(await store.event('2026-boston')).toBe('there');
    at('2026-01-02T03:04:06Z');
    expect((await machine.script('idle')).exitCode).toBe(0);
    expect(await store.event('2026-boston')).toBe('here');
  });

  it('accepts a version of the same time in the store as its own', async () => {
    const machine = new Region('iad', store.env);
    machines.push(machine);
    machine.write('2026-boston', 'there');
    await store.put(
      'db/2026-boston.sqlite3',
      readFileSync(machine.tenant('2026-boston')),
      '2026-01-02 03:04:05.678 UTC',
    );
    machine.write('2026-boston', 'here', new Date('2026-01-02T03:04:05.123Z'));
    expect((await machine.script('idle')).exitCode).toBe(0);
    expect(await store.event('2026-boston')).toBe('there');
    machine.write('2026-boston', 'later');
    expect((await machine.runHere()).exitCode).toBe(0);
    expect(await store.event('2026-boston')).toBe('later');
  });
});
