import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { originOf } from '../../../src/pages-out/seal.ts';
import { buildDriver } from '../../support/pages-out/build-driver.ts';
import { Public } from '../../support/pages-out/public.ts';
import { style } from '../../support/pages-out/site.ts';
import { Mounts } from '../../support/system/mounts.ts';

/** A public directory in a small file system of its own, and the driver, which writes to it. */
async function smallPublic() {
  const place = Public.make();
  const driver = join(place.home, 'driver.mjs');
  buildDriver(driver);
  const mounts = await Mounts.open();
  onTestFinished(() => mounts.close());
  mounts.mountMemory(place.dir, 256);
  const run = (text: string) => {
    const [program = '', ...rest] = [...mounts.through, process.execPath, driver, place.dir, text];
    return spawnSync(program, rest, { stdio: ['ignore', 'inherit', 'inherit'] }).status;
  };
  const pages = () => {
    const root = mounts.outside(place.dir);
    return readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.html') || name.endsWith('.staged'))
      .sort()
      .map((name) => ({ name, bytes: readFileSync(join(root, name)) }));
  };
  return { place, mounts, run, pages };
}

it('pages on a full file system stay as they were, and are written when there is room', async () => {
  const { place, mounts, run, pages } = await smallPublic();
  expect(run('first')).toBe(0);
  const before = pages();
  expect(before).toHaveLength(7);
  mounts.leaveFree(place.dir, 0);
  expect(run('second')).toBe(1);
  expect(pages()).toEqual(before);
  mounts.leaveFree(place.dir, null);
  expect(run('second')).toBe(0);
  for (const { bytes } of pages()) {
    expect(originOf('index.html', bytes)).toBe('intact');
    expect(bytes.toString()).toContain('<title>second');
  }
});

it('pages for whose style there is no room stay as they were, with the style that they name', async () => {
  const { place, mounts, run, pages } = await smallPublic();
  expect(run('first')).toBe(0);
  const before = pages();
  // Enough for each page, and too little for the style sheet.
  mounts.leaveFree(place.dir, 16_384);
  expect(run('second')).toBe(1);
  expect(pages()).toEqual(before);
  expect(existsSync(join(mounts.outside(place.dir), style('first').path))).toBe(true);
  mounts.leaveFree(place.dir, null);
  expect(run('second')).toBe(0);
  expect(pages().every(({ bytes }) => bytes.includes(style('second').path))).toBe(true);
});

it('pages on a read-only file system fail, unless none has changed', async () => {
  const { place, mounts, run, pages } = await smallPublic();
  expect(run('first')).toBe(0);
  const before = pages();
  mounts.setWritable(place.dir, false);
  expect(run('second')).toBe(1);
  expect(pages()).toEqual(before);
  expect(run('first')).toBe(0);
});
