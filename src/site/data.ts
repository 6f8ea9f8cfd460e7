/** Any value that YAML can express. Keys come from our own files or are checked: never from the index. */
export type Data = string | number | boolean | null | readonly Data[] | DataMapping;

export interface DataMapping {
  readonly [key: string]: Data;
}

export function isMapping(value: Data | undefined): value is DataMapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Lays `over` on `base`: mappings are merged key by key, lists and scalars replaced. The order of `base` is kept. */
export function merge(base: DataMapping, over: DataMapping): DataMapping {
  const merged = new Map(Object.entries(base));
  for (const [key, value] of Object.entries(over)) {
    const below = merged.get(key);
    merged.set(key, isMapping(below) && isMapping(value) ? merge(below, value) : value);
  }
  // fromEntries makes even `__proto__` an ordinary key.
  return Object.fromEntries(merged);
}

/** The mapping at `key`, empty when there is none. */
export function mappingAt(value: DataMapping, key: string): DataMapping {
  const found = value[key];
  return isMapping(found) ? found : {};
}

/** The list at `key`, empty when there is none. */
export function listAt(value: DataMapping, key: string): readonly Data[] {
  const found = value[key];
  return Array.isArray(found) ? found : [];
}
