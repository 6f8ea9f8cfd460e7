import { existsSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { isAlias, isMap, isScalar, isSeq, type ParsedNode, parseDocument } from 'yaml';
import { Failure } from '../failure.ts';
import { type Found, readRegularFile } from '../files/regular-file.ts';
import { isRootsFile } from '../rights/control.ts';
import { inDirectory } from '../rights/rights.ts';
import type { Data, DataMapping } from './data.ts';
import { listAt, mappingAt } from './data.ts';
import { findPlaceholder } from './placeholders.ts';
import { type Fields, OVERRIDES, type Schema } from './schema.ts';
import { suggestKey } from './suggest.ts';

/** Bytes; some hundred keys. */
const LARGEST_BYTES = 1024 * 1024;

/** What the file says, and which of its keys have no effect. */
export interface Overrides {
  /** Null for a file that says nothing. */
  readonly data: DataMapping | null;
  /** Each begins with the file's name and the dotted key. */
  readonly cautions: readonly string[];
}

/** Collects what is wrong, each beginning with the dotted key, and what has no effect. */
interface Problems {
  readonly faults: string[];
  readonly cautions: string[];
}

/** How many keys without effect are named. */
const MOST_CAUTIONS = 20;

/**
 * Reads the file that overrides the static part of navigator.yml. A key that Navigator does not know is left out, with
 * a warning: Navigator would ignore it, and it is not worth stopping the site's updates.
 *
 * @throws {Failure} `config-invalid` naming every key that is doubled, derived, or of the wrong type.
 */
export async function readOverrides(path: string): Promise<Overrides> {
  requireRootsFile(path);
  const unreadable = (why: string, cause?: unknown) =>
    new Failure('config-invalid', `cannot read ${path}: ${why}`, {
      hint: 'Make the file that NAVIGATOR_OVERRIDES names readable, or unset the variable.',
      cause,
    });
  let found: Found;
  try {
    found = inDirectory(dirname(path), () => readRegularFile(realpathSync(path), LARGEST_BYTES));
  } catch (cause) {
    throw unreadable(systemError(cause as NodeJS.ErrnoException), cause);
  }
  if (found.kind === 'file') return parseOverrides(found.bytes.toString('utf8'), path);
  throw unreadable(found.kind === 'too-large' ? `it has ${found.size} bytes` : 'it is not a file');
}

/** Navigator runs what this file names, as root, so no other user may write it. */
function requireRootsFile(path: string): void {
  if (process.getuid?.() !== 0 || !existsSync(path) || isRootsFile(path)) return;
  throw new Failure(
    'config-invalid',
    `${path} decides what Navigator runs as root, but users other than root can change it`,
    {
      hint: 'Give that file, and every directory above it, to root, writable by nobody else (chown root, chmod go-w).',
    },
  );
}

/** The same from the file's text; `name` is for messages. */
export function parseOverrides(text: string, name: string): Overrides {
  // Doubled keys are found below, where their dotted name is known.
  const document = parseDocument(text, { version: '1.2', uniqueKeys: false });
  const broken = document.errors[0] ?? document.warnings[0];
  if (broken) throw invalid(name, [firstLine(broken.message)]);
  if (document.contents === null || (isScalar(document.contents) && document.contents.value === null))
    return { data: null, cautions: [] };
  const problems: Problems = { faults: [], cautions: [] };
  const data = readNode(document.contents, { kind: 'record', fields: OVERRIDES, required: [] }, '', problems);
  if (problems.faults.length === 0) checkPublicPaths(data as DataMapping, problems);
  if (problems.faults.length > 0) throw invalid(name, problems.faults);
  return { data: data as DataMapping, cautions: firstCautions(name, problems.cautions) };
}

function firstCautions(name: string, all: readonly string[]): string[] {
  const shown = all.slice(0, MOST_CAUTIONS).map((caution) => `${name}: ${caution}`);
  const rest = all.length - shown.length;
  return rest === 0 ? shown : [...shown, `${name}: ${rest} more keys have no effect`];
}

function invalid(name: string, faults: readonly string[]): Failure {
  return new Failure('config-invalid', `${name}: ${faults.join('; ')}`, {
    hint: 'Correct the file that NAVIGATOR_OVERRIDES names, or unset the variable.',
  });
}

/** Reads a node as its schema says. The value counts only if no problem was added. */
function readNode(node: ParsedNode | null, schema: Schema, key: string, problems: Problems): Data {
  if (schema.kind === 'derived')
    return complain(problems, key, `derives from ${schema.from} and cannot be overridden`);
  if (schema.kind === 'unread') return readUnread(node, schema, key, problems);
  if (node !== null && (isAlias(node) || node.anchor))
    return complain(problems, key, 'must not use anchors or aliases');
  if (schema.kind === 'record') return readRecord(node, schema, key, problems);
  if (schema.kind === 'map') return readMap(node, schema, key, problems);
  if (schema.kind === 'list') {
    if (!isSeq(node)) return complain(problems, key, 'must be a list');
    return node.items.map((item, i) => readNode(item as ParsedNode, schema.of, `${key}[${i}]`, problems));
  }
  return readScalar(isScalar(node) ? node.value : undefined, schema, key, problems);
}

function readUnread(
  node: ParsedNode | null,
  { of, value }: Extract<Schema, { kind: 'unread' }>,
  key: string,
  problems: Problems,
): Data {
  const data = readNode(node, of, key, problems);
  if (value === undefined) problems.cautions.push(`${key} has no effect: Navigator does not use it`);
  else if (data === value)
    problems.cautions.push(`${key} has no effect: Navigator takes ${value} for ${!value}`);
  return data;
}

function readScalar(
  value: unknown,
  schema: Extract<Schema, { kind: 'text' | 'flag' | 'number' }>,
  key: string,
  problems: Problems,
): Data {
  if (schema.kind === 'flag') {
    if (typeof value !== 'boolean') return complain(problems, key, 'must be true or false');
    return schema.only && !value ? complain(problems, key, 'must stay true') : value;
  }
  if (schema.kind === 'number') {
    if (typeof value === 'number' && Number.isInteger(value) && value >= schema.from && value <= schema.to)
      return value;
    return complain(problems, key, `must be a whole number from ${schema.from} to ${schema.to}`);
  }
  if (typeof value !== 'string')
    return complain(problems, key, 'must be a text (numbers and the like in quotes)');
  const placeholder = findPlaceholder(value);
  if (placeholder)
    return complain(
      problems,
      key,
      `must have the value itself in place of ${placeholder}: overrides are used as they are written`,
    );
  if (schema.rule && !schema.rule.matches.test(value))
    return complain(problems, key, `must be ${schema.rule.says}`);
  return value;
}

function readRecord(
  node: ParsedNode | null,
  schema: { readonly fields: Fields; readonly required: readonly string[] },
  key: string,
  problems: Problems,
): Data {
  const entries = readEntries(node, key, problems, (name, value, path) => {
    const field = Object.hasOwn(schema.fields, name) ? schema.fields[name] : undefined;
    if (field) return readNode(value, field, path, problems);
    const meant = problems.cautions.length < MOST_CAUTIONS ? suggestKey(path, key, schema.fields) : null;
    const suggestion = meant === null ? '' : ` (is ${meant} meant?)`;
    problems.cautions.push(`${shown(path)} has no effect: Navigator knows no such key${suggestion}`);
    return undefined;
  });
  for (const name of schema.required) {
    if (entries && !entries.has(name)) complain(problems, `${key}.${name}`, 'is missing');
  }
  return entries && Object.fromEntries(entries);
}

function readMap(
  node: ParsedNode | null,
  schema: Extract<Schema, { kind: 'map' }>,
  key: string,
  problems: Problems,
): Data {
  const entries = readEntries(node, key, problems, (name, value, path) =>
    schema.name.matches.test(name)
      ? readNode(value, schema.of, path, problems)
      : complain(problems, path, `must be ${schema.name.says}`),
  );
  return entries && Object.fromEntries(entries);
}

function readEntries(
  node: ParsedNode | null,
  key: string,
  problems: Problems,
  read: (name: string, value: ParsedNode | null, path: string) => Data | undefined,
): Map<string, Data> | null {
  if (!isMap(node)) return complain(problems, key || 'the file', 'must be a mapping');
  const entries = new Map<string, Data>();
  const seen = new Set<string>();
  for (const pair of node.items) {
    const name = isScalar(pair.key) && typeof pair.key.value === 'string' ? pair.key.value : null;
    const path = key ? `${key}.${name ?? String(pair.key)}` : (name ?? String(pair.key));
    if (name === null) complain(problems, path, 'must be a text to be a key');
    else if (seen.has(name)) complain(problems, path, 'stands there twice');
    else {
      seen.add(name);
      const value = read(name, pair.value as ParsedNode | null, path);
      if (value !== undefined) entries.set(name, value);
    }
  }
  return entries;
}

/** A public path that the root path, or the path of every tenant, starts with would open them all. */
function checkPublicPaths(overrides: DataMapping, problems: Problems): void {
  const root = mappingAt(overrides, 'server')['root_path'];
  const roots = new Set(['/', '/showcase/', `${typeof root === 'string' ? root : ''}/`]);
  for (const [i, path] of listAt(mappingAt(overrides, 'auth'), 'public_paths').entries()) {
    if (roots.has(String(path))) complain(problems, `auth.public_paths[${i}]`, 'would open the whole site');
  }
}

function complain(problems: Problems, key: string, what: string): null {
  problems.faults.push(`${key} ${what}`);
  return null;
}

/** `ENOENT: no such file or directory`: the path, which Node adds, is in the message already. */
function systemError({ code, message }: NodeJS.ErrnoException): string {
  return code === undefined ? message : message.replace(/,.*/s, '');
}

/** Without the excerpt of the file, which the parser draws on further lines. */
function firstLine(message: string): string {
  return message.trim().replace(/:?\n.*/s, '');
}

/** A key, cut to a readable length. */
function shown(path: string): string {
  return path.length <= 100 ? path : `${path.slice(0, 100)}...`;
}
