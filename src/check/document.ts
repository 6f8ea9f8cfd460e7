import type { YamlMap, YamlNode } from './yaml-reader.ts';

/** Steps into nested mappings; undefined where one is missing. */
export function at(node: YamlNode | undefined, ...keys: readonly (string | number)[]): YamlNode | undefined {
  let here = node;
  for (const key of keys) {
    if (!(here instanceof Map)) return undefined;
    here = here.get(key);
  }
  return here;
}

/** The items of a list; none for anything else. */
export function listAt(
  node: YamlNode | undefined,
  ...keys: readonly (string | number)[]
): readonly YamlNode[] {
  const found = at(node, ...keys);
  return Array.isArray(found) ? found : [];
}

/** The entries of a mapping; none for anything else. */
export function mapAt(node: YamlNode | undefined, ...keys: readonly (string | number)[]): YamlMap {
  const found = at(node, ...keys);
  return found instanceof Map ? found : new Map();
}

export function textAt(
  node: YamlNode | undefined,
  ...keys: readonly (string | number)[]
): string | undefined {
  const found = at(node, ...keys);
  return typeof found === 'string' ? found : undefined;
}

/** A value as a message shows it: short, on one line, quoted. */
export function show(value: YamlNode | undefined): string {
  if (value === undefined) return 'nothing';
  if (value instanceof Map) return 'a mapping';
  if (Array.isArray(value)) return 'a list';
  const text = JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 120)}...` : text;
}

/** The first few of many names, for a message. */
export function few(names: Iterable<string>): string {
  const all = [...names];
  const shown = all.slice(0, 5).map((name) => show(name));
  return all.length > shown.length
    ? `${shown.join(', ')} and ${all.length - shown.length} more`
    : shown.join(', ');
}
