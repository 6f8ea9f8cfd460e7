import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { vi } from 'vitest';
import { prerenderPages } from '../../../src/generate/prerender.ts';
import type { MapPlace } from '../../../src/index/projection.ts';
import { describeEveryPage } from '../../support/browser/suite.ts';
import { shared } from '../../support/suite/shared.ts';

// Each page is opened.
vi.setConfig({ testTimeout: 180_000 });

type Places = Readonly<Record<string, MapPlace | undefined>>;

/** Where production's own map pictures have every studio and region of its index. */
const golden = JSON.parse(readFileSync(join(shared ?? '', 'data/map-projection.json'), 'utf8')) as {
  regions: Places;
  studios: Places;
};

describeEveryPage('real', ({ index }) => {
  const { regions } = prerenderPages(index);
  const pageOfRegion = (code: string) => (regions.includes(code) ? `regions/${code}/` : null);
  const named = [
    ...index.studios.map(({ key, name }) => ({ page: `studios/${key}/`, name, place: golden.studios[key] })),
    ...index.regions.map(({ code, name }) => ({
      page: pageOfRegion(code),
      name,
      place: golden.regions[code],
    })),
  ];
  return named.flatMap(({ place, ...rest }) => (place ? [{ ...rest, place }] : []));
});
