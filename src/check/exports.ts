import { placeOnMap } from '../generate/projection.ts';
import type { Index, Region, StudioYear } from '../index/types.ts';
import { at, few, mapAt, show } from './document.ts';
import type { Rule } from './rule.ts';
import type { YamlMap, YamlNode } from './yaml-reader.ts';

/** A file for other programs, with what it was generated from. */
export interface ExportView {
  readonly document: YamlMap;
  readonly index: Index;
}

type Place = Pick<Region, 'name' | 'lat' | 'lon'>;

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
      for (const region of index.regions) yield* placeProblems(region.code, regions.get(region.code), region);
      const studios = mapAt(document, 'studios');
      yield* sameKeys(
        'studios: ',
        studios.keys(),
        index.studios.map(({ key }) => key),
      );
      for (const studio of index.studios) {
        const node = studios.get(studio.key);
        yield* placeProblems(studio.key, node, studio);
        if (node !== undefined) yield* field(studio.key, node, 'region', studio.region);
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

function* studioProblems(where: string, node: YamlNode, entry: StudioYear): Iterable<string> {
  const { studio, single, events } = entry;
  const [first] = events;
  yield* field(where, node, ':name', studio.name);
  yield* field(where, node, ':region', studio.region);
  yield* field(where, node, ':locale', studio.locale ?? undefined);
  yield* field(where, node, ':logo', studio.logo ?? undefined);
  yield* field(where, node, ':date', single ? (first?.date ?? undefined) : undefined);
  if (single) {
    if (at(node, ':events') !== undefined) yield `${where}: a single event has no list`;
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
    yield* field(`${where} ${key}`, event, ':name', name);
    yield* field(`${where} ${key}`, event, ':date', date ?? undefined);
  }
}

function* placeProblems(key: string, node: YamlNode | undefined, place: Place): Iterable<string> {
  if (node === undefined) return;
  const { name, lat, lon } = place;
  const { map, x, y } = placeOnMap(lat, lon) ?? {};
  for (const [part, value] of Object.entries({ name, lat, lon, map, x, y }))
    yield* field(key, node, part, value);
}

/** A field that must have this value; `undefined` stands for one that must not be there. */
function* field(where: string, node: YamlNode, name: string, value: YamlNode | undefined): Iterable<string> {
  const found = at(node, name);
  if (found !== value) yield `${where}: ${name} is ${show(found)}, not ${show(value)}`;
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
