import { escapeRe2 } from '../generate/re2.ts';
import type { Index } from '../index/types.ts';
import { few, listAt, show, textAt } from './document.ts';
import { type SplitPattern, splitPattern } from './patterns.ts';
import type { Rule } from './rule.ts';
import { servedHere } from './tenants.ts';
import { type PlannedView, replays } from './view.ts';

/** Which pages of which events are public, and which region serves what: exactly what the index says. */
export const eventRules: readonly Rule<PlannedView>[] = [
  {
    name: 'public-studios',
    *check(view) {
      const multi = namesByYear(view.index, (key) => [key]);
      yield* compareYears('studio pages', multi, publicNames(view, '/?$'));
    },
  },
  {
    name: 'public-events',
    *check(view) {
      const events = namesByYear(view.index, (key, eventKeys) => eventKeys.map((event) => `${key}/${event}`));
      yield* compareYears('public event pages', events, publicNames(view, '/public/'));
    },
  },
  {
    name: 'replayed-once',
    *check(view) {
      const routes = readReplays(view);
      yield* routes.problems;
      yield* compareReplays(view, routes.targets);
    },
  },
  {
    name: 'replayed-regions',
    *check({ index, site, root, document, patterns }) {
      if (site.deployment !== 'fly') return;
      for (const region of regionsOfEvents(index)) {
        const path = `${root}/regions/${region}/demo/`;
        const targets = replays(document)
          .filter((replay) => replay.region !== undefined && patterns.matches(replay.pattern, path))
          .map((replay) => replay.region);
        const right = region === site.region ? [] : [region];
        if (targets.join() !== right.join())
          yield `${path} is replayed to ${few(targets.map(String)) || 'no region'}`;
      }
    },
  },
];

function regionsOfEvents({ years }: Index): Set<string> {
  const regions = new Set<string>();
  for (const { studios } of years) {
    for (const { studio } of studios) if (studio.region !== null) regions.add(studio.region);
  }
  return regions;
}

type Names = Map<string, Set<string>>;

/** The names that multi studios give rise to, by year. */
function namesByYear({ years }: Index, names: (key: string, events: string[]) => string[]): Names {
  const result: Names = new Map();
  for (const { year, studios } of years) {
    const all = studios
      .filter(({ single }) => !single)
      .flatMap(({ studio, events }) =>
        names(
          studio.key,
          events.map((event) => event.key),
        ),
      );
    if (all.length > 0) result.set(String(year), new Set(all));
  }
  return result;
}

/** The names in the auth patterns `^<root>/<year>/(?:<names>)<tail>`, by year. */
function publicNames({ document, root }: PlannedView, tail: string): Names {
  const result: Names = new Map();
  for (const item of listAt(document, 'auth', 'auth_patterns')) {
    const { skeleton, groups } = splitPattern(textAt(item, 'pattern') ?? '');
    const [, year] = /^\^[^?]*\/(\d+)\/\(\?:x\)/.exec(skeleton) ?? [];
    if (year === undefined || skeleton !== `^${escapeRe2(root)}/${year}/(?:x)${tail}`) continue;
    const names = result.get(year) ?? new Set();
    for (const name of groups[0] ?? []) names.add(name);
    result.set(year, names);
  }
  return result;
}

function* compareYears(what: string, expected: Names, actual: Names): Iterable<string> {
  for (const year of new Set([...expected.keys(), ...actual.keys()])) {
    const right = expected.get(year) ?? new Set();
    const found = actual.get(year) ?? new Set();
    const missing = [...right].filter((name) => !found.has(name));
    const extra = [...found].filter((name) => !right.has(name));
    if (missing.length > 0) yield `${what} of ${year} that are not public: ${few(missing)}`;
    if (extra.length > 0) yield `${what} of ${year} that must not be public: ${few(extra)}`;
  }
}

/** Where a studio's year is replayed to; `page` says whether the studio's own page is, too. */
interface Target {
  readonly region: string;
  readonly page: boolean;
}

type Targets = Map<string, Target[]>;

/** Reads the replays of studios; any other that sends to a region must not reach a year at all. */
function readReplays({ document, root, index, patterns }: PlannedView): {
  targets: Targets;
  problems: string[];
} {
  const targets: Targets = new Map();
  const problems: string[] = [];
  for (const replay of replays(document)) {
    const { region, pattern } = replay;
    if (region === undefined) continue;
    const split = splitPattern(pattern);
    const page = pageOf(split, root);
    if (page !== null) {
      addTargets(targets, split, { region, page });
      continue;
    }
    for (const { year } of index.years) {
      const path = `${root}/${year}/nosuchstudio/nosuchevent/`;
      if (patterns.matches(pattern, path))
        problems.push(`${show(pattern)} replays all of ${year} to ${region}`);
    }
  }
  return { targets, problems };
}

/** Null for a pattern that is not about studios. */
function pageOf({ skeleton }: SplitPattern, root: string): boolean | null {
  const studios = `^${escapeRe2(root)}/(?:x)/(?:x)`;
  if (skeleton === `${studios}/.+$`) return false;
  return skeleton === `${studios}(?:/.*)?$` ? true : null;
}

function addTargets(targets: Targets, { groups }: SplitPattern, target: Target): void {
  const [years = [], studios = []] = groups;
  for (const year of years) {
    for (const studio of studios) {
      const key = `${year}/${studio}`;
      const known = targets.get(key);
      if (known) known.push(target);
      else targets.set(key, [target]);
    }
  }
}

function* compareReplays({ index, site }: PlannedView, targets: Targets): Iterable<string> {
  for (const { year, studios } of index.years) {
    for (const studioYear of studios) {
      const key = `${year}/${studioYear.studio.key}`;
      const found = targets.get(key) ?? [];
      targets.delete(key);
      const right = servedHere(studioYear, site) ? null : studioYear.studio.region;
      if (right === null && found.length > 0)
        yield `${key} is served here and replayed to ${listRegions(found)}`;
      if (right === null) continue;
      const [target] = found;
      if (found.length !== 1 || target?.region !== right) {
        yield `${key} belongs to ${right} and is replayed to ${listRegions(found)}`;
      } else if (target.page !== studioYear.single) {
        yield `the page of ${key} is ${target.page ? 'replayed, but prerendered here' : 'not replayed'}`;
      }
    }
  }
  if (targets.size > 0) yield `there are replays for ${few(targets.keys())}, which the index does not have`;
}

function listRegions(targets: readonly Target[]): string {
  return targets.length === 0 ? 'no region' : targets.map(({ region }) => region).join(' and ');
}
