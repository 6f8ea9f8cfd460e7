import { type Data, isMapping } from '../site/data.ts';
import { show } from './document.ts';
import type { PlannedView } from './planned-view.ts';
import type { Rule } from './rule.ts';
import type { YamlNode } from './yaml-reader.ts';

/** Lists that go on, behind what the site says, with what the index says; other rules hold these parts. */
const CONTINUED: ReadonlySet<string> = new Set([
  'auth.auth_patterns',
  'applications.tenants',
  'routes.fly.replay',
]);

/**
 * A file that was cut short at the end of a line is good YAML, and so is one that lost a line: so everything that does
 * not derive from the index must be as the site says, no more and no less.
 */
export const wholeRule: Rule<PlannedView> = {
  name: 'whole',
  *check({ document, part }) {
    yield* compare('', part.config, document);
  },
};

function* compare(path: string, right: Data, found: YamlNode | undefined): Iterable<string> {
  if (isMapping(right)) {
    if (!(found instanceof Map)) yield wrong(path, found, 'a mapping');
    else yield* compareMappings(path, right, found);
  } else if (Array.isArray(right)) {
    if (!Array.isArray(found)) yield wrong(path, found, 'a list');
    else yield* compareLists(path, right, found);
  } else if (found !== right) {
    yield wrong(path, found, show(right as YamlNode));
  }
}

function* compareMappings(
  path: string,
  right: { readonly [key: string]: Data },
  found: ReadonlyMap<string | number, YamlNode>,
): Iterable<string> {
  const prefix = path === '' ? '' : `${path}.`;
  for (const [key, value] of Object.entries(right)) yield* compare(prefix + key, value, found.get(key));
  for (const key of found.keys()) {
    if (!Object.hasOwn(right, key)) yield `${prefix}${key} is there, and does not belong there`;
  }
}

function* compareLists(path: string, right: readonly Data[], found: readonly YamlNode[]): Iterable<string> {
  for (const [number, value] of right.entries()) yield* compare(`${path}[${number}]`, value, found[number]);
  if (found.length > right.length && !CONTINUED.has(path)) {
    yield `${path} has ${found.length} items, not ${right.length}`;
  }
}

function wrong(path: string, found: YamlNode | undefined, right: string): string {
  return `${path === '' ? 'the document' : path} is ${show(found)}, not ${right}`;
}
