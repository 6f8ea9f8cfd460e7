import { describe, expect, it } from 'vitest';
import { isFarAhead, mistakenTime, objectTime, statedTime } from '../../../src/bucket/object-names.ts';
import type { StoredObject } from '../../../src/store/object-store.ts';

const NOW = new Date('2026-06-01T12:00:00Z');
const MODIFIED = new Date('2026-05-01T00:00:00Z');

function stored(lastModified?: string, modified = MODIFIED): StoredObject {
  const metadata: Record<string, string> =
    lastModified === undefined ? {} : { 'last-modified': lastModified };
  return { key: 'db/index.sqlite3', etag: '"e"', size: 1, modified, metadata };
}

describe('the time of an object', () => {
  it('is what its metadata says', () => {
    const object = stored('2026-04-30 10:00:00 UTC');
    const time = new Date('2026-04-30T10:00:00Z');
    expect([objectTime(object, NOW), statedTime(object, NOW), mistakenTime(object, NOW)]).toEqual([
      time,
      time,
      null,
    ]);
  });

  it.each([undefined, '', 'yesterday'])('is that of the store where the metadata says %j', (text) => {
    const object = stored(text);
    expect([objectTime(object, NOW), statedTime(object, NOW), mistakenTime(object, NOW)]).toEqual([
      MODIFIED,
      null,
      null,
    ]);
  });

  it.each(['2026-06-02 13:00:01 UTC', '9999-12-31 23:59:59 UTC'])(
    'is that of the store where the metadata says %j, more than a day ahead of the clock',
    (text) => {
      const object = stored(text);
      expect(objectTime(object, NOW)).toEqual(MODIFIED);
      expect(statedTime(object, NOW)).toBeNull();
      expect(mistakenTime(object, NOW)).toEqual(new Date(text.replace(' UTC', 'Z')));
    },
  );

  it('is what its metadata says up to a day and an hour ahead of the clock', () => {
    expect(objectTime(stored('2026-06-02 13:00:00 UTC'), NOW)).toEqual(new Date('2026-06-02T13:00:00Z'));
  });

  it('is what its metadata says if only the clock of this machine is behind', () => {
    const object = stored('2026-05-01 00:00:00 UTC');
    expect(objectTime(object, new Date('2020-01-01T00:00:00Z'))).toEqual(MODIFIED);
    expect(mistakenTime(object, new Date('2020-01-01T00:00:00Z'))).toBeNull();
  });
});

it('a time is far ahead only if it is ahead of every clock', () => {
  const dayAfter = new Date(NOW.getTime() + 25 * 60 * 60 * 1000);
  expect(isFarAhead(dayAfter, NOW)).toBe(false);
  expect(isFarAhead(new Date(dayAfter.getTime() + 1), NOW)).toBe(true);
  expect(isFarAhead(new Date(dayAfter.getTime() + 1), MODIFIED, NOW)).toBe(true);
  expect(isFarAhead(NOW, MODIFIED, NOW)).toBe(false);
});
