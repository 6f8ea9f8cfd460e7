import { setImmediate as turn } from 'node:timers/promises';
import pLimit from 'p-limit';
import { describe, expect, it } from 'vitest';
import { imageDigest } from '../../../src/database/image.ts';
import { tryLock } from '../../../src/database/lock.ts';
import { ensureStateDir } from '../../../src/database/state-dir.ts';
import { Failure, type FailureCode } from '../../../src/failure.ts';
import type { ObjectStore } from '../../../src/store/object-store.ts';
import { resumeInstall } from '../../../src/tenants/interrupted.ts';
import {
  eachWithSecondChance,
  isStoreDown,
  largeOneByOne,
  MOST_FAILURES,
  withBreaker,
} from '../../../src/tenants/load.ts';
import { openSeen } from '../../../src/tenants/seen.ts';
import { tenantLockPath, underTenantLock } from '../../../src/tenants/under-lock.ts';
import { versionImage } from '../../support/install/images.ts';
import { T1, T2, T3, TenantRoom } from '../../support/tenants/tenant-room.ts';

const failure = (code: FailureCode) => new Failure(code, `it is ${code}`, { hint: 'h' });

describe('a store that is given up', () => {
  const storeOf = (answers: (FailureCode | 'found')[]) => {
    let asked = 0;
    const get = async () => {
      const answer = answers[asked++] ?? 'found';
      if (answer !== 'found') throw failure(answer);
      return { kind: 'missing' };
    };
    const store = withBreaker({ get, head: get } as unknown as ObjectStore);
    const ask = async () => {
      try {
        await store.get('k', { maxBytes: 1 });
        return 'found';
      } catch (error) {
        return (error as Failure).message;
      }
    };
    return { ask, asked: () => asked };
  };

  it('has failed four times in a row, and is not asked any more', async () => {
    const { ask, asked } = storeOf(Array(9).fill('store-timeout'));
    for (let at = 0; at < MOST_FAILURES; at++) expect(await ask()).toBe('it is store-timeout');
    expect(await ask()).toBe('the store failed 4 times in a row, so it was not asked any more');
    expect(asked()).toBe(4);
  });

  it('is not one that answers in between, be it that an object is amiss', async () => {
    for (const between of ['found', 'store-corrupt'] as const) {
      const three = Array<FailureCode>(3).fill('store-refused');
      const { ask, asked } = storeOf([...three, between, ...three, 'found']);
      for (let at = 0; at < 8; at++) await ask();
      expect([between, asked()]).toEqual([between, 8]);
    }
  });

  it('says that it is down, times out or refuses', () => {
    const codes: FailureCode[] = [
      'store-unreachable',
      'store-timeout',
      'store-refused',
      'store-corrupt',
      'disk',
    ];
    expect(codes.map((code) => isStoreDown(failure(code)))).toEqual([true, true, true, false, false]);
    expect(isStoreDown(new Error('store-timeout'))).toBe(false);
  });
});

describe('each of many databases', () => {
  const run = async (answers: Record<string, (FailureCode | 'done')[]>, isOver?: () => boolean) => {
    const told: string[] = [];
    const tried: string[] = [];
    await eachWithSecondChance(Object.keys(answers), pLimit(1), {
      work: async (item) => {
        tried.push(item);
        const answer = answers[item]?.shift() ?? 'done';
        if (answer !== 'done') throw failure(answer);
      },
      failed: (item, error) => told.push(`${item}: ${(error as Failure).code}`),
      ...(isOver ? { isOver } : {}),
    });
    return { told, tried };
  };

  it('is tried once more, when the others are done, where the store shed it, and else not', async () => {
    expect(
      await run({ a: ['store-unreachable'], b: ['store-refused'], c: ['store-timeout'], d: [] }),
    ).toEqual({ told: ['b: store-refused', 'c: store-timeout'], tried: ['a', 'b', 'c', 'd', 'a'] });
  });

  it('is reported once, with the first failure unless the second one says more', async () => {
    const shed = 'store-unreachable';
    expect(await run({ a: [shed, shed, shed], b: [shed, 'tenant-invalid'] })).toEqual({
      told: [`a: ${shed}`, 'b: tenant-invalid'],
      tried: ['a', 'b', 'a', 'b'],
    });
    expect(await run({ a: [shed] }, () => true)).toEqual({ told: [`a: ${shed}`], tried: ['a'] });
  });
});

it('databases of more than 64 MiB are worked on one at a time, and others beside them', async () => {
  const bySize = largeOneByOne();
  let atWork = 0;
  let most = 0;
  const work = async () => {
    atWork += 1;
    most = Math.max(most, atWork);
    await turn();
    atWork -= 1;
  };
  await Promise.all([1, 2, 3].map(() => bySize(64 * 2 ** 20 + 1, work)));
  expect(most).toBe(1);
  await Promise.all([1, 2, 3].map(() => bySize(64 * 2 ** 20, work)));
  expect(most).toBe(3);
});

describe('an install that was cut short', () => {
  const NAME = '2026-boston';
  const [OLD, NEW] = [versionImage(1), versionImage(2)];
  const install = {
    etag: '"new"',
    time: T2,
    digest: imageDigest(NEW),
    oldDigest: imageDigest(OLD),
    oldModified: T1,
  };

  async function settled(bytes: Buffer | null, told = install) {
    const room = new TenantRoom(null);
    const tenant = { name: NAME, path: room.path(NAME), region: null };
    if (bytes) room.write(NAME, bytes, T3);
    const seen = openSeen(ensureStateDir(room.dbDir));
    seen.announce(NAME, told);
    expect(seen.interrupted(NAME)).toEqual(told);
    await resumeInstall(tenant, seen);
    const { etag, time } = seen.get(NAME) ?? { etag: null, time: null };
    expect(seen.allInterrupted()).toEqual([]);
    seen.close();
    return { etag, time, modified: bytes && room.modified(NAME) };
  }

  it('has the time of what stands there: of the new one, which is then remembered, or of the old one', async () => {
    expect(await settled(NEW)).toEqual({ etag: '"new"', time: T2, modified: T2 });
    expect(await settled(OLD)).toEqual({ etag: null, time: null, modified: T1 });
  });

  it('leaves what somebody has changed since, or put there, as it is', async () => {
    expect(await settled(versionImage(3))).toEqual({ etag: null, time: null, modified: T3 });
    expect(await settled(Buffer.from('no database at all'.repeat(100)))).toMatchObject({
      etag: null,
      modified: T3,
    });
    expect(await settled(null)).toEqual({ etag: null, time: null, modified: null });
    expect(await settled(OLD, { ...install, oldDigest: 'x' })).toMatchObject({ modified: T3 });
  });

  it('of an empty file gives that its time back', async () => {
    const empty = { ...install, oldDigest: null as unknown as string };
    expect(await settled(Buffer.alloc(0), empty)).toEqual({ etag: null, time: null, modified: T1 });
  });

  it('is settled before anything else is done with its database, whose lock is free again at the end', async () => {
    const room = new TenantRoom(null);
    const stateDir = ensureStateDir(room.dbDir);
    const tenant = { name: NAME, path: room.path(NAME), region: null };
    room.write(NAME, NEW, T3);
    const seen = openSeen(stateDir);
    seen.announce(NAME, install);
    const lock = () => tryLock(tenantLockPath(stateDir, NAME));
    const under = (work: () => Promise<unknown>) =>
      underTenantLock({ stateDir, seen, timeoutMs: 0 }, tenant, work);
    await under(async () => {
      expect([seen.allInterrupted(), room.modified(NAME), lock()]).toEqual([[], T2, null]);
      await expect(under(async () => {})).rejects.toMatchObject({ code: 'lock-timeout' });
    });
    await expect(
      under(async () => {
        throw failure('disk');
      }),
    ).rejects.toMatchObject({ code: 'disk' });
    const free = lock();
    expect(free).not.toBe(null);
    free?.release();
    seen.close();
  });
});
