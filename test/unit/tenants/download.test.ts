import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { makeLive, provenVersion, versionImage } from '../../support/install/images.ts';
import { type Fault, type Plan, s3Error } from '../../support/store/fault-proxy.ts';
import { openStoreRoom, type StoreRoom } from '../../support/tenants/store-room.ts';
import { T1, T2, TenantRoom } from '../../support/tenants/tenant-room.ts';

const NAME = '2026-boston';
const NEW = versionImage(2, { rows: 150 });
const OLD = versionImage(1);

async function rooms(): Promise<{ stored: StoreRoom; room: TenantRoom }> {
  const stored = await openStoreRoom();
  return { stored, room: new TenantRoom(stored.store) };
}

/** These faults for the first requests for the object itself, one each; everything else passes. */
function gets(...faults: (Fault | undefined)[]): Plan {
  let at = 0;
  return ({ method, path }) => {
    if (method !== 'GET' || !path.includes('/db/')) return undefined;
    at += 1;
    return faults[at - 1];
  };
}

/** As of an object that somebody else has uploaded in parts. */
const multipart: Fault = {
  kind: 'rewrite',
  headers: { etag: '"0123456789abcdef0123456789abcdef-2"', 'x-amz-meta-sha256': null },
};

describe('a download that goes wrong on its way', () => {
  it.each<[string, Fault[]]>([
    ['is shed with 503 SlowDown', [s3Error(503, 'SlowDown')]],
    ['is shed with 408 RequestCanceled', [s3Error(408, 'RequestCanceled'), s3Error(408, 'RequestCanceled')]],
    ['is reset', [{ kind: 'reset', when: 'after-head' }]],
    ['is cut short', [{ kind: 'cut', after: 10_000 }]],
    ['has a wrong byte', [{ kind: 'corrupt', at: 5000 }]],
    ['has a wrong length', [{ kind: 'length', by: -4096 }]],
  ])('and %s is asked for again', async (_title, faults) => {
    const { stored, room } = await rooms();
    await stored.upload(NAME, NEW, T2);
    stored.proxy.plan(gets(...faults));
    expect((await room.run([NAME])).counts).toMatchObject({ downloaded: 1, failed: 0 });
    expect(readFileSync(room.path(NAME))).toEqual(NEW);
    expect(stored.asked()).toHaveLength(1 + faults.length + 1);
  });

  it.each<[string, string, Fault]>([
    ['store-unreachable', 'always shed', s3Error(503, 'SlowDown')],
    ['store-corrupt', 'always cut', { kind: 'cut', after: 10_000 }],
    ['store-corrupt', 'always spoiled', { kind: 'corrupt', at: 5000 }],
    ['store-refused', 'refused', s3Error(403, 'AccessDenied')],
  ])(
    'is a failure (%s) when it is %s; nothing here is changed, and the rest goes on',
    async (code, _title, fault) => {
      const { stored, room } = await rooms();
      for (const name of ['2026-a', NAME, '2026-c']) await stored.upload(name, NEW, T2);
      room.write(NAME, OLD, T1);
      stored.proxy.plan(({ method, path }) => (method === 'GET' && path.includes(NAME) ? fault : undefined));
      const ran = await room.run(['2026-a', NAME, '2026-c']);
      expect(ran.counts).toMatchObject({ downloaded: 2, failed: 1 });
      expect(ran.failures).toMatchObject([{ step: 'tenants', name: NAME, code }]);
      expect(readFileSync(room.path(NAME))).toEqual(OLD);
      expect(room.modified(NAME)).toEqual(T1);
      expect(room.files().filter((file) => file.startsWith('.'))).toEqual([]);
      stored.proxy.plan(() => undefined);
      expect((await room.run(['2026-a', NAME, '2026-c'])).counts).toMatchObject({
        downloaded: 1,
        unchanged: 2,
      });
    },
  );

  it('and is shed at every attempt is tried once more when the others are done', async () => {
    const { stored, room } = await rooms();
    for (const name of ['2026-a', NAME, '2026-c']) await stored.upload(name, NEW, T2);
    let shed = 0;
    stored.proxy.plan(({ method, path }) =>
      method === 'GET' && path.includes(NAME) && shed++ < 4 ? s3Error(503, 'SlowDown') : undefined,
    );
    expect((await room.run(['2026-a', NAME, '2026-c'])).counts).toMatchObject({ downloaded: 3, failed: 0 });
    expect(stored.asked().at(-1)).toBe(`GET db/${NAME}.sqlite3`);
  });

  it('is fetched again if no checksum proves its bytes and SQLite finds them damaged', async () => {
    const { stored, room } = await rooms();
    const spoiled = Buffer.from(NEW);
    spoiled.fill(0xff, 8192, 9000);
    await stored.upload(NAME, spoiled, T2);
    let asked = 0;
    stored.proxy.plan(async ({ method, path }) => {
      if (method !== 'GET' || !path.includes('/db/')) return undefined;
      asked += 1;
      if (asked === 2) await stored.upload(NAME, NEW, T2);
      return multipart;
    });
    expect((await room.run([NAME])).counts).toMatchObject({ downloaded: 1, failed: 0 });
    expect(asked).toBe(2);
    expect(provenVersion(room.path(NAME))).toBe(2);
  });
});

describe('a database of the store', () => {
  const torn = Buffer.from(NEW);
  torn.fill(0xff, 8192, 9000);
  it.each<[string, Buffer]>([
    ['is no database', Buffer.alloc(9000, 'text')],
    ['is cut short', NEW.subarray(0, NEW.length - 4096)],
    ['is a database out of order', torn],
    ['is half a header', NEW.subarray(0, 50)],
  ])('is not installed when it %s, and asked for once', async (_title, bytes) => {
    const { stored, room } = await rooms();
    await stored.upload(NAME, bytes, T2);
    room.write(NAME, OLD, T1);
    const ran = await room.run([NAME]);
    expect(ran.failures).toMatchObject([{ name: NAME, code: 'tenant-invalid' }]);
    expect(ran.failures[0]?.message).toContain(NAME);
    expect(readFileSync(room.path(NAME))).toEqual(OLD);
    expect(stored.asked().filter((line) => line.startsWith('GET db/'))).toHaveLength(1);
  });

  it('counts as missing if it is empty', async () => {
    const { stored, room } = await rooms();
    await stored.upload(NAME, Buffer.alloc(0), T2);
    expect((await room.run([NAME])).counts).toMatchObject({ 'without a database': 1, failed: 0 });
  });

  it.each([true, false])(
    'is refused before it is read if it is too large; announced: %s',
    async (announced) => {
      const { stored, room } = await rooms();
      await stored.upload(NAME, NEW, T2);
      room.env['READY_MAX_DATABASE_MIB'] = '1';
      stored.proxy.plan(gets({ kind: 'huge', size: 50_000_000, announced }));
      const ran = await room.run([NAME]);
      expect(ran.failures).toMatchObject([
        { code: 'tenant-invalid', hint: expect.stringContaining('READY_MAX') },
      ]);
      expect(stored.proxy.requests.at(-1)?.sent ?? 0).toBeLessThan(10_000_000);
      expect(existsSync(room.path(NAME))).toBe(false);
    },
  );

  it.each(['wal', 'delete'] as const)(
    'replaces a local one with pages of another size: journal mode %s',
    async (mode) => {
      const { stored, room } = await rooms();
      const image = versionImage(2, { pageSize: 8192 });
      await stored.upload(NAME, image, T2);
      room.writeLive(NAME, 1, mode, T1);
      expect((await room.run([NAME])).counts).toMatchObject({ downloaded: 1 });
      expect(provenVersion(room.path(NAME))).toBe(2);
      expect(room.modified(NAME)).toEqual(T2);
      expect(room.files()).toEqual([`${NAME}.sqlite3`]);
      stored.asked();
      expect((await room.run([NAME])).counts).toMatchObject({ unchanged: 1 });
      expect(stored.asked()).toEqual(['LIST db/']);
    },
  );

  it('may have a write-ahead log, and is installed as it is', async () => {
    const { stored, room } = await rooms();
    const image = versionImage(2, { wal: true });
    await stored.upload(NAME, image, T2);
    await room.run([NAME]);
    expect(readFileSync(room.path(NAME))).toEqual(image);
    expect(provenVersion(room.path(NAME))).toBe(2);
  });

  it.each([
    ['no time', 'yesterday'],
    ['a time with a line break', '2025-11-19 12:00:00 UTC x'],
    ['an impossible time', '2025-99-99 99:99:99 UTC'],
  ])('does not replace an unknown local one if its metadata has %s', async (_title, text) => {
    const { stored, room } = await rooms();
    await stored.upload(NAME, NEW, null, { 'last-modified': text });
    room.write(NAME, OLD, T1);
    const { failures } = await room.run([NAME]);
    expect(failures).toMatchObject([{ name: NAME, code: 'tenant-invalid' }]);
    expect(readFileSync(room.path(NAME))).toEqual(OLD);
  });

  it('may have a time in the future', async () => {
    const { stored, room } = await rooms();
    const time = new Date(Math.ceil(Date.now() / 1000) * 1000 + 3_600_000);
    await stored.upload(NAME, NEW, time);
    writeFileSync(room.path(NAME), OLD);
    expect((await room.run([NAME])).counts).toMatchObject({ downloaded: 1 });
    expect(room.modified(NAME)).toEqual(time);
  });
});

describe('an older local file', () => {
  it('that is not a database is replaced', async () => {
    const { stored, room } = await rooms();
    await stored.upload(NAME, NEW, T2);
    room.write(NAME, Buffer.alloc(5000, 'garbage'), T1);
    expect((await room.run([NAME])).counts).toMatchObject({ downloaded: 1, failed: 0 });
    expect(provenVersion(room.path(NAME))).toBe(2);
    expect(room.modified(NAME)).toEqual(T2);
  });

  it('keeps its owner and mode', async () => {
    const { stored, room } = await rooms();
    await stored.upload(NAME, NEW, T2);
    room.writeLive(NAME, 1, 'delete', T1);
    const before = statSync(room.path(NAME));
    await room.run([NAME]);
    const { mode, uid, gid } = statSync(room.path(NAME));
    expect({ mode, uid, gid }).toEqual({ mode: before.mode, uid: before.uid, gid: before.gid });
  });

  it('that is locked by a write transaction is a failure, and stays unchanged', async () => {
    const { stored, room } = await rooms();
    await stored.upload(NAME, NEW, T2);
    makeLive(room.path(NAME), OLD, 'delete');
    room.write(NAME, readFileSync(room.path(NAME)), T1);
    const writer = openDatabase(room.path(NAME));
    writer.exec("BEGIN IMMEDIATE; INSERT INTO notes (text) VALUES ('unfinished')");
    const ran = await room.run([NAME]);
    expect(ran.failures).toMatchObject([{ name: NAME, code: 'lock-timeout' }]);
    writer.exec('ROLLBACK');
    writer.close();
    expect(provenVersion(room.path(NAME))).toBe(1);
    expect((await room.run([NAME])).counts).toMatchObject({ downloaded: 1 });
  });
});
