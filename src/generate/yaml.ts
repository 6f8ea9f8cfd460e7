/**
 * Writes YAML that every reader understands alike: Navigator (go-yaml v3, YAML 1.2 with remnants of 1.1), Ruby (Psych,
 * YAML 1.1) and the strict reader of `check/`. It is a small subset in one fixed form:
 *
 *     document = "{}" LF | mapping(0)
 *     mapping(n) = { entry(n) }                         at least one; keys are never repeated
 *     entry(n)   = indent(n) key ":" value(n)
 *     key        = integer | ":" /[a-z_][a-z0-9_]* / | string       (the second is a Ruby symbol; the last never `<<`)
 *     value(n)   = " " scalar LF
 *                | " []" LF | " {}" LF                  an empty list, an empty mapping
 *                | LF mapping(n + 2)
 *                | LF list(n + 2)
 *     list(n)    = { indent(n) "- " item(n) }           at least one
 *     item(n)    = scalar LF | "{}" LF
 *                | mapping(n + 2) without its first indent      (the first entry stands on the line of the dash)
 *     scalar     = "null" | "true" | "false" | integer | float | string
 *     integer    = /-?(0|[1-9][0-9]*)/
 *     float      = /-?(0|[1-9][0-9]*)\.[0-9]+(e[+-][0-9]+)?/
 *     string     = plain | quoted
 *     plain      = /[A-Za-z\/][A-Za-z0-9_.\/-]* /       and nothing that some YAML reads as something else (`RESERVED`)
 *     quoted     = a JSON string: `JSON.parse` reads it
 *     indent(n)  = n spaces
 *
 * A line ends with LF and has no trailing space; there are no comments, document markers, tags, anchors, aliases, block
 * scalars, flow collections other than the empty ones, multi-line scalars, or lists directly inside lists. Inside
 * `quoted` everything that YAML does not let stand raw (control characters, U+007F to U+009F, U+2028, U+2029, U+FEFF,
 * U+FFFE, U+FFFF) is escaped, other text stands as it is; a lone surrogate, which no YAML can express, becomes U+FFFD.
 */

import { Lines } from './text-lines.ts';

/** A mapping with keys from data is a `Map` (objects would reorder keys such as `2026`); one with fixed keys may be an object. */
export type YamlMapping =
  | ReadonlyMap<string | number | symbol, YamlValue>
  | { readonly [key: string]: YamlValue };

/** Any iterable but a Map: a long list need never stand in memory as a whole. */
type YamlList = Iterable<YamlValue>;

/**
 * A function stands for its return value, and is called when that is written: so large parts can be made one by one.
 */
export type YamlValue = string | number | boolean | null | YamlList | YamlMapping | (() => YamlMapping);

/** Words that some reader of YAML 1.1 or 1.2 takes for a boolean, null or number (`E3`) if they are not quoted. */
const RESERVED = /^(?:y|n|yes|no|on|off|true|false|null|e[0-9._-]*)$/i;

const PLAIN = /^[A-Za-z/][A-Za-z0-9_./-]*$/;
/** ASCII that stands for itself between quotes: by far the most common case, so it is not searched for anything. */
const PRINTABLE = /^[ !#-[\]-~]*$/;
const SYMBOL = /^[a-z_][a-z0-9_]*$/;
const INTEGER_LIKE = /^(?:0|[1-9][0-9]*)$/;
const LONE_SURROGATE = /\p{Surrogate}/gu;
const NOT_RAW = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

/** Readers refuse longer keys (YAML allows 1024 characters for a key without `? `). */
const LONGEST_KEY = 1000;

/**
 * @returns the document, with its final line end.
 * @throws {TypeError} for values that the subset cannot express: NaN and infinities, a list directly inside a list, a
 *   symbol that is not a Ruby identifier, an integer-like key of a plain object, a key that is too long, and the key
 *   `<<`, which Ruby takes for a merge even if it is quoted.
 */
export function emitYaml(document: YamlMapping): string {
  const lines = new Lines();
  if (isEmpty(document)) return '{}\n';
  emitMapping(lines, document, '', '');
  return lines.text();
}

/** A string as it stands in the document, quoted unless every reader takes it for the same string unquoted. */
export function emitString(text: string): string {
  if (PLAIN.test(text)) return RESERVED.test(text) ? `"${text}"` : text;
  if (PRINTABLE.test(text)) return `"${text}"`;
  return JSON.stringify(text.replace(LONE_SURROGATE, '\ufffd')).replace(NOT_RAW, escapeUnit);
}

/** `first` is what stands before the first key (an indent, or the dash of a list), `indent` before the others. */
function emitMapping(lines: Lines, mapping: YamlMapping, first: string, indent: string): void {
  let lead = first;
  if (mapping instanceof Map) {
    for (const [key, value] of mapping) {
      emitEntry(lines, lead + emitKey(key), value, indent);
      lead = indent;
    }
    return;
  }
  const record = mapping as { readonly [key: string]: YamlValue };
  for (const key of Object.keys(record)) {
    emitEntry(lines, lead + emitFixedKey(key), record[key] ?? null, indent);
    lead = indent;
  }
}

function emitEntry(lines: Lines, start: string, given: YamlValue, indent: string): void {
  const value = typeof given === 'function' ? given() : given;
  const deeper = `${indent}  `;
  if (typeof value !== 'object' || value === null) lines.add(`${start}: ${emitScalar(value)}\n`);
  else if (isList(value)) emitList(lines, value, start, deeper);
  else if (isEmpty(value)) lines.add(`${start}: {}\n`);
  else {
    lines.add(`${start}:\n`);
    emitMapping(lines, value, deeper, deeper);
  }
}

function emitList(lines: Lines, list: YamlList, start: string, indent: string): void {
  let opening = `${start}:\n`;
  const dash = `${indent}- `;
  for (const given of list) {
    const item = typeof given === 'function' ? given() : given;
    lines.add(opening);
    opening = '';
    if (typeof item !== 'object' || item === null) lines.add(`${dash}${emitScalar(item)}\n`);
    else if (isList(item)) throw new TypeError('a list directly inside a list is not written');
    else if (isEmpty(item)) lines.add(`${dash}{}\n`);
    else emitMapping(lines, item, dash, `${indent}  `);
  }
  if (opening) lines.add(`${start}: []\n`);
}

/** Keys of objects are the same few over and over. */
const fixedKeys = new Map<string, string>();

function emitFixedKey(key: string): string {
  const known = fixedKeys.get(key);
  if (known !== undefined) return known;
  if (INTEGER_LIKE.test(key)) throw new TypeError(`key ${key} needs a Map: an object would reorder it`);
  const text = emitKey(key);
  if (fixedKeys.size < 1000) fixedKeys.set(key, text);
  return text;
}

/** A key as it stands in the document, before its colon; throws as `emitYaml`. */
export function emitKey(key: string | number | symbol): string {
  if (typeof key === 'symbol') {
    const name = key.description ?? '';
    if (!SYMBOL.test(name)) throw new TypeError(`${String(key)} is not a plain Ruby symbol`);
    return `:${name}`;
  }
  if (typeof key === 'number') {
    if (!Number.isSafeInteger(key)) throw new TypeError(`key ${key} is not an integer`);
    return String(key);
  }
  if (key === '<<') throw new TypeError('the key << is not written: Ruby would merge it');
  const text = emitString(key);
  if (text.length > LONGEST_KEY) throw new TypeError(`key ${text.slice(0, 40)}... is too long`);
  return text;
}

function emitScalar(value: string | number | boolean | null): string {
  if (typeof value === 'string') return emitString(value);
  return typeof value === 'number' ? emitNumber(value) : String(value);
}

/** Psych takes `1e-7` for a string: a float always has its point. */
function emitNumber(value: number): string {
  if (!Number.isFinite(value)) throw new TypeError(`${value} is not written`);
  const text = String(value);
  return text.includes('e') && !text.includes('.') ? text.replace('e', '.0e') : text;
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function isList(value: YamlList | YamlMapping): value is YamlList {
  return Symbol.iterator in value && !(value instanceof Map);
}

function isEmpty(value: YamlMapping): boolean {
  if (value instanceof Map) return value.size === 0;
  for (const _ in value) return false;
  return true;
}
