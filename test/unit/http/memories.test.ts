import { describe, expect, it } from 'vitest';
import { SAMPLE_HASHES } from '../../../dev/sample/people.ts';
import { Attempts } from '../../../src/http/attempts.ts';
import { Logins } from '../../../src/http/logins.ts';
import { Quota } from '../../../src/http/quota.ts';
import { TokenBuckets } from '../../../src/http/token-buckets.ts';

/** As many others as fill a memory, but for one place. */
const OTHERS = Array.from({ length: 9_999 }, (_, at) => `other ${at}`);

describe('failures', () => {
  it('that come again are the last to be forgotten', () => {
    const attempts = new Attempts(() => 0, 2);
    attempts.failed('ada');
    for (const other of OTHERS) attempts.failed(other);
    attempts.failed('ada');
    attempts.failed('one more');
    expect([attempts.pauseOf('ada'), attempts.succeeded('other 0')]).toEqual([1000, 0]);
  });

  it('are slowed down from the last free one on, by a minute at most', () => {
    const clock = { now: 0 };
    const attempts = new Attempts(() => clock.now);
    const pauses = Array.from({ length: 13 }, () => {
      attempts.failed('ada');
      return attempts.pauseOf('ada');
    });
    expect(pauses).toEqual([0, 0, 0, 0, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000]);
    clock.now = 59_999;
    expect(attempts.pauseOf('ada')).toBe(1);
  });
});

describe('a quota', () => {
  it('is so many in a window that goes along, for each key by itself', () => {
    const clock = { now: 1000 };
    const quota = new Quota(() => clock.now, 2, 100);
    expect([quota.take('a'), quota.take('a'), quota.take('b')]).toEqual([0, 0, 0]);
    clock.now = 1099;
    expect(quota.take('a')).toBe(1);
    clock.now = 1100;
    expect([quota.take('a'), quota.take('a'), quota.take('a')]).toEqual([0, 0, 100]);
  });

  it('of who has just taken one is the last to be forgotten', () => {
    const quota = new Quota(() => 0, 2, 100);
    quota.take('ada');
    for (const other of OTHERS) quota.take(other);
    quota.take('ada');
    quota.take('one more');
    expect([quota.take('ada'), quota.take('other 0'), quota.take('other 0')]).toEqual([100, 0, 0]);
  });
});

describe('a bucket', () => {
  it('fills up to its limit, and says how long what is lacking takes', () => {
    const clock = { now: 0 };
    const buckets = new TokenBuckets(() => clock.now, 2, 5);
    expect([buckets.take('a', 5), buckets.take('a'), buckets.take('b', 5)]).toEqual([0, 500, 0]);
    clock.now = 499;
    expect(buckets.take('a')).toBeCloseTo(1);
    clock.now = 500;
    expect(buckets.take('a')).toBe(0);
    clock.now = 1_000_000;
    expect([buckets.take('a', 5), buckets.take('a', 2)]).toEqual([0, 1000]);
  });

  it('that was just asked is the last to be forgotten', () => {
    const buckets = new TokenBuckets(() => 0, 1);
    buckets.take('ada');
    for (const other of OTHERS) buckets.take(other);
    expect(buckets.take('ada')).toBe(1000);
    buckets.take('one more');
    expect([buckets.take('ada'), buckets.take('other 0')]).toEqual([1000, 0]);
  });
});

it('a login that was proved again is the last to be forgotten', async () => {
  const clock = { now: 0 };
  let hashed = 0;
  const verify = async () => {
    hashed += 1;
    return true;
  };
  const logins = new Logins({ now: () => clock.now, verify });
  const htpasswdLine = `x:${SAMPLE_HASHES['bcrypt 2b']}`;
  const ask = (userid: string) =>
    logins.isRight({ userid, password: 'secret' }, userid, [
      { id: 1, userid, htpasswdLine: htpasswdLine.replace('x', userid), sites: [] },
    ]);
  await ask('ada');
  for (const other of OTHERS.slice(0, 1999)) await ask(other);
  // What is proved counts for a minute.
  clock.now = 60_000;
  await ask('ada');
  await ask('one more');
  expect(hashed).toBe(2002);
  expect([await ask('ada'), hashed]).toEqual([true, 2002]);
});
