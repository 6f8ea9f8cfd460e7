import fc from 'fast-check';
import { RE2JS } from 're2js';
import { describe, expect, it } from 'vitest';
import { authPatterns, replayRoutes } from '../../../src/generate/patterns.ts';
import { prerenderPages } from '../../../src/generate/prerender.ts';
import { escapeRe2 } from '../../../src/generate/re2.ts';
import type { Index, StudioYear } from '../../../src/index/index-model.ts';
import {
  event,
  inventedIndex,
  multi,
  NOTHING,
  single,
  studio,
  yearOf,
} from '../../support/indexes/invented-index.ts';
import { siteOf } from '../../support/machine/site.ts';

const ROOT = '/showcase';
const matches = (pattern: string, path: string) => RE2JS.compile(pattern).matcher(path).find();

describe('a text escaped for RE2', () => {
  it('escapes what Ruby escapes', () => {
    expect(escapeRe2("a-b.c+d'e_f g#h\t(i)|[j]{k}*l?m\\n^o$p")).toBe(
      "a\\-b\\.c\\+d'e_f\\ g\\#h\\t\\(i\\)\\|\\[j\\]\\{k\\}\\*l\\?m\\\\n\\^o\\$p",
    );
  });

  it('matches itself and nothing else', () => {
    const text = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(matches(`^(?:${escapeRe2(a)})\\z`, a)).toBe(true);
        expect(matches(`^(?:${escapeRe2(a)})\\z`, b)).toBe(a === b);
      }),
    );
  });
});

describe('the patterns of the invented index', () => {
  const index = inventedIndex();
  const publicOn = (kind: 'fly-iad' | 'kamal', root: string) => {
    const patterns = authPatterns(index, siteOf(kind), root).map(({ pattern }) => String(pattern));
    return (path: string) => patterns.some((pattern) => matches(pattern, path));
  };

  it('open the pages of multi studios and the public pages of their events, and nothing below or beside', () => {
    const isPublic = publicOn('fly-iad', ROOT);
    const open = [
      '/2026/10',
      '/2026/10/',
      '/2025/9/',
      '/2026/10/fall/public/heats',
      "/2026/o'hara+sons/gala/public/",
    ];
    const closed = [
      '/2026/10/fall/',
      '/2026/9/',
      '/2025/10/',
      '/2026/10x/',
      '/2026/10/fallx/public/',
      '/2026/9/public/',
    ];
    for (const path of open) expect([path, isPublic(ROOT + path)]).toEqual([path, true]);
    for (const path of closed) expect([path, isPublic(ROOT + path)]).toEqual([path, false]);
    expect(isPublic('/2026/10/')).toBe(false);
  });

  it('have no root path on Kamal, and no regions', () => {
    const isPublic = publicOn('kamal', '');
    expect(isPublic('/2026/10/')).toBe(true);
    expect(isPublic('/regions/iad/demo/')).toBe(false);
  });

  it("on Fly open every region's cable and demo, in order of first appearance", () => {
    expect(authPatterns(index, siteOf('fly-syd'), ROOT).slice(0, 2)).toEqual([
      { pattern: '^/showcase/regions/(?:iad|fra|syd|nrt|x\\-1)/cable$', action: 'off' },
      { pattern: '^/showcase/regions/(?:iad|fra|syd|nrt|x\\-1)/demo/', action: 'off' },
    ]);
  });

  it('replay to other regions what they own, but never the page of a multi studio', () => {
    const target = replayTarget(index, 'fly-iad');
    expect(target('/showcase/2026/graz/showcase/')).toBe('fra');
    expect(target('/showcase/2026/graz/')).toBe(null);
    expect(target('/showcase/2025/hobart/')).toBe('syd');
    expect(target('/showcase/2025/hobart')).toBe('syd');
    expect(target('/showcase/2026/hobart/')).toBe(null);
    expect(target('/showcase/2026/hobart/only/x')).toBe('syd');
    expect(target('/showcase/2026/10/fall/')).toBe(null);
    expect(target("/showcase/2026/o'hara+sons/gala/")).toBe(null);
    expect(target('/showcase/regions/x-1/demo/')).toBe('x-1');
    expect(target('/showcase/regions/iad/demo/')).toBe(null);
  });

  it('leave a hyphen in replays as it is, as production does, and escape the syntax of RE2', () => {
    const years = [yearOf(multi(2026, studio('st-lo', { region: 'x-1' }), event('gala')))];
    const more = yearOf(single(2025, studio('a-b.c+d', { region: 'x-1' })));
    const paths = replayRoutes({ ...NOTHING, years: [...years, more] }, siteOf('fly-iad'), ROOT);
    expect(paths.map(({ path }) => path)).toEqual([
      '^/showcase/regions/x-1/.+$',
      '^/showcase/(?:2026)/(?:st-lo)/.+$',
      '^/showcase/(?:2025)/(?:a-b\\.c\\+d)(?:/.*)?$',
    ]);
  });

  it('replay nothing outside Fly', () => {
    expect(replayRoutes(index, siteOf('kamal'), '')).toEqual([]);
    expect(replayRoutes(index, siteOf('local'), ROOT)).toEqual([]);
  });
});

describe('the patterns of any index', () => {
  const key = fc
    .stringMatching(/^[a-zé漢0-9._'+-]{1,6}$/)
    .filter((text) => !text.includes('..') && text !== '.');
  const code = fc.constantFrom('iad', 'syd', 'x-1', 'fra', null);
  const keys = (least: number) => fc.uniqueArray(key, { minLength: least, maxLength: 4 });
  const anIndex = fc
    .uniqueArray(fc.tuple(key, code, keys(0)), { maxLength: 8, selector: ([name]) => name })
    .map(toIndex);

  it('serve every event in exactly one region, or everywhere when no region owns it', () => {
    fc.assert(
      fc.property(anIndex, (index) => {
        for (const here of ['fly-iad', 'fly-syd'] as const) {
          const target = replayTarget(index, here);
          for (const entry of entries(index)) {
            const { region } = entry.studio;
            const elsewhere = region === null || region === siteOf(here).region ? null : region;
            for (const path of pathsOf(entry)) expect([path, target(path)]).toEqual([path, elsewhere]);
          }
        }
      }),
    );
  });

  it('make the prerendered pages public, and no page of an event that is not', () => {
    fc.assert(
      fc.property(anIndex, (index) => {
        const patterns = authPatterns(index, siteOf('fly-iad'), ROOT).map(({ pattern }) => String(pattern));
        const isPublic = (path: string) => patterns.some((pattern) => matches(pattern, path));
        for (const [year, studios] of prerenderPages(index).multiEventStudios) {
          for (const name of studios) expect(isPublic(`${ROOT}/${year}/${name}/`)).toBe(true);
        }
        for (const entry of entries(index)) {
          for (const path of pathsOf(entry)) expect([path, isPublic(path)]).toEqual([path, false]);
          for (const path of pathsOf(entry)) expect(isPublic(`${path}public/x`)).toBe(!entry.single);
        }
      }),
    );
  });
});

function toIndex(rows: readonly [string, string | null, readonly string[]][]): Index {
  const sorted = rows.map(([key, region, events]): StudioYear => {
    const owner = studio(key, { region });
    return events.length === 0
      ? single(2026, owner)
      : multi(2026, owner, ...events.map((name) => event(name)));
  });
  const [first, ...rest] = sorted;
  return first
    ? { ...NOTHING, studios: sorted.map((entry) => entry.studio), years: [yearOf(first, ...rest)] }
    : NOTHING;
}

function entries(index: Index): StudioYear[] {
  return index.years.flatMap(({ studios }) => studios);
}

function pathsOf({ year, studio: owner, single: alone, events }: StudioYear): string[] {
  const page = `${ROOT}/${year}/${owner.key}/`;
  return alone ? [page] : events.map((item) => `${page}${item.key}/`);
}

/** Where Fly's proxy would be told to send a path: the first route that matches, as in Navigator. */
function replayTarget(index: Index, here: 'fly-iad' | 'fly-syd'): (path: string) => string | null {
  const routes = replayRoutes(index, siteOf(here), ROOT);
  return (path) => {
    const found = routes.find((route) => matches(String(route['path']), path));
    return found ? String(found['region']) : null;
  };
}
