import { mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { Deadline } from '../../../src/sync/deadline.ts';
import { fingerprint, inventoryOf, type Knowledge, mayUpload, survey } from '../../../src/sync/survey.ts';
import { readWebhook } from '../../../src/sync/webhook.ts';
import { UNTOUCHED } from '../../../src/tenants/tenants-settings.ts';
import { versionImage } from '../../support/install/images.ts';
import { siteOf } from '../../support/machine/site.ts';

const NAME = '2026-boston';
const T1 = new Date('2026-01-02T03:04:05Z');
const NOW = Date.now() + 60_000;

let path: string;
beforeEach(() => {
  const home = mkdtempSync(join(tmpdir(), 'survey-'));
  onTestFinished(() => rmSync(home, { recursive: true }));
  path = join(home, `${NAME}.sqlite3`);
  writeFileSync(path, versionImage(1));
  utimesSync(path, T1, T1);
});

const SEEN = { etag: '"e"', time: T1, digest: 'd', at: new Date(T1.getTime() + 60_000) };
const tenant = () => ({ name: NAME, path, region: 'iad' });
/** Whether it may have been changed. */
const suspect = (
  seen: Partial<typeof SEEN> | null,
  known: ReturnType<Knowledge['copy']> = null,
  now = NOW,
) => {
  const all = new Map(seen ? [[NAME, { ...SEEN, ...seen }]] : []);
  return survey([tenant()], { seen: all, copy: () => known }, now)[0]?.suspect;
};

describe('a database that was read when the store had the same', () => {
  const known = (isAtRest: boolean) => ({ print: fingerprint(path, NOW).print, digest: 'd', isAtRest });

  it('is what it was as long as its files say so, if they had come to rest by then', () => {
    expect(suspect({}, known(true))).toBe(false);
    expect(suspect({}, known(false)), 'a write in the same tick changes no time').toBe(true);
    expect(suspect({}, { ...known(true), print: 'other' })).toBe(true);
  });

  it('is known by its time alone where what was read was another content', () => {
    expect(suspect({}, { ...known(false), digest: 'other' })).toBe(false);
  });
});

describe('a database that was fetched', () => {
  it('is what it was with the very second that the store had, in a second before it was seen', () => {
    expect(suspect({})).toBe(false);
    expect(suspect({ time: new Date(T1.getTime() + 999) })).toBe(false);
    expect(suspect({ time: new Date(T1.getTime() + 1000) })).toBe(true);
    expect(suspect({ time: new Date(T1.getTime() - 1) })).toBe(true);
    expect(suspect({ at: T1 }), 'the second in which it was seen tells nothing').toBe(true);
    expect(suspect({ at: new Date(T1.getTime() + 1000) })).toBe(false);
  });
});

it('an unknown database is read, except an unchanged new one', () => {
  expect(suspect(null)).toBe(true);
  utimesSync(path, UNTOUCHED, UNTOUCHED);
  expect(suspect(null)).toBe(false);
});

it('a database behind a link, an empty one and none are left alone', () => {
  const real = `${path}.real`;
  writeFileSync(real, versionImage(1));
  rmSync(path);
  expect(suspect(null)).toBe(false);
  symlinkSync(real, path);
  expect(suspect(null)).toBe(false);
  rmSync(path);
  writeFileSync(path, '');
  expect(suspect(null)).toBe(false);
});

describe('a fingerprint', () => {
  it('has come to rest two seconds after the last write, and never by a time to come', () => {
    const { print } = fingerprint(path, NOW);
    const isAtRest = (now: number) => fingerprint(path, now).isAtRest;
    expect(isAtRest(Date.now() + 2100)).toBe(true);
    expect(isAtRest(Date.now())).toBe(false);
    const later = new Date(NOW + 3_600_000);
    utimesSync(path, later, later);
    expect(isAtRest(NOW)).toBe(false);
    expect(fingerprint(path, NOW).print).not.toBe(print);
  });

  it('is another one when a log is written, or the time is set back', () => {
    const before = fingerprint(path, NOW).print;
    writeFileSync(`${path}-wal`, 'x');
    expect(fingerprint(path, NOW).print).not.toBe(before);
    expect(fingerprint(path, Date.now()).isAtRest).toBe(false);
    rmSync(`${path}-wal`);
    utimesSync(path, T1, T1);
    expect(fingerprint(path, NOW).print, 'the kernel’s own time of the change').not.toBe(before);
  });
});

describe('the host that uploads', () => {
  const of = (region: string | null) => ({ ...tenant(), region });
  it('is the region that owns a database, each region those of nobody, and no host without a region', () => {
    const iad = siteOf('fly-iad');
    expect([of('iad'), of(null), of('syd')].map((one) => mayUpload(one, iad))).toEqual([true, true, false]);
    for (const kind of ['kamal', 'local'] as const)
      expect([of('iad'), of(null)].map((one) => mayUpload(one, siteOf(kind)))).toEqual([false, false]);
    expect([of('iad'), of(null)].map(inventoryOf)).toEqual(['iad', 'index']);
  });
});

describe('a deadline', () => {
  it('leaves what is left of it, at least a millisecond to each piece of work, and nothing below none', () => {
    const over = new Deadline(0);
    expect([over.left(), over.within(500)]).toEqual([0, 1]);
    const long = new Deadline(60_000);
    expect(long.left()).toBeGreaterThan(50_000);
    expect(long.within(500)).toBe(500);
    expect(long.within(90_000)).toBeLessThanOrEqual(60_000);
    expect(long.before(59_000).left()).toBeLessThanOrEqual(1000);
    expect(long.before(90_000).left()).toBe(0);
    expect(new Deadline(null).before(1000).left()).toBe(Number.POSITIVE_INFINITY);
    expect(new Deadline(null).within(500)).toBe(500);
  });

  it('is waited for no longer than it lasts, and a late failure of what was waited for is nobody’s', async () => {
    expect(await new Deadline(0).race(new Promise(() => {}))).toBe(null);
    expect(await new Deadline(60_000).race(Promise.resolve(7))).toBe(7);
    expect(await new Deadline(null).race(Promise.resolve(7))).toBe(7);
    await expect(new Deadline(60_000).race(Promise.reject(new Error('late')))).rejects.toThrow('late');
    let fail = (_: Error): void => {};
    const late = new Promise((_, reject) => {
      fail = reject;
    });
    expect(await new Deadline(0).race(late)).toBe(null);
    fail(new Error('late'));
    await new Promise(setImmediate);
  });
});

it.each([
  ['ftp://a.b/', null],
  ['nonsense', null],
  ['http://user@a.b/', null],
  ['http://user:password@a.b/', null],
  ['http://:password@a.b/', null],
  ['xhttps://a.b/', null],
  ['http://a.b/x?y=1', 'http://a.b/x?y=1'],
  ['https://a.b/', 'https://a.b/'],
])('of SYNC_WEBHOOK, %s is %s', (text, url) => {
  const found = readWebhook({ SYNC_WEBHOOK: text });
  expect(found.url?.href ?? null).toBe(url);
  expect(found.problem === null).toBe(url !== null);
  expect(found.problem ?? '').not.toContain('password@');
});
