import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { originOf } from '../../../src/pages-out/seal.ts';
import { killPoints, runKilled, spread } from '../../support/install/tracer.ts';
import { buildDriver } from '../../support/pages-out/build-driver.ts';
import { Public } from '../../support/pages-out/public.ts';
import { site } from '../../support/pages-out/site.ts';

// A test has dozens of runs killed and made good, one after the other.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const OLD = ['studios/old/index.html', '2019/index.html', '2019/old/index.html'];
const KILLS = 30;

/** Everything that a browser could be given: whole pages, of one run or the other. */
function expectWhole(place: Public, texts: readonly string[]): void {
  for (const [name, text] of Object.entries(place.snapshot())) {
    if (!name.endsWith('index.html') || text === null) continue;
    expect([name, originOf('index.html', Buffer.from(text))]).toEqual([name, 'ours']);
    expect(texts.some((known) => text.includes(`<title>${known} `))).toBe(true);
  }
}

it('a run killed at any system call leaves every page old or new, and the next run completes', async () => {
  const template = Public.make();
  const driver = join(template.home, 'driver.mjs');
  buildDriver(driver);
  await template.write(site('first', ...OLD));
  let copies = 0;
  const copy = (): Public => {
    copies += 1;
    const place = Public.make();
    cpSync(template.dir, place.dir, { recursive: true });
    return place;
  };
  const args = (place: Public) => [driver, place.dir, 'second', 'studios/new/index.html'];
  const points = spread(await killPoints(join(template.home, 'trace'), args(copy())), KILLS);
  const whole = Public.make();
  await whole.write(site('second', 'studios/new/index.html'));
  let died = 0;
  for (const point of points) {
    const place = copy();
    died += Number(await runKilled(point, args(place)));
    expectWhole(place, ['first', 'second']);
    await place.write(site('second', 'studios/new/index.html'));
    expectWhole(place, ['second']);
    expect(pagesOf(place)).toEqual(pagesOf(whole));
  }
  expect(died).toBeGreaterThan(points.length * 0.9);
  expect(copies).toBe(points.length + 1);
});

it('several runs at once write every page whole, and all of them succeed', async () => {
  const place = Public.make();
  const driver = join(place.home, 'driver.mjs');
  buildDriver(driver);
  const texts = ['a', 'b', 'c', 'd', 'e', 'f'];
  const ended = texts.map(async (text) => {
    const child = spawn(process.execPath, [driver, place.dir, text], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const [code] = (await once(child, 'exit')) as [number | null];
    return code;
  });
  expect(await Promise.all(ended)).toEqual(texts.map(() => 0));
  expectWhole(place, texts);
  await place.write(site('last'));
  expectWhole(place, ['last']);
});

/** Files alone: a run that was killed between removing a page and its directory leaves that directory. */
function pagesOf(place: Public): Record<string, string> {
  const files = Object.entries(place.snapshot()).flatMap(([name, text]) =>
    text === null ? [] : [[name, text]],
  );
  return Object.fromEntries(files) as Record<string, string>;
}
