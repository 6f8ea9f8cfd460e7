import type { Index } from '../index/index-model.ts';
import type { DataMapping } from '../site/data.ts';
import type { Site } from '../site/site.ts';
import { anyOf, escapeButHyphens, escapeRe2 } from './re2.ts';
import { multiStudios, ownedByRegion, type StudiosByYear } from './region-entries.ts';

/** Fly's proxy sends the request to the other region again, method and body unchanged. */
const REPLAY_STATUS = 307;

/**
 * The paths that the index makes public: on Fly, the cable and demo paths of the regions; the pages of multi studios
 * and the public pages of their events, one pattern per year.
 */
export function authPatterns(index: Index, site: Site, root: string): DataMapping[] {
  const base = `^${escapeRe2(root)}`;
  const patterns: string[] = [];
  const regions = [...ownedByRegion(index).keys()];
  if (site.deployment === 'fly' && regions.length > 0) {
    patterns.push(`${base}/regions/${anyOf(regions)}/cable$`, `${base}/regions/${anyOf(regions)}/demo/`);
  }
  for (const [year, keys] of multiStudios(index)) patterns.push(`${base}/${year}/${anyOf(keys)}/?$`);
  for (const [year, events] of multiEvents(index)) patterns.push(`${base}/${year}/(?:${events})/public/`);
  return patterns.map((pattern) => ({ pattern, action: 'off' }));
}

/** The paths that Fly's proxy sends to the region that owns them: none outside Fly, and none that this region owns. */
export function replayRoutes(index: Index, site: Site, root: string): DataMapping[] {
  if (site.deployment !== 'fly') return [];
  const others = [...ownedByRegion(index)].filter(([code]) => code !== site.region);
  const base = `^${escapeRe2(root)}`;
  const routes = others.map(([code]) => route(`${base}/regions/${escapeButHyphens(code)}/.+$`, code));
  for (const [code, { multi, single }] of others) {
    // The page of a multi studio is prerendered, and served by every region.
    for (const pattern of yearPatterns(base, multi)) routes.push(route(`${pattern}/.+$`, code));
    for (const pattern of yearPatterns(base, single)) routes.push(route(`${pattern}(?:/.*)?$`, code));
  }
  return routes;
}

function route(path: string, region: string): DataMapping {
  return { path, region, status: REPLAY_STATUS };
}

function* yearPatterns(base: string, years: StudiosByYear): Iterable<string> {
  for (const [year, keys] of years) yield `${base}/(?:${year})/(?:${keys.map(escapeButHyphens).join('|')})`;
}

/** By year: a pattern for `studio/event` of any multi event. */
function* multiEvents(index: Index): Iterable<readonly [year: number, alternatives: string]> {
  for (const { year, studios } of index.years) {
    const alternatives: string[] = [];
    for (const { studio, single, events } of studios) {
      if (single) continue;
      const base = `${escapeRe2(studio.key)}/`;
      alternatives.push(events.map((event) => base + escapeRe2(event.key)).join('|'));
    }
    if (alternatives.length > 0) yield [year, alternatives.join('|')];
  }
}
