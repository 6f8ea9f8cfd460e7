import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { originOf } from '../../../src/pages-out/seal.ts';
import { killPoints, spread, stopAtEach } from '../../support/install/tracer.ts';
import { buildDriver } from '../../support/pages-out/build-driver.ts';
import { Public } from '../../support/pages-out/public.ts';
import { style, styledSite } from '../../support/pages-out/site.ts';

// What dozens of kills leave is made good, one after the other.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const OLD = ['studios/old/index.html', '2019/index.html', '2019/old/index.html'];
const KILLS = 30;

/** Everything that a browser could be given: whole pages, of one run or the other. Gives the pages of each. */
function expectWhole(place: Public, texts: readonly string[]): Map<string, string[]> {
  const byText = new Map<string, string[]>();
  for (const [name, page] of Object.entries(place.snapshot())) {
    if (!name.endsWith('index.html') || page === null) continue;
    expect([name, originOf('index.html', Buffer.from(page))]).toEqual([name, 'intact']);
    const text = texts.find((known) => page.includes(`<title>${known} `)) ?? 'none of these';
    expect(texts).toContain(text);
    byText.set(text, [...(byText.get(text) ?? []), page]);
  }
  return byText;
}

/** The same, each with the style that it names. */
function expectComplete(place: Public, texts: readonly string[]): void {
  for (const [text, pages] of expectWhole(place, texts)) {
    const { path, render } = style(text);
    for (const page of pages) expect(page).toContain(path);
    expect(place.read(path)).toBe(render());
  }
}

it('a run killed at any system call leaves every page old or new, with what it names, and the next run completes', async () => {
  const template = Public.make();
  const driver = join(template.home, 'driver.mjs');
  buildDriver(driver);
  await template.write(styledSite('first', ...OLD));
  const copyOf = (from: Public): Public => {
    const place = Public.make();
    cpSync(from.dir, place.dir, { recursive: true });
    return place;
  };
  const args = (place: Public) => [driver, place.dir, 'second', 'studios/new/index.html'];
  const points = spread(await killPoints(join(template.home, 'trace'), args(copyOf(template))), KILLS);
  const whole = Public.make();
  await whole.write(styledSite('first', ...OLD));
  await whole.write(styledSite('second', 'studios/new/index.html'));
  const stopped = copyOf(template);
  const copies: Public[] = [];
  await stopAtEach(points, args(stopped), () => copies.push(copyOf(stopped)));
  for (const place of copies) {
    expectComplete(place, ['first', 'second']);
    await place.write(styledSite('second', 'studios/new/index.html'));
    expectComplete(place, ['second']);
    expect(pagesOf(place)).toEqual(pagesOf(whole));
  }
  expect(copies.length).toBeGreaterThan(points.length * 0.9);
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
  await place.write(styledSite('last'));
  expectWhole(place, ['last']);
});

/** Files alone: a run that was killed between removing a page and its directory leaves that directory. */
function pagesOf(place: Public): Record<string, string> {
  const files = Object.entries(place.snapshot()).flatMap(([name, text]) =>
    text === null ? [] : [[name, text]],
  );
  return Object.fromEntries(files) as Record<string, string>;
}
