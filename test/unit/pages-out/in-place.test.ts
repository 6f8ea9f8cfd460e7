import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Public } from '../../support/pages-out/public.ts';
import { page, site } from '../../support/pages-out/site.ts';

const PAGE = '2026/boston/index.html';

describe('a page', () => {
  it('takes the place of a link that leads to its very bytes: nobody else may change it later', async () => {
    const place = Public.make();
    await place.write(site());
    const elsewhere = `${place.home}/elsewhere.html`;
    writeFileSync(elsewhere, place.read(PAGE));
    chmodSync(elsewhere, 0o600);
    await place.write(site().filter(({ path }) => path !== PAGE));
    mkdirSync(place.path('2026/boston'), { recursive: true });
    symlinkSync(elsewhere, place.path(PAGE));
    expect((await place.write(site())).counts).toMatchObject({ written: 1, failed: 0 });
    expect(lstatSync(place.path(PAGE)).isFile()).toBe(true);
    expect(lstatSync(elsewhere).mode & 0o777).toBe(0o600);
  });

  it('is a file of its own after each change, so that another name of the old one keeps its bytes', async () => {
    const place = Public.make();
    await place.write(site());
    linkSync(place.path(PAGE), `${place.home}/kept`);
    const before = place.read(PAGE);
    await place.write([...site().slice(0, -1), page(PAGE, 'second')]);
    expect(readFileSync(`${place.home}/kept`, 'utf8')).toBe(before);
    expect(place.read(PAGE)).toContain('second');
  });

  it('that has as many bytes as the one that stands there, but others, is written', async () => {
    const place = Public.make();
    await place.write([page(PAGE, 'aaaa')]);
    expect((await place.write([page(PAGE, 'bbbb')])).counts).toMatchObject({ written: 1 });
    expect(place.read(PAGE)).toContain('bbbb');
  });

  it('and its directories are readable for all, whatever the umask', async () => {
    const before = process.umask(0o077);
    try {
      const place = Public.make();
      await place.write(site());
      for (const [name, mode] of [
        [PAGE, 0o644],
        ['2026', 0o755],
        ['2026/boston', 0o755],
      ] as const)
        expect([name, lstatSync(place.path(name)).mode & 0o777]).toEqual([name, mode]);
    } finally {
      process.umask(before);
    }
  });

  it('that is removed goes with what a killed run has left beside it, and nothing else of anybody’s goes', async () => {
    const place = Public.make();
    await place.write(site());
    const staged = `2026/boston/.index.html.${'0'.repeat(24)}.staged`;
    place.put(staged, 'left');
    place.put('2026/index.html.staged', 'mine');
    place.put(`2026/.index.html.${'0'.repeat(23)}.staged`, 'mine');
    const kept = site().filter(({ path }) => path !== PAGE);
    expect((await place.write(kept)).counts).toMatchObject({ removed: 1 });
    expect([place.has('2026/boston'), place.has('2026/index.html.staged')]).toEqual([false, true]);
    expect(place.has(`2026/.index.html.${'0'.repeat(23)}.staged`)).toBe(true);
  });

  it('leaves no directory open, written or not, rendered or not', async () => {
    const place = Public.make();
    await place.write(site());
    const open = () => readdirSync('/proc/self/fd').length;
    const before = open();
    await place.write(site());
    await place.write(site('second').slice(0, 3));
    await place.write([...site(), { path: '2026/x/index.html', render: () => 'no doctype' }]);
    await place.write(site(), { dryRun: true });
    expect(open()).toBe(before);
  });

  it('stays under a name that its file system has decomposed', async () => {
    const place = Public.make();
    const path = 'studios/ärzte/index.html';
    await place.write([page(path)]);
    renameSync(place.path('studios/ärzte'), place.path('studios/a\u0308rzte'));
    await place.write([page(path)]);
    expect(place.has('studios/a\u0308rzte/index.html')).toBe(true);
  });

  it('that cannot be rendered is a failure that is told, and nothing is left of it', async () => {
    const place = Public.make();
    const broken = { path: PAGE, render: () => 'no doctype' };
    const { counts, failures } = await place.write([...site().slice(0, -1), broken]);
    expect([counts, failures[0]?.code]).toEqual([
      expect.objectContaining({ failed: 1, written: 6 }),
      'internal',
    ]);
    expect(place.has(PAGE)).toBe(false);
  });
});
