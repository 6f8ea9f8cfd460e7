import type { Problem } from '../failure.ts';
import type { RunResult } from '../report/results.ts';
import type { DateMemory, InstalledState, ProvedRun, PublishMemory } from './journal-model.ts';

/*
 * The journal's JSON values, checked when they are read: text that this program would not write counts as forgotten.
 * That costs a request or a reload; trusting it could cost an update.
 */

/** A result that may answer for another request. */
export function parseResult(text: string): RunResult | null {
  const value = parseObject(text);
  const whole =
    value !== null &&
    hasTexts(value, ['run', 'machine']) &&
    ['updated', 'unchanged', 'held', 'dry-run', 'failed'].includes(value['outcome'] as string) &&
    ['files', 'warnings', 'steps'].every((name) => isListOfObjects(value[name])) &&
    isObjectOrNull(value['index']) &&
    typeof value['reload'] === 'boolean' &&
    typeof value['warningCount'] === 'number' &&
    (value['error'] === undefined || hasTexts(value['error'], ['code', 'message', 'hint']));
  return whole ? (value as unknown as RunResult) : null;
}

/** @param text null where nothing is remembered */
export function parseInstalled(text: string | null): InstalledState | null {
  const value = text === null ? null : parseObject(text);
  const whole =
    value !== null &&
    hasTexts(value, ['digest', 'sha256', 'time', 'source']) &&
    (value['etag'] === null || typeof value['etag'] === 'string') &&
    typeof value['size'] === 'number' &&
    typeof value['held'] === 'boolean';
  return whole ? withTime<InstalledState>(value) : null;
}

/** With its time, which the journal has as text; null for what is not a time. */
function withTime<T extends { readonly time: Date }>(value: Readonly<Record<string, unknown>>): T | null {
  const time = new Date(value['time'] as string);
  return Number.isNaN(time.getTime()) ? null : ({ ...value, time } as unknown as T);
}

/** @param text null where nothing is remembered */
export function parseProved(text: string | null): ProvedRun | null {
  const value = text === null ? null : parseObject(text);
  const whole =
    value !== null &&
    hasTexts(value, ['inputs', 'detail']) &&
    typeof value['knowsRegion'] === 'boolean' &&
    isListOfObjects(value['warnings']) &&
    value['warnings'].every((one) => hasTexts(one, ['table', 'row', 'reason'])) &&
    isListOfObjects(value['outputs']) &&
    value['outputs'].length > 0 &&
    value['outputs'].every(
      (one) => hasTexts(one, ['kind', 'path', 'sha256']) && typeof one['size'] === 'number',
    );
  return whole ? (value as unknown as ProvedRun) : null;
}

/** @param text null where nothing is remembered */
export function parseProblem(text: string | null): Problem | null {
  const value = text === null ? null : parseObject(text);
  return hasTexts(value, ['code', 'message', 'hint']) ? (value as unknown as Problem) : null;
}

/** @param text null where nothing is remembered */
export function parseMemory(text: string | null): PublishMemory {
  const value = text === null ? null : parseObject(text);
  const last = value?.['last'];
  const isLast = isObject(last) && hasTexts(last, ['etag', 'digest', 'time']);
  return {
    last: isLast ? withTime<NonNullable<PublishMemory['last']>>(last) : null,
    intended: textsOf(value?.['intended']),
  };
}

/** @param text null where nothing is remembered */
export function parseDates(text: string | null): DateMemory {
  const value = text === null ? null : parseObject(text);
  const basis = value?.['basis'];
  const stamps = isObject(value?.['stamps']) ? Object.entries(value['stamps']) : [];
  return {
    basis: typeof basis === 'string' ? basis : null,
    stamps: Object.fromEntries(stamps.filter((one): one is [string, string] => typeof one[1] === 'string')),
  };
}

/** A list of texts. */
export function parseList(text: string): string[] {
  return textsOf(parse(text));
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function parseObject(text: string): Record<string, unknown> | null {
  const value = parse(text);
  return isObject(value) ? value : null;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isObjectOrNull(value: unknown): boolean {
  return value === null || isObject(value);
}

function isListOfObjects(value: unknown): value is Record<string, unknown>[] {
  return Array.isArray(value) && value.every(isObject);
}

function hasTexts(value: unknown, names: readonly string[]): boolean {
  return isObject(value) && names.every((name) => typeof value[name] === 'string');
}
