import { expect, it } from 'vitest';
import { Busy, patience, untilFree } from '../../../src/database/busy.ts';

it('a busy database gets one look for all who wait: whoever comes while that is known tries once', async () => {
  const tries: string[] = [];
  const wait = (who: string, path: string) =>
    untilFree(patience(path, 0), () => {
      tries.push(who);
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
