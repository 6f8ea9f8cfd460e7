import { escapeRe2 } from '../generate/re2.ts';
import type { Index } from '../index/index-model.ts';
import { mappingAt, listAt as staticList } from '../site/data.ts';
import { few, listAt, show, textAt } from './document.ts';
import type { PlannedView } from './planned-view.ts';
import type { Rule } from './rule.ts';

/** The names that one kind of auth pattern makes public; the year is empty where none is named. */
type Names = Map<string, readonly string[]>;

type Kind = 'studio pages' | 'event pages' | 'cable paths' | 'demo paths';

/** How the patterns of each kind begin behind the root, and end. */
const FORMS: readonly { kind: Kind; head: RegExp; tail: string }[] = [
  { kind: 'studio pages', head: /^(\d+)\/$/, tail: '/?$' },
  { kind: 'event pages', head: /^(\d+)\/$/, tail: '/public/' },
  { kind: 'cable paths', head: /^regions\/()$/, tail: '/cable$' },
  { kind: 'demo paths', head: /^regions\/()$/, tail: '/demo/' },
];

/** The auth patterns make public exactly what the index says. */
export const publicPagesRule: Rule<PlannedView> = {
  name: 'public-pages',
  *check(view) {
    const found = new Map<Kind, Names>(FORMS.map(({ kind }) => [kind, new Map()]));
    for (const pattern of derivedPatterns(view)) {
      const problem = sort(pattern, view, found);
      if (problem !== null) yield problem;
    }
    for (const [kind, names] of found) yield* compare(kind, expectedNames(kind, view), names);
  },
};

/** Those behind the patterns that the site's static part begins with. */
function derivedPatterns({ document, part }: PlannedView): string[] {
  const fixed = staticList(mappingAt(part.config, 'auth'), 'auth_patterns').length;
  return listAt(document, 'auth', 'auth_patterns')
    .slice(fixed)
    .map((item) => textAt(item, 'pattern') ?? '');
}

/** Files the names of a pattern under its kind and year, or says why it has none. */
function sort(
  pattern: string,
  { root, patterns }: PlannedView,
  found: ReadonlyMap<Kind, Names>,
): string | null {
  const { parts, groups } = patterns.split(pattern);
  const [head = '', tail] = parts;
  const base = `^${escapeRe2(root)}/`;
  const form = FORMS.find(
    (each) => each.tail === tail && head.startsWith(base) && each.head.test(head.slice(base.length)),
  );
  if (!form || groups.length !== 1) return `${show(pattern)} is not a pattern that follows from the index`;
  const year = form.head.exec(head.slice(base.length))?.[1] ?? '';
  const names = found.get(form.kind);
  if (names?.has(year)) return `there are two patterns for the ${form.kind} ${year}`;
  names?.set(year, groups[0] ?? []);
  return null;
}

function expectedNames(kind: Kind, { index, site }: PlannedView): Names {
  switch (kind) {
    case 'studio pages':
      return namesByYear(index, (key) => [key]);
    case 'event pages':
      return namesByYear(index, (key, events) => events.map((event) => `${key}/${event}`));
    default: {
      const regions = regionsOfEvents(index);
      return site.deployment === 'fly' && regions.size > 0 ? new Map([['', [...regions]]]) : new Map();
    }
  }
}

/** Codes of the regions that own an event. */
export function regionsOfEvents({ years }: Index): Set<string> {
  const regions = new Set<string>();
  for (const { studios } of years) {
    for (const { studio } of studios) if (studio.region !== null) regions.add(studio.region);
  }
  return regions;
}

/** The names that multi studios give rise to, by year, in the order of the index. */
function namesByYear({ years }: Index, names: (key: string, events: string[]) => string[]): Names {
  const result: Names = new Map();
  for (const { year, studios } of years) {
    const all: string[] = [];
    for (const { studio, single, events } of studios) {
      if (single) continue;
      const keys = events.map((event) => event.key);
      for (const name of names(studio.key, keys)) all.push(name);
    }
    if (all.length > 0) result.set(String(year), all);
  }
  return result;
}

function* compare(kind: Kind, expected: Names, actual: Names): Iterable<string> {
  for (const year of new Set([...expected.keys(), ...actual.keys()])) {
    const right = expected.get(year) ?? [];
    const found = actual.get(year) ?? [];
    if (right.length === found.length && right.every((name, number) => name === found[number])) continue;
    const what = year === '' ? kind : `${kind} of ${year}`;
    const missing = without(right, found);
    const extra = without(found, right);
    if (missing.length > 0) yield `${what} that are not public: ${few(missing)}`;
    if (extra.length > 0) yield `${what} that must not be public: ${few(extra)}`;
    if (missing.length === 0 && extra.length === 0) yield `${what} that are not in order, or repeated`;
  }
}

function without(names: readonly string[], others: readonly string[]): string[] {
  const known = new Set(others);
  return names.filter((name) => !known.has(name));
}
