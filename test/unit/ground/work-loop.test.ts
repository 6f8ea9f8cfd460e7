import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { WorkLoop } from '../../../src/work-loop.ts';

const LONG_MS = 3_600_000;

it('work that comes while a loop looks for some is done at once', async () => {
  let looks = 0;
  const loop = new WorkLoop({
    turn: async () => {
      looks += 1;
      if (looks === 1) loop.wake();
      return LONG_MS;
    },
    failed: () => {},
    failPauseMs: LONG_MS,
  });
  loop.start();
  await expect.poll(() => looks).toBe(2);
  await loop.end();
  expect(looks).toBe(2);
});

it('a loop that ends waits for what is under way, also after a fault', async () => {
  const failed: unknown[] = [];
  let finish = (): void => {};
  let ended = false;
  const loop = new WorkLoop({
    turn: () =>
      new Promise((_, reject) => {
        finish = () => reject(new Error('odd'));
      }),
    failed: (error) => failed.push(error),
    failPauseMs: LONG_MS,
  });
  loop.start();
  const ending = loop.end().then(() => {
    ended = true;
  });
  await turn();
  expect([ended, loop.isEnding]).toEqual([false, true]);
  finish();
  await ending;
  expect(failed).toHaveLength(1);
});
