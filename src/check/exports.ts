import type { Index, StudioYear } from '../index/types.ts';
import { at, few, mapAt, show } from './document.ts';
import type { Rule } from './rule.ts';
import type { YamlMap, YamlNode } from './yaml-reader.ts';

/** A file for other programs, with what it was generated from. */
export interface ExportView {
  readonly document: YamlMap;
  readonly index: Index;
}

/** map.yml */
export const mapRules: readonly Rule<ExportView>[] = [
  {
    name: 'map-complete',
    *check({ document, index }) {
      yield* sameKeys('', document.keys(), ['regions', 'studios']);
      const regions = mapAt(document, 'regions');
      yield* sameKeys(
        'regions: ',
        regions.keys(),
        index.regions.map(({ code }) => code),
      );
      for (const { code, name } of index.regions) yield* placeProblems(code, regions.get(code), name);
      const studios = mapAt(document, 'studios');
      yield* sameKeys(
        'studios: ',
        studios.keys(),
        index.studios.map(({ key }) => key),
      );
      for (const { key, name, region } of index.studios) {
        const studio = studios.get(key);
        yield* placeProblems(key, studio, name);
        if (studio !== undefined && at(studio, 'region') !== region)
          yield `the region of ${key} is not ${show(region)}`;
      }
    },
  },
];

/** showcases.yml; its field names are Ruby symbols. */
export const showcasesRules: readonly Rule<ExportView>[] = [
  {
    name: 'showcases-complete',
    *check({ document, index }) {
      yield* sameKeys(
        '',
        document.keys(),
        index.years.map(({ year }) => year),
      );
      for (const { year, studios } of index.years) {
        const found = mapAt(document, year);
        yield* sameKeys(
          `${year}: `,
          found.keys(),
          studios.map(({ studio }) => studio.key),
        );
        for (const entry of studios) {
          const node = found.get(entry.studio.key);
          if (node !== undefined) yield* studioProblems(`${year} ${entry.studio.key}`, node, entry);
        }
      }
    },
  },
];

function* studioProblems(
  where: string,
  node: YamlNode,
  { studio, single, events }: StudioYear,
): Iterable<string> {
  if (at(node, ':name') !== studio.name) yield `${where}: the name is ${show(at(node, ':name'))}`;
  if (at(node, ':region') !== studio.region) yield `${where}: the region is ${show(at(node, ':region'))}`;
  if (single) {
    if (at(node, ':events') !== undefined) yield `${where}: a single event has no list`;
    if ((at(node, ':date') ?? null) !== (events[0]?.date ?? null)) yield `${where}: the date is wrong`;
    return;
  }
  const found = mapAt(node, ':events');
  yield* sameKeys(
    `${where}: `,
    found.keys(),
    events.map(({ key }) => key),
  );
  for (const { key, name, date } of events) {
    const event = found.get(key);
    if (event === undefined) continue;
    if (at(event, ':name') !== name) yield `${where} ${key}: the name is ${show(at(event, ':name'))}`;
    if ((at(event, ':date') ?? null) !== date) yield `${where} ${key}: the date is wrong`;
  }
}

function* placeProblems(key: string, node: YamlNode | undefined, name: string): Iterable<string> {
  if (node === undefined) return;
  if (at(node, 'name') !== name) yield `the name of ${key} is ${show(at(node, 'name'))}`;
  for (const field of ['lat', 'lon']) {
    const value = at(node, field);
    if (value !== null && typeof value !== 'number') yield `${field} of ${key} is ${show(value)}`;
  }
  // Either a place on a map or none.
  const place = ['map', 'x', 'y'].filter((field) => at(node, field) !== undefined);
  if (place.length !== 0 && place.length !== 3)
    yield `${key} has only ${place.join(' and ')} of its place on a map`;
}

/** The same keys in the same order. */
function* sameKeys<Key extends string | number>(
  where: string,
  actual: Iterable<string | number>,
  expected: readonly Key[],
): Iterable<string> {
  const found = [...actual];
  if (found.length === expected.length && found.every((key, number) => key === expected[number])) return;
  const [has, needs] = [new Set(found), new Set<string | number>(expected)];
  const missing = expected.filter((key) => !has.has(key)).map(String);
  const extra = found.filter((key) => !needs.has(key)).map(String);
  if (missing.length > 0) yield `${where}missing: ${few(missing)}`;
  if (extra.length > 0) yield `${where}not in the index: ${few(extra)}`;
  if (missing.length === 0 && extra.length === 0) yield `${where}not in the right order`;
}
