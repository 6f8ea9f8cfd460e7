import { parseDocument } from 'yaml';
import { YamlError, type YamlMap, type YamlNode } from './yaml-reader.ts';

/**
 * Reads any YAML as Navigator's own reader does (one document, keys never twice), into the form that the rules know.
 *
 * @throws {YamlError}
 */
export function readForeignYaml(text: string): YamlMap {
  const document = parseDocument(text, { uniqueKeys: true, strict: true, merge: true, logLevel: 'error' });
  const [error] = document.errors;
  if (error) throw new YamlError(error.message.split('\n')[0] ?? error.code, error.linePos?.[0].line ?? 1);
  let plain: unknown;
  try {
    plain = document.toJS({ mapAsMap: true, maxAliasCount: 1000 });
  } catch (problem) {
    throw new YamlError(problem instanceof Error ? problem.message : String(problem), 1);
  }
  const node = convert(plain);
  if (!(node instanceof Map)) throw new YamlError('the document is no mapping', 1);
  return node;
}

/** Values that the rules do not know (a date, a binary, a tag's own) are shown to them as text. */
function convert(value: unknown): YamlNode {
  if (Array.isArray(value)) return value.map(convert);
  if (value instanceof Map) {
    return new Map(
      [...value].map(([key, item]) => [typeof key === 'number' ? key : String(key), convert(item)]),
    );
  }
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return String(value);
}
