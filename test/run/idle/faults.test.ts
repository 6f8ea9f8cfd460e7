import { rmSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RunProcess } from '../../support/machine/run-process.ts';
import { never, type SeenRequest, s3Error } from '../../support/store/fault-proxy.ts';
import { makeGate } from '../../support/suite/gate.ts';
import { eventIndex, Region, SCRIPTS } from '../../support/sync/events.ts';
import { EventStore } from '../../support/sync/store.ts';
import { FakeClock } from '../../support/system/fake-clock.ts';

const LONG_AGO = new Date('2026-01-02T03:04:05Z');

let store: EventStore;
let iad: Region;

beforeEach(async () => {
  store = await EventStore.start();
  iad = new Region('iad', store.env);
});

afterEach(async () => {
  iad.remove();
  await store.close();
});

const isUpload = ({ method, path }: SeenRequest) => method === 'PUT' && path.includes('/db/');

/** Before the store is in trouble. */
async function uploaded(event: string): Promise<void> {
  iad.write('2026-boston', event, LONG_AGO);
  expect((await iad.syncHere()).counts).toMatchObject({ uploaded: 1 });
}

describe('an upload to a store in trouble', () => {
  it('whose answer is lost is recognised afterwards', async () => {
    await uploaded('first');
    let lost = 0;
    store.proxy.plan((request) => {
      if (!isUpload(request) || lost++ > 0) return undefined;
      return { kind: 'lost-answer' };
    });
    iad.write('2026-boston', 'second');
    expect((await iad.script('idle')).exitCode).toBe(0);
    expect(await store.event('2026-boston')).toBe('second');
    expect(iad.keptAside()).toEqual([]);
  });

  it('whose process is killed while it waits for the answer is recognised afterwards, even after further changes', async () => {
    await uploaded('first');
    for (const further of [null, 'third']) {
      iad.write('2026-boston', `second, then ${further}`);
      let running: RunProcess | null = null;
      let sent = 0;
      store.proxy.plan((request) => {
        if (!isUpload(request)) return undefined;
        if (sent++ === 0) return { kind: 'lost-answer' };
        running?.signal('SIGKILL');
        return { kind: 'reset', when: 'before-request' };
      });
      running = new RunProcess(iad, { executable: SCRIPTS.idle, args: [] });
      expect((await running.answered).signal).toBe('SIGKILL');
      expect(await store.event('2026-boston')).toBe(`second, then ${further}`);
      if (further) iad.write('2026-boston', further);
      store.proxy.plan(never);
      expect((await iad.script('idle')).exitCode).toBe(0);
      expect(await store.event('2026-boston')).toBe(further ?? 'second, then null');
      expect(iad.keptAside()).toEqual([]);
      const inventory = await store.inventory('iad');
      expect(inventory?.['2026-boston.sqlite3']).toMatchObject({ etag: await store.etag('2026-boston') });
    }
  });

  it('succeeds while the store sheds load', async () => {
    const shed = [s3Error(503, 'SlowDown'), s3Error(408, 'RequestCanceled')];
    store.proxy.plan(({ number }) => (number % 2 === 1 ? shed[number % 4 === 1 ? 0 : 1] : undefined));
    iad.write('2026-boston', 'first', LONG_AGO);
    expect((await iad.script('idle')).exitCode).toBe(0);
    expect(await store.event('2026-boston')).toBe('first');
    expect(await store.inventory('iad')).toHaveProperty(['2026-boston.sqlite3']);
  });

  it('that sheds one upload at every attempt gets it once more', async () => {
    let shed = 0;
    store.proxy.plan((request) => (isUpload(request) && shed++ < 4 ? s3Error(503, 'SlowDown') : undefined));
    iad.write('2026-boston', 'first', LONG_AGO);
    expect((await iad.script('idle')).exitCode).toBe(0);
    expect(await store.event('2026-boston')).toBe('first');
  });

  it('that is down fails with a message, and the next run makes up for it', async () => {
    store.proxy.plan(() => s3Error(403, 'AccessDenied'));
    iad.write('2026-boston', 'first');
    const { exitCode, stdout } = await iad.script('idle');
    expect(exitCode).toBe(1);
    expect(stdout).toContain('Failed (store-refused): 2026-boston: ');
    store.proxy.plan(never);
    expect((await iad.runHere()).exitCode).toBe(0);
    expect(await store.event('2026-boston')).toBe('first');
  });

  it('whose inventory cannot be written is entered there by the next run, which uploads nothing', async () => {
    store.proxy.plan(({ path }) => (path.includes('inventory/') ? s3Error(403, 'AccessDenied') : undefined));
    iad.write('2026-boston', 'first', LONG_AGO);
    const { exitCode, stdout } = await iad.script('idle');
    expect(exitCode).toBe(1);
    expect(stdout).toContain('Failed (store-refused): inventory iad: ');
    store.proxy.plan(never);
    expect((await iad.script('idle')).exitCode).toBe(0);
    expect(store.requests()).toEqual(['GET inventory/iad.json', 'PUT inventory/iad.json']);
  });

  it('that fails time and again is given up, and what is left is named', async () => {
    iad.remove();
    const keys = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'];
    iad = new Region('iad', store.env, eventIndex({ iad: keys }));
    for (const key of keys) iad.write(`2026-${key}`, key);
    store.proxy.plan((request) => (isUpload(request) ? s3Error(403, 'AccessDenied') : undefined));
    const { exitCode, stdout } = await iad.script('idle');
    expect(exitCode).toBe(1);
    expect(stdout).toContain(
      'Failed (store-unreachable): the store failed several times in a row, so it was not asked any more; ',
    );
    const left = Number(/ (\d+) not uploaded/.exec(stdout)?.[1]);
    expect(left).toBeGreaterThan(2);
    expect(stdout).toContain(`${keys.length - left} failed, ${left} left`);
  });

  it('that refuses as many, but accepts others between them, is not given up', async () => {
    iad.remove();
    const keys = [...'abcdefghijklmnopqr'];
    iad = new Region('iad', store.env, eventIndex({ iad: keys }));
    for (const [at, key] of keys.entries()) {
      iad.write(`2026-${key}`, key, new Date(LONG_AGO.getTime() - at * 1000));
    }
    // Four at a time: when j and k are both under way beside h and i, a and b are over; and when l is, j or k is.
    const [k, l] = [makeGate(), makeGate()];
    store.proxy.plan(async (request) => {
      const [, key = ''] = /db\/2026-(\w)\.sqlite3/.exec(request.path) ?? [];
      if (!isUpload(request)) return undefined;
      if (key === 'k') k.open();
      if (key === 'l') l.open();
      if (key === 'j') await k.opened;
      if (key === 'h' || key === 'i') await l.opened;
      return key && 'abhi'.includes(key) ? s3Error(403, 'AccessDenied') : undefined;
    });
    const { exitCode, stdout } = await iad.script('idle');
    expect(exitCode).toBe(1);
    expect(stdout).toContain('14 uploaded');
    expect(stdout).toContain('4 failed');
    expect(stdout).not.toContain('not asked any more');
  });

  it('that cannot even be listed leaves what was changed, and does not call it unchanged', async () => {
    iad.remove();
    const keys = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'];
    iad = new Region('iad', store.env, eventIndex({ iad: keys }));
    for (const key of keys) iad.write(`2026-${key}`, key);
    store.proxy.plan(() => s3Error(403, 'AccessDenied'));
    const { exitCode, stdout } = await iad.script('idle');
    expect(exitCode).toBe(1);
    expect(stdout).toContain('Note: not uploaded: 2026-a, 2026-b');
    expect(stdout).toMatch(/Summary: failed, (\d+ missing, )?9 left, /);
  });

  it('that is over before the deadline names what is left, the one last written first in the store', async () => {
    iad.remove();
    const keys = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    iad = new Region('iad', store.env, eventIndex({ iad: keys }));
    for (const [at, key] of keys.entries()) {
      iad.write(`2026-${key}`, key, new Date(LONG_AGO.getTime() + at * 1000));
    }
    const clock = new FakeClock(iad, { monotonic: true });
    let uploads = 0;
    let began = 0;
    store.proxy.plan((request) => {
      if (!isUpload(request)) return undefined;
      uploads += 1;
      if (uploads === 1) began = performance.now();
      // The last 20 seconds are kept back for the inventory.
      if (uploads === 8) clock.letPass(220 - (performance.now() - began) / 1000, idle);
      return uploads > 4 ? { kind: 'hang', after: 'request' } : undefined;
    });
    const idle = new RunProcess(iad, { executable: SCRIPTS.idle, args: [], env: clock.env });
    const { exitCode, stdout } = await idle.answered;
    expect(exitCode).toBe(1);
    expect(stdout).toContain(
      'the limit of 240 s was reached; 4 not uploaded: 2026-a, 2026-b, 2026-c, 2026-d',
    );
    expect(stdout).toContain('4 uploaded');
    expect(Object.keys((await store.inventory('iad')) ?? {}).sort()).toEqual(
      ['e', 'f', 'g', 'h'].map((key) => `2026-${key}.sqlite3`),
    );
    store.proxy.plan(never);
    expect((await iad.runHere()).exitCode).toBe(0);
    expect(await store.event('2026-a')).toBe('a');
  });

  it('that ends by the deadline even if the store never answers', async () => {
    const clock = new FakeClock(iad, { monotonic: true });
    store.proxy.plan(() => {
      clock.letPass(240, idle);
      return { kind: 'hang', after: 'request' };
    });
    iad.write('2026-boston', 'first');
    const idle = new RunProcess(iad, { executable: SCRIPTS.idle, args: [], env: clock.env });
    const { exitCode, stdout } = await idle.answered;
    expect(exitCode).toBe(1);
    expect(stdout).toContain('1 not uploaded: 2026-boston');
  });
});

describe('the memory of uploads', () => {
  it('is made again if it is damaged, and nothing is uploaded twice', async () => {
    await uploaded('first');
    writeFileSync(
      `${iad.dbDir}/.update_config/uploads.db`,
      'damaged, and not a database any more'.repeat(300),
    );
    store.proxy.plan(never);
    expect((await iad.script('idle')).exitCode).toBe(0);
    expect(store.requests()).toEqual([]);
  });
});

it('an upload says what to do about a file in the place of the directory for copies', async () => {
  await uploaded('first');
  iad.write('2026-boston', 'second');
  rmSync(`${iad.dbDir}/.update_config/copies`, { recursive: true });
  writeFileSync(`${iad.dbDir}/.update_config/copies`, '');
  const { exitCode, stdout } = await iad.script('idle');
  expect(exitCode).toBe(1);
  expect(stdout).toContain('Failed (disk): 2026-boston: ');
  expect(stdout).toContain('Move aside the file or directory that is in the way');
});
