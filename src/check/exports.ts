import type { Event, Index, Region, StudioYear } from '../index/index-model.ts';
import { entriesOf } from '../index/index-model.ts';
import { placeOnMap } from '../index/projection.ts';
import { few, mapAt, show } from './document.ts';
import type { Rule } from './rule.ts';
import type { Take, YamlMap, YamlNode } from './yaml-reader.ts';

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
        const problem = fieldProblem(studio.key, node, 'region', studio.region);
        if (problem !== null) yield problem;
      }
    },
  },
];

/** Column of the fields of a studio in showcases.yml. */
const STUDIO_INDENT = 4;

/** Compares the studios of showcases.yml with the index while the file is read; nothing of them need be kept. */
export class ShowcasesRead {
  readonly problems: string[] = [];
  private readonly expected: Iterator<StudioYear>;

  constructor(index: Index) {
    this.expected = entriesOf(index);
  }

  readonly take: Take = (mapping, key, indent) => {
    if (indent !== STUDIO_INDENT) return mapping;
    const { value: entry } = this.expected.next();
    const problem =
      entry?.studio.key === key ? studioProblem(mapping, entry) : `${key} is not in the right place`;
    if (problem !== null) this.problems.push(problem);
    return null;
  };
}

/** showcases.yml; its field names are Ruby symbols. */
export const showcasesRules: readonly Rule<ExportView & { readonly studios: ShowcasesRead }>[] = [
  {
    name: 'showcases-complete',
    *check({ document, index, studios: { problems } }) {
      yield* problems;
      yield* sameKeys(
        '',
        document.keys(),
        index.years.map(({ year }) => year),
      );
      for (const { year, studios } of index.years) {
        yield* sameKeys(
          `${year}: `,
          mapAt(document, year).keys(),
          studios.map(({ studio }) => studio.key),
        );
      }
    },
  },
];

function studioProblem(node: YamlMap, { year, studio, single, events }: StudioYear): string | null {
  const where = `${year} ${studio.key}`;
  const date = single ? (events[0]?.date ?? undefined) : undefined;
  const problem =
    fieldProblem(where, node, ':name', studio.name) ??
    fieldProblem(where, node, ':region', studio.region) ??
    fieldProblem(where, node, ':locale', studio.locale ?? undefined) ??
    fieldProblem(where, node, ':logo', studio.logo ?? undefined) ??
    fieldProblem(where, node, ':date', date);
  if (problem !== null) return problem;
  const found = node.get(':events');
  if (single) return found === undefined ? null : `${where}: a single event has no list`;
  return found instanceof Map ? eventsProblem(where, found, events) : `${where}: it has no events`;
}

/** Events are in the order of the index. */
function eventsProblem(where: string, found: YamlMap, events: readonly Event[]): string | null {
  if (found.size !== events.length) return `${where}: ${found.size} events, not ${events.length}`;
  const keys = found.keys();
  for (const { key, name, date } of events) {
    if (keys.next().value !== key) return `${where}: ${key} is not in its place`;
    const event = found.get(key);
    const problem =
      fieldProblem(where, event, ':name', name) ?? fieldProblem(where, event, ':date', date ?? undefined);
    if (problem !== null) return problem;
  }
  return null;
}

function* placeProblems(key: string, node: YamlNode | undefined, place: Place): Iterable<string> {
  if (node === undefined) return;
  const { name, lat, lon } = place;
  const { map, x, y } = placeOnMap(lat, lon) ?? {};
  for (const [field, value] of Object.entries({ name, lat, lon, map, x, y })) {
    const problem = fieldProblem(key, node, field, value);
    if (problem !== null) yield problem;
  }
}

/** A field must have this value; `undefined` stands for one that must not be there. */
function fieldProblem(
  where: string,
  node: YamlNode | undefined,
  name: string,
  value: YamlNode | undefined,
): string | null {
  const found = node instanceof Map ? node.get(name) : undefined;
  return found === value ? null : `${where}: ${name} is ${show(found)}, not ${show(value)}`;
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
