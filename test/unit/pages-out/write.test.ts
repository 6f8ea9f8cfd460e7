import { execFileSync } from 'node:child_process';
import { lstatSync, mkdirSync, readlinkSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Public } from '../../support/pages-out/public.ts';
import { page, site } from '../../support/pages-out/site.ts';

describe('pages', () => {
  it('are written where they belong, readable for all, with the group of the public directory', async () => {
    const place = Public.make();
    const owner = process.geteuid?.();
    const group = owner === 0 ? 4321 : process.getgid?.();
    if (owner === 0) place.give(0, 4321);
    const { counts, failures } = await place.write(site());
    expect({ counts, failures }).toEqual({
      counts: { written: 7, unchanged: 0, removed: 0, failed: 0 },
      failures: [],
    });
    expect(place.read('studios/boston/index.html')).toMatch(
      /^<!doctype html><!-- rendered from the index: sha256 [0-9a-f]{64} -->\n<title>first studios/,
    );
    for (const name of Object.keys(place.snapshot())) {
      const { uid, gid, mode } = lstatSync(place.path(name));
      expect([uid, gid, mode & 0o777]).toEqual([owner, group, name.endsWith('.html') ? 0o644 : 0o755]);
    }
  });

  it('that have not changed are neither written nor reported', async () => {
    const place = Public.make();
    await place.write(site());
    const before = lstatSync(place.path('2026/boston/index.html'), { bigint: true });
    const { counts } = await place.write(site());
    expect(counts).toEqual({ written: 0, unchanged: 7, removed: 0, failed: 0 });
    expect(place.items).toEqual([]);
    const after = lstatSync(place.path('2026/boston/index.html'), { bigint: true });
    expect([after.ino, after.mtimeNs, after.ctimeNs]).toEqual([before.ino, before.mtimeNs, before.ctimeNs]);
  });

  it('that have changed are the only ones written and reported', async () => {
    const place = Public.make();
    await place.write(site());
    const pages = site().with(6, page('2026/boston/index.html', 'second'));
    expect((await place.write(pages)).counts).toEqual({ written: 1, unchanged: 6, removed: 0, failed: 0 });
    expect(place.items).toEqual(['changed 2026/boston/index.html']);
    expect(place.read('2026/boston/index.html')).toContain('second');
  });

  it('are counted as they are done', async () => {
    const place = Public.make();
    await place.write(site());
    const steps = place.events.filter((event) => event.type === 'progress');
    expect(steps.at(0)).toEqual({ type: 'progress', step: 'pages', done: 0, total: 7 });
    expect(steps.at(-1)).toEqual({ type: 'progress', step: 'pages', done: 7, total: 7 });
  });

  it('replace another page, an empty file, a link, a pipe', async () => {
    const place = Public.make();
    place.put('index.html', 'by somebody else');
    place.put('studios/index.html', '');
    place.put('elsewhere', 'precious');
    place.put('2026/keep', '');
    mkdirSync(place.path('regions'));
    execFileSync('mkfifo', [place.path('regions/index.html')]);
    symlinkSync(place.path('elsewhere'), place.path('2026/index.html'));
    expect((await place.write(site())).counts['written']).toBe(7);
    expect(place.read('index.html')).toContain('first index.html');
    expect(place.read('studios/index.html')).toContain('first studios/index.html');
    for (const path of ['2026/index.html', 'regions/index.html']) {
      expect(lstatSync(place.path(path)).isFile()).toBe(true);
    }
    expect(place.read('elsewhere')).toBe('precious');
  });

  it('are written to a public directory that is made where there is none', async () => {
    const place = Public.make();
    rmSync(place.dir, { recursive: true });
    await place.write(site());
    const [own, above] = [statSync(place.dir), statSync(place.home)];
    expect([own.uid, own.gid, own.mode & 0o777]).toEqual([above.uid, above.gid, 0o755]);
    expect(place.has('studios/boston/index.html')).toBe(true);
  });

  it('are written to a public directory that is a link, and that stays one', async () => {
    const place = Public.make();
    rmSync(place.dir, { recursive: true });
    mkdirSync(join(place.home, 'release'));
    symlinkSync('release', place.dir);
    expect((await place.write(site())).counts['written']).toBe(7);
    expect(readlinkSync(place.dir)).toBe('release');
    expect(place.read('index.html')).toContain('first');
  });

  it('leave nothing else behind, and remove the leftovers of a killed run', async () => {
    const place = Public.make();
    await place.write(site());
    const clean = Object.keys(place.snapshot());
    const leftover = `.index.html.${'0'.repeat(24)}.staged`;
    for (const directory of ['', 'studios/boston/', '2026/boston/'])
      place.put(`${directory}${leftover}`, 'half');
    await place.write(site('second'));
    expect(Object.keys(place.snapshot())).toEqual(clean);
  });
});

describe('a dry run of the renderer', () => {
  it('says what would be written and removed, and changes nothing', async () => {
    const place = Public.make();
    await place.write(site('first', 'studios/old/index.html'));
    const before = place.snapshot();
    const pages = [...site().with(0, page('index.html', 'second')), page('studios/new/index.html')];
    const { counts } = await place.write(pages, { dryRun: true });
    expect(counts).toEqual({ 'to write': 2, unchanged: 6, 'to remove': 1, failed: 0 });
    expect(place.items).toEqual([
      'would-change index.html',
      'would-change studios/new/index.html',
      'would-change studios/old/index.html',
    ]);
    expect(place.snapshot()).toEqual(before);
  });

  it('makes no public directory', async () => {
    const place = Public.make();
    rmSync(place.dir, { recursive: true });
    expect((await place.write(site(), { dryRun: true })).counts['to write']).toBe(7);
    expect(place.has('')).toBe(false);
  });
});

describe('a failure to write', () => {
  it('of one page is reported, and the others are written', async () => {
    const place = Public.make();
    await place.write(site());
    const broken = {
      path: '2026/index.html',
      render: () => {
        throw new Error('no such year');
      },
    };
    const { counts, failures } = await place.write(site('second').with(5, broken));
    expect(counts).toEqual({ written: 6, unchanged: 0, removed: 0, failed: 1 });
    expect(failures).toMatchObject([
      { step: 'pages', name: '2026/index.html', code: 'internal', message: 'no such year' },
    ]);
    expect(place.items).toContain('failed 2026/index.html');
    // The page of before is still one of this site.
    expect(place.read('2026/index.html')).toContain('first');
  });

  it('of a directory where a page belongs names it and says what to do', async () => {
    const place = Public.make();
    place.put('2026/index.html/x', 'x');
    const { failures } = await place.write(site());
    expect(failures).toMatchObject([{ name: '2026/index.html', code: 'disk' }]);
    expect(failures[0]?.message).toContain(place.path('2026'));
    expect(failures[0]?.message).not.toContain('/proc/');
    expect(failures[0]?.hint).not.toBe('');
    expect(Object.keys(place.snapshot()).filter((name) => name.includes('staged'))).toEqual([]);
  });

  it('of the public directory itself ends the run', async () => {
    const place = Public.make();
    rmSync(place.dir, { recursive: true });
    place.put('../public', 'a file');
    await expect(place.write(site())).rejects.toMatchObject({ code: 'disk' });
    await expect(place.write(site(), { publicDir: join(place.home, 'no/public') })).rejects.toMatchObject({
      code: 'disk',
    });
  });

  it.each(['../x/index.html', 'studios/../../x/index.html', '/etc/index.html', 'studios//index.html'])(
    'is a path that leads elsewhere: %s',
    async (path) => {
      const place = Public.make();
      expect((await place.write([page(path)])).counts).toMatchObject({ written: 0, failed: 1 });
      expect(lstatSync(place.home).isDirectory()).toBe(true);
      expect(Object.keys(place.snapshot()).filter((name) => name.endsWith('.html'))).toEqual([]);
    },
  );
});

describe('a link below the public directory', () => {
  it('is never followed: its pages fail, and the link and its target stay as they are', async () => {
    const place = Public.make();
    mkdirSync(join(place.home, 'outside/boston'), { recursive: true });
    place.put('../outside/boston/index.html', 'precious');
    symlinkSync('../outside', place.path('studios'));
    const { counts, failures } = await place.write(site());
    expect(counts).toMatchObject({ written: 5, failed: 2 });
    expect(failures.map(({ code, name }) => [code, name])).toEqual([
      ['disk', 'studios/index.html'],
      ['disk', 'studios/boston/index.html'],
    ]);
    expect(failures[0]?.hint).toContain('Move it aside');
    expect(place.read('../outside/boston/index.html')).toBe('precious');
    expect(readlinkSync(place.path('studios'))).toBe('../outside');
  });

  it('is not followed either when pages are removed', async () => {
    const place = Public.make();
    await place.write(site('first', 'studios/old/index.html'));
    const outside = Public.make();
    await outside.write(site());
    rmSync(place.path('2026'), { recursive: true });
    symlinkSync(outside.dir, place.path('2026'));
    symlinkSync(outside.path('studios/boston'), place.path('studios/linked'));
    const before = outside.snapshot();
    const pages = site().filter(({ path }) => !path.startsWith('2026'));
    expect((await place.write(pages)).counts['removed']).toBe(1);
    expect(outside.snapshot()).toEqual(before);
  });
});
