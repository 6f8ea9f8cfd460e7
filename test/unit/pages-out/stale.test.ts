import { mkdirSync, truncateSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { originOf, seal } from '../../../src/pages-out/seal.ts';
import { Public } from '../../support/pages-out/public.ts';
import { page, site } from '../../support/pages-out/site.ts';

describe('a page that no longer belongs', () => {
  it('is removed, with the directories that held nothing else', async () => {
    const place = Public.make();
    const old = [
      'regions/syd/index.html',
      'studios/old/index.html',
      '2019/index.html',
      '2019/old/index.html',
    ];
    await place.write(site('first', ...old));
    const { counts } = await place.write(site());
    expect(counts).toEqual({ written: 0, unchanged: 7, removed: 4, failed: 0 });
    expect(place.items.sort()).toEqual(old.map((path) => `removed ${path}`).sort());
    const fresh = Public.make();
    await fresh.write(site());
    expect(place.snapshot()).toEqual(fresh.snapshot());
  });

  it('is removed wherever pages can be, down to the last one', async () => {
    const place = Public.make();
    await place.write(site());
    expect((await place.write([])).counts['removed']).toBe(7);
    expect(place.snapshot()).toEqual({});
  });

  it('leaves a directory with files of other programs', async () => {
    const place = Public.make();
    await place.write(site('first', 'studios/old/index.html'));
    place.put('studios/old/photo.jpg', 'a photo');
    await place.write(site());
    expect(place.has('studios/old/index.html')).toBe(false);
    expect(place.read('studios/old/photo.jpg')).toBe('a photo');
  });

  it('stays if it was changed, with a note', async () => {
    const place = Public.make();
    await place.write(site('first', 'studios/old/index.html'));
    const changed = place.read('studios/old/index.html').replace('first', 'my own');
    place.put('studios/old/index.html', changed);
    expect((await place.write(site())).counts['removed']).toBe(0);
    expect(place.items).toEqual(['left-alone studios/old/index.html']);
    expect(place.read('studios/old/index.html')).toBe(changed);
  });
});

describe('a file that this renderer has not written', () => {
  it.each([
    ['other words', 'rendered from', 'copied from: '],
    ['another beginning', '<!-- rendered', '<!== rendered'],
    ['another end', ' -->\n', ' ==>\n'],
  ])('is not known by a digest alone: %s', (_, ours, theirs) => {
    const whole = seal('index.html', page('index.html').render()).toString();
    expect(originOf('index.html', Buffer.from(whole))).toBe('intact');
    expect(theirs).toHaveLength(ours.length);
    expect(originOf('index.html', Buffer.from(whole.replace(ours, theirs)))).toBe('foreign');
  });

  it('stays unread if it is larger than any page, and keeps no other from being removed', async () => {
    const place = Public.make();
    await place.write(site('first', 'studios/old/index.html'));
    place.put('studios/huge/index.html', '');
    truncateSync(place.path('studios/huge/index.html'), 1024 ** 3);
    const before = process.resourceUsage().maxRSS;
    const { counts } = await place.write(site());
    // Kilobytes.
    expect(process.resourceUsage().maxRSS - before).toBeLessThan(512 * 1024);
    expect(counts).toMatchObject({ removed: 1, failed: 0 });
    expect(place.has('studios/huge/index.html')).toBe(true);
  });

  it('stays, whatever and wherever it is', async () => {
    const place = Public.make();
    const sealed = seal('index.html', '<!doctype html>\nelsewhere').toString();
    const foreign = {
      '404.html': '<!doctype html>',
      'index.htm': sealed,
      'assets/index.html': sealed,
      'docs/index.html': '<!doctype html>\n',
      'docs/deep/er/index.html': sealed,
      'studios/boston/photo/index.html': sealed,
      'studios/mine/index.html': '<!doctype html>\n<p>mine',
      'studios/empty/index.html': '',
      'studios/notes.txt': 'notes',
      '2020/index.html': '<!doctype html><!-- rendered from the index: sha256 0 -->\n',
      '20200/index.html': sealed,
      'regions/sealed.html': sealed,
    };
    for (const [name, text] of Object.entries(foreign)) place.put(name, text);
    mkdirSync(place.path('studios/bare'));
    mkdirSync(place.path('2021'));
    await place.write(site());
    await place.write(site());
    await place.write([]);
    expect(place.items.filter((item) => !item.startsWith('removed'))).toEqual([]);
    const left = place.snapshot();
    for (const [name, text] of Object.entries(foreign)) expect([name, left[name]]).toEqual([name, text]);
    expect([place.has('studios/bare'), place.has('2021')]).toEqual([true, true]);
  });
});

describe('the seal of a page', () => {
  const bytes = seal('index.html', '<!doctype html>\n<p>Wörter 💃\n');

  it('is known again', () => {
    expect(originOf('index.html', bytes)).toBe('intact');
    expect(originOf('index.html', seal('index.html', '<!doctype html>\n'))).toBe('intact');
  });

  it('is broken by any change of what follows it', () => {
    for (const changed of [Buffer.concat([bytes, Buffer.from('\n')]), bytes.subarray(0, -1)]) {
      expect(originOf('index.html', changed)).toBe('changed');
    }
  });

  it('is missing if the first line is not complete', () => {
    for (let length = 0; length < bytes.indexOf('\n'); length++) {
      expect(originOf('index.html', bytes.subarray(0, length))).toBe('foreign');
    }
    const text = bytes.toString();
    expect(originOf('index.html', Buffer.from(text.replace('\n', '\r\n')))).toBe('foreign');
    expect(originOf('index.html', Buffer.from(text.toUpperCase()))).toBe('foreign');
    expect(originOf('index.html', Buffer.from(`\ufeff${text}`))).toBe('foreign');
  });

  it('needs a doctype beside it', () => {
    expect(() => seal('index.html', '<p>no doctype')).toThrow('begin with <!doctype html>');
    expect(() => seal('index.html', page('x').render())).not.toThrow();
  });
});
