import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openImage } from '../../../src/database/image.ts';
import type { Index } from '../../../src/index/index-model.ts';
import { readIndex } from '../../../src/index/read-index.ts';
import { plainOptions } from '../../../src/pages/pages-options.ts';
import { pagePaths, planPages } from '../../../src/pages/plan-pages.ts';
import { MACHINE_KINDS } from '../../support/machine/site.ts';
import { isAt, pointsOf } from '../../support/pages/map-points.ts';
import { shared } from '../../support/suite/shared.ts';

/** Compares with what production renders for a real index, which stands beside the repository or nowhere. */
describe('the pages of a real index', () => {
  const folder = shared ?? '';
  const index = realIndex(folder);
  const pages = planPages(index, plainOptions('/showcase'));

  it.each(MACHINE_KINDS)('are those of %s, and those of studios without events', (kind) => {
    const { prerender } = readJson(folder, `golden/${kind}.json`) as unknown as { prerender: Prerender };
    const expected = [
      'index.html',
      'regions/index.html',
      'studios/index.html',
      ...prerender.regions.map((code) => `regions/${code}/index.html`),
      ...[...new Set([...prerender.studios, ...index.studios.map(({ key }) => key)])].map(
        (key) => `studios/${key}/index.html`,
      ),
      ...prerender.years.map((year) => `${year}/index.html`),
      ...Object.entries(prerender.multi_event_studios).flatMap(([year, keys]) =>
        keys.map((key) => `${year}/${key}/index.html`),
      ),
    ];
    expect(pagePaths(index).sort()).toEqual(expected.sort());
  });

  it('show every studio and region of a map exactly at its golden place, or lead a line there', () => {
    const golden = readJson(folder, 'data/map-projection.json') as Record<string, Record<string, Place>>;
    for (const kind of ['studio', 'region'] as const) {
      const page = pages.find(({ path }) => path === `${kind}s/index.html`);
      const points = pointsOf(page?.render().toString() ?? '');
      for (const [key, place] of Object.entries(golden[`${kind}s`] ?? {})) {
        const point = points.find(({ href }) => href === `/showcase/${kind}s/${key}/`);
        expect(point).toMatchObject({ map: place.map, kind, name: nameOf(index, kind, key) });
        expect([key, point && isAt(point, place)]).toEqual([key, true]);
      }
    }
  });
});

interface Prerender {
  regions: string[];
  studios: string[];
  years: number[];
  multi_event_studios: Record<string, string[]>;
}

interface Place {
  map: string;
  x: number;
  y: number;
}

function nameOf(index: Index, kind: 'studio' | 'region', key: string): string {
  const named = kind === 'studio' ? index.studios : index.regions;
  return named.find((one) => ('key' in one ? one.key : one.code) === key)?.name ?? '';
}

function realIndex(folder: string): Index {
  const db = openImage(readFileSync(join(folder, 'data/index.sqlite3')));
  try {
    return readIndex(db).index;
  } finally {
    db.close();
  }
}

function readJson(folder: string, name: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(folder, name), 'utf8'));
}
