import type { Data, DataMapping } from './data.ts';

/** The values for `{{name}}` in our YAML files; the syntax is distinct from Navigator's own `${name}` and `$1`. */
export const PLACEHOLDERS = [
  'root',
  'app_root',
  'db_dir',
  'storage',
  'app_name',
  'region',
  'port',
  'pool_size',
  'web',
  'web_listen',
] as const;

type Placeholder = (typeof PLACEHOLDERS)[number];

export type Values = Readonly<Record<Placeholder, string | number>>;

const ANY = new RegExp(`\\{\\{(${PLACEHOLDERS.join('|')})\\}\\}`, 'g');
const WHOLE = new RegExp(`^\\{\\{(${PLACEHOLDERS.join('|')})\\}\\}$`);

/** The first placeholder in a text; null when it has none. */
export function findPlaceholder(text: string): string | null {
  return text.match(ANY)?.[0] ?? null;
}

/**
 * Fills in every placeholder, once: placeholders within a value stay as they are. A text that consists of one placeholder
 * takes the type of its value.
 */
export function fillMapping(mapping: DataMapping, values: Values): DataMapping {
  return Object.fromEntries(Object.entries(mapping).map(([key, value]) => [key, fill(value, values)]));
}

function fill(data: Data, values: Values): Data {
  if (typeof data === 'string') return fillText(data, values);
  if (typeof data !== 'object' || data === null) return data;
  if (Array.isArray(data)) return data.map((item: Data) => fill(item, values));
  return fillMapping(data as DataMapping, values);
}

function fillText(text: string, values: Values): string | number {
  const whole = WHOLE.exec(text)?.[1];
  if (whole !== undefined) return values[whole as Placeholder];
  return text.replace(ANY, (_, name: Placeholder) => String(values[name]));
}
