import { serialize } from 'node:v8';
import fc from 'fast-check';
import { generate } from '../../../src/generate/generate.ts';
import type { PlannedFile } from '../../../src/generate/planned-file.ts';
import type { Event, Index, StudioYear } from '../../../src/index/index-model.ts';
import { readValidIndex } from '../../../src/index/read-index.ts';
import type { Site } from '../../../src/site/site.ts';
import { buildIndex, goodTables, hostileTables, type Tables, TYPELESS } from '../indexes/indexes.ts';
import { contentOf } from '../machine/planned.ts';
import { siteOf, WEB_KINDS, webSiteOf } from '../machine/site.ts';
import { Navigator } from './navigator.ts';
import { tightTables } from './tight.ts';

/** Whole indexes that validate: good rows, rows of every kind, and good rows with some of every kind among them. */
export function anyTables(): fc.Arbitrary<Required<Tables>> {
  const mixed = fc.tuple(tightTables(), hostileTables()).map(([good, more]) => ({
    users: [...good.users, ...more.users.slice(good.users.length)],
    regions: [...good.regions, ...more.regions],
    locations: [...good.locations, ...more.locations],
    showcases: [...good.showcases, ...more.showcases],
  }));
  return fc.oneof(goodTables(), hostileTables(), mixed, mixed);
}

export function imageOf(tables: Tables): Buffer {
  return buildIndex(tables, TYPELESS);
}

/** One machine's files for an index, and Navigator as it reads them. */
export interface Plan {
  readonly site: Site;
  /** `server.root_path` without a slash at its end. */
  readonly root: string;
  readonly files: readonly PlannedFile[];
  readonly navigator: Navigator;
}

/** What an index says, by the way that an update takes, and what it makes of each kind of machine. */
export interface Plans {
  readonly index: Index;
  /** A Fly machine in every deployed region. */
  readonly fly: readonly Plan[];
  readonly kamal: Plan;
  readonly local: Plan;
  /** Those, a Fly machine in a region that the index does not know, and machines with the web part. */
  readonly all: readonly Plan[];
}

const known = new Map<string, Plans>();

export function plansOf(tables: Tables): Plans {
  const key = serialize(tables).toString('latin1');
  const before = known.get(key);
  if (before) return before;
  const { index } = readValidIndex(imageOf(tables));
  const fly = index.regions.map(({ code }) => planFor(index, inRegion(code)));
  const [kamal, local] = [planFor(index, siteOf('kamal')), planFor(index, siteOf('local'))];
  const plans = {
    index,
    fly,
    kamal,
    local,
    all: [
      ...fly,
      planFor(index, inRegion('elsewhere')),
      kamal,
      local,
      ...WEB_KINDS.map((kind) => planFor(index, webSiteOf(kind))),
    ],
  };
  known.set(key, plans);
  return plans;
}

function planFor(index: Index, site: Site): Plan {
  const files = generate(index, site);
  const root = site.deployment === 'kamal' ? '' : '/showcase';
  return { site, root, files, navigator: new Navigator(contentOf(files, 'navigator')) };
}

function inRegion(region: string): Site {
  return { ...siteOf('fly-iad'), region };
}

/** One event, where it is found and who owns it. */
export interface Show {
  /** Below the root, without slashes around it: `2026/boston/gala`, or `2026/boston` for a single event. */
  readonly scope: string;
  readonly database: string;
  readonly owner: string | null;
  readonly entry: StudioYear;
  readonly event: Event;
}

export function showsOf({ years }: Index): Show[] {
  return years.flatMap(({ year, studios }) =>
    studios.flatMap((entry) =>
      entry.events.map((event) => {
        const parts = [year, entry.studio.key, ...(entry.single ? [] : [event.key])];
        return {
          scope: parts.join('/'),
          database: parts.join('-'),
          owner: entry.studio.region,
          entry,
          event,
        };
      }),
    ),
  );
}
