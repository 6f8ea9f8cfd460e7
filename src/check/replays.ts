import { escapeRe2 } from '../generate/re2.ts';
import { at, few, listAt, show } from './document.ts';
import type { SplitPattern } from './pattern-rules.ts';
import { type PlannedView, replays } from './planned-view.ts';
import { regionsOfEvents } from './public-pages.ts';
import type { Rule } from './rule.ts';
import { servedHere } from './tenants-read.ts';

/** Which region serves what: exactly what the index says, once. */
export const replayRules: readonly Rule<PlannedView>[] = [
  {
    name: 'replayed-once',
    *check(view) {
      const { targets, problems } = readReplays(view);
      yield* problems;
      yield* compareReplays(view, targets);
    },
  },
  {
    name: 'replayed-regions',
    *check({ index, site, root, document, patterns }) {
      if (site.deployment !== 'fly') return;
      const toRegions = replays(document).filter(({ region }) => region !== undefined);
      for (const code of regionsOfEvents(index)) {
        const path = `${root}/regions/${code}/demo/`;
        const targets = toRegions.filter(({ pattern }) => patterns.matches(pattern, path));
        const right = code === site.region ? '' : code;
        const found = targets.map(({ region }) => region).join(' and ');
        if (found !== right) yield `${path} is replayed to ${found || 'no region'}`;
      }
    },
  },
  {
    // 307 keeps the method and the body of a request.
    name: 'replay-status',
    *check({ document }) {
      for (const item of listAt(document, 'routes', 'fly', 'replay')) {
        const status = at(item, 'status');
        if (status !== 307) yield `the replay of ${show(at(item, 'path'))} has the status ${show(status)}`;
      }
    },
  },
];

/** The regions that a studio's year is replayed to; `page` says whether the studio's own page is, too. */
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
  for (const { region, pattern } of replays(document)) {
    if (region === undefined) continue;
    const split = patterns.split(pattern);
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
    for (const entry of studios) {
      const key = `${year}/${entry.studio.key}`;
      const found = targets.get(key) ?? [];
      targets.delete(key);
      const right = servedHere(entry, site) ? null : entry.studio.region;
      const [target] = found;
      if (right === null) {
        if (target) yield `${key} is served here and replayed to ${listRegions(found)}`;
      } else if (found.length !== 1 || target?.region !== right) {
        yield `${key} belongs to ${right} and is replayed to ${listRegions(found)}`;
      } else if (target.page !== entry.single) {
        yield `the page of ${key} is ${target.page ? 'replayed, but prerendered here' : 'not replayed'}`;
      }
    }
  }
  if (targets.size > 0) yield `there are replays for ${few(targets.keys())}, which the index does not have`;
}

function listRegions(targets: readonly Target[]): string {
  return targets.length === 0 ? 'no region' : targets.map(({ region }) => region).join(' and ');
}
