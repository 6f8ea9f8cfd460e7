import { prerenderPages } from '../../../src/generate/prerender.ts';
import type { Index } from '../../../src/index/index-model.ts';

/** The files that the pages of an index are, sorted: those of the goldens' `prerender`, and studios without events. */
export function expectedFiles(index: Index): string[] {
  const { regions, years, multiEventStudios } = prerenderPages(index);
  const directories = [
    '',
    'regions/',
    ...regions.map((code) => `regions/${code}/`),
    'studios/',
    ...index.studios.map(({ key }) => `studios/${key}/`),
    ...years.map((year) => `${year}/`),
    ...[...multiEventStudios].flatMap(([year, keys]) => keys.map((key) => `${year}/${key}/`)),
  ];
  return directories.map((directory) => `${directory}index.html`).sort();
}

/**
 * What a page may link to beside other pages, as the site's paths without its root: the events themselves, and where the
 * application asks for and grants access.
 */
export function applicationPaths(index: Index): Set<string> {
  const paths = new Set(['docs/', 'docs/ops/Passwords', 'demo/']);
  for (const { year, studios } of index.years) {
    for (const { studio, single, events } of studios) {
      const home = `${year}/${studio.key}/`;
      if (single) paths.add(home);
      else for (const event of events) paths.add(`${home}${event.key}/`);
    }
  }
  for (const { key } of index.studios) paths.add(`studios/${key}/request`);
  return paths;
}
