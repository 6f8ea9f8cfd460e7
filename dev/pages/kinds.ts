import type { Index, Studio } from '../../src/index/index-model.ts';
import { entriesOf } from '../../src/index/index-model.ts';

/**
 * One page of every kind that an index has, the richest of its kind, by what it is. A page is the path of its directory
 * below the site's root: `studios/boston/`.
 */
export function pageKinds(index: Index): ReadonlyMap<string, string> {
  const entries = [...entriesOf(index)];
  const withEvents = new Set(entries.map(({ studio }) => studio.key));
  const studioWhere = (holds: (studio: Studio) => boolean) => {
    const found = index.studios.find(holds);
    return found && `studios/${found.key}/`;
  };
  const [crowded] = entries.filter(({ single }) => !single).sort((a, b) => b.events.length - a.events.length);
  const [fullest] = [...index.years].sort((a, b) => b.studios.length - a.studios.length);
  const kinds = new Map<string, string | undefined>([
    ['home', ''],
    ['regions', 'regions/'],
    ['region', busiest(index, ({ region }) => region, 'regions/')],
    ['studios', 'studios/'],
    ['studio', busiest(index, ({ key }) => key, 'studios/')],
    ['studio-german', studioWhere(({ locale }) => locale?.startsWith('de') ?? false)],
    ['studio-japanese', studioWhere(({ locale }) => locale?.startsWith('ja') ?? false)],
    ['studio-arabic', studioWhere(({ locale }) => locale?.startsWith('ar') ?? false)],
    ['studio-without-events', studioWhere(({ key }) => !withEvents.has(key))],
    ['year', fullest && `${fullest.year}/`],
    ['studio-year', crowded && `${crowded.year}/${crowded.studio.key}/`],
  ]);
  return new Map([...kinds].filter((kind): kind is [string, string] => kind[1] !== undefined));
}

/** The page of what has most events. */
function busiest(index: Index, of: (studio: Studio) => string | null, folder: string): string | undefined {
  const counts = new Map<string, number>();
  for (const { studio, events } of entriesOf(index)) {
    const owner = of(studio);
    if (owner !== null) counts.set(owner, (counts.get(owner) ?? 0) + events.length);
  }
  const [first] = [...counts].sort(([, a], [, b]) => b - a);
  return first && `${folder}${first[0]}/`;
}
