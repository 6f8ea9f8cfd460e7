import { afterEach, expect, it, vi } from 'vitest';
import { Busy, patience, untilFree } from '../../../src/database/busy.ts';

afterEach(() => void vi.restoreAllMocks());

it('a busy database gets one look for all who wait: whoever comes while that is known tries once', async () => {
  // A clock by which only tries take time: on a busy machine what is known of a look is soon old.
  let now = process.hrtime.bigint();
  vi.spyOn(process.hrtime, 'bigint').mockImplementation(() => now);
  const tries: string[] = [];
  const wait = (who: string, path: string) =>
    untilFree(patience(path, 0), () => {
      tries.push(who);
      now += 100_000n;
      throw new Busy();
    });
  await expect(wait('first', 'a')).rejects.toMatchObject({ code: 'lock-timeout' });
  await expect(wait('second', 'a')).rejects.toMatchObject({ code: 'lock-timeout' });
  await expect(wait('elsewhere', 'b')).rejects.toMatchObject({ code: 'lock-timeout' });
  const count = (who: string): number => tries.filter((one) => one === who).length;
  expect(count('second')).toBe(1);
  expect(count('first')).toBeGreaterThan(1);
  expect(count('elsewhere')).toBeGreaterThan(1);
});
