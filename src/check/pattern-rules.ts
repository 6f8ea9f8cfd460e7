import type { RE2JS } from 're2js';
import { plainPattern } from './plain-pattern.ts';

/**
 * A pattern whose groups of plain alternatives, `(?:this|that)`, are taken apart. Such groups hold every studio of a
 * region or event of a year; compiling them whole takes seconds and a gigabyte when there are 100,000 events. An
 * alternation of literals is valid if each is a literal, so nothing is lost by checking those by hand.
 */
export interface SplitPattern {
  /** The pattern with each such group replaced by `(?:x)`. */
  readonly skeleton: string;
  /** The alternatives of each group, in order, unescaped. */
  readonly groups: readonly (readonly string[])[];
  /** The parts before, between and after the groups. */
  readonly parts: readonly string[];
}

/** Go's `regexp/syntax` refuses a pattern with more runes than this (128 MiB of them). */
const MOST_CHARACTERS = 32 * 1024 * 1024;

/** 1 for every character with a meaning of its own. */
const META_CODES = new Uint8Array(128);
for (const character of '\\.+*?()|[]{}^$') META_CODES[character.charCodeAt(0)] = 1;

const QUANTIFIER = new Set('*+?{');

/**
 * After a class or a `\Q`, a parenthesis may not be a group: then nothing is taken apart. A repeated group is not taken
 * apart either, since repetition counts against the size that Go allows.
 */
export function splitPattern(pattern: string): SplitPattern {
  const groups: string[][] = [];
  const parts: string[] = [];
  const classAt = firstOf(pattern.indexOf('['), pattern.indexOf('\\Q'));
  let from = 0;
  for (let open = pattern.indexOf('(?:'); open >= 0; open = pattern.indexOf('(?:', open + 3)) {
    if (open > classAt) break;
    const group = open > 0 && pattern[open - 1] === '\\' ? null : readGroup(pattern, open + 3);
    if (!group || QUANTIFIER.has(pattern[group.end] ?? '')) continue;
    parts.push(pattern.slice(from, open));
    groups.push(group.literals);
    from = group.end;
    open = group.end - 3;
  }
  parts.push(pattern.slice(from));
  return { skeleton: parts.join('(?:x)'), groups, parts };
}

function firstOf(a: number, b: number): number {
  return Math.min(a < 0 ? Number.POSITIVE_INFINITY : a, b < 0 ? Number.POSITIVE_INFINITY : b);
}

/** Reads `literal|literal|...)`; null for anything else. `end` is behind the parenthesis. */
function readGroup(pattern: string, start: number): { literals: string[]; end: number } | null {
  const literals: string[] = [];
  let from = start;
  let escaped = false;
  for (let at = start; at < pattern.length; at += 1) {
    const code = pattern.charCodeAt(at);
    if (code >= META_CODES.length || META_CODES[code] === 0) continue;
    const character = pattern.charAt(at);
    if (character === '\\') {
      at += 1;
      if (!mayBeEscaped(pattern.charAt(at))) return null;
      escaped = true;
      continue;
    }
    if ((character !== '|' && character !== ')') || at === from) return null;
    const literal = pattern.slice(from, at);
    literals.push(escaped ? unescapeLiteral(literal) : literal);
    if (character === ')') return { literals, end: at + 1 };
    from = at + 1;
    escaped = false;
  }
  return null;
}

function unescapeLiteral(literal: string): string {
  return literal.includes('\\\\') ? literal.replace(/\\(.)/g, '$1') : literal.replaceAll('\\', '');
}

/** RE2 takes a backslash before any printable ASCII but letters and digits for that character itself. */
function mayBeEscaped(character: string): boolean {
  return /^[ -/:-@[-`{-~]$/.test(character);
}

interface Matcher {
  /** Whether it matches anywhere in a path. */
  test(path: string): boolean;
}

/** RE2 patterns as Navigator's Go compiles them. */
export class Patterns {
  private re2: typeof RE2JS | null = null;
  private readonly problems = new Map<string, string | null>();
  private readonly compiled = new Map<string, Matcher>();
  private readonly splits = new Map<string, SplitPattern>();

  /**
   * Ready for those patterns, and for globs. RE2 is loaded only if one of them needs it.
   *
   * @param patterns of any kind, in any number
   */
  static async load(patterns: Iterable<string>): Promise<Patterns> {
    const loaded = new Patterns();
    const unknown = new Set<string>();
    for (const pattern of patterns) {
      if (pattern.length <= MOST_CHARACTERS) unknown.add(shapeOf(loaded.split(pattern).skeleton));
    }
    if ([...unknown].some((shape) => plainPattern(shape) === null)) {
      loaded.re2 = (await import('re2js')).RE2JS;
    }
    return loaded;
  }

  /** Why RE2 refuses a pattern; null when it takes it. */
  problem(pattern: string): string | null {
    if (pattern.length > MOST_CHARACTERS) return `it has ${pattern.length} characters`;
    const { skeleton } = this.split(pattern);
    const known = this.problems.get(skeleton);
    if (known !== undefined) return known;
    const shape = shapeOf(skeleton);
    // What is wrong with a shape is not what anybody has written.
    const problem = this.refusal(shape) === null ? null : this.refusal(skeleton);
    this.problems.set(skeleton, problem);
    return problem;
  }

  private refusal(pattern: string): string | null {
    try {
      this.compile(pattern);
      return null;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  /** Whether a valid pattern matches anywhere in a path, as Navigator matches; false for an invalid one. */
  matches(pattern: string, path: string): boolean {
    if (this.problem(pattern) !== null) return false;
    const split = this.split(pattern);
    if (!mayStart(split.skeleton, path)) return false;
    const possible = split.groups.map((group) => group.filter((literal) => path.includes(literal)));
    if (isSequence(split) && possible.some((group) => group.length === 0)) return false;
    return this.compile(narrow(split, possible)).test(path);
  }

  private compile(pattern: string): Matcher {
    const known = this.compiled.get(pattern);
    if (known) return known;
    const compiled = plainPattern(pattern) ?? this.compileRe2(pattern);
    this.compiled.set(pattern, compiled);
    return compiled;
  }

  private compileRe2(pattern: string): Matcher {
    if (!this.re2) throw new Error(`RE2 was not loaded, since no pattern such as ${pattern} was announced`);
    const compiled = this.re2.compile(pattern);
    return { test: (path) => compiled.matcher(path).find() };
  }

  /** `splitPattern`, done once for each pattern. */
  split(pattern: string): SplitPattern {
    const known = this.splits.get(pattern);
    if (known) return known;
    const split = splitPattern(pattern);
    this.splits.set(pattern, split);
    return split;
  }
}

/**
 * The same pattern with `x` for every literal text: RE2 takes both or neither, and of the hundreds of patterns in a file
 * few differ in more than names. Where a class, a count or a flag stands, not all that looks like text is.
 */
function shapeOf(skeleton: string): string {
  if (/[[{]|\(\?(?!:)|\\[A-Za-z0-9]/.test(skeleton)) return skeleton;
  return skeleton.replace(/(?:[\w/-]|\\[ -/:-@[-`{-~])+/g, 'x');
}

/** Whether every group must match where the pattern does: nothing stands beside it, and nothing around it. */
function isSequence({ parts }: SplitPattern): boolean {
  return !parts.some((part) => /[|(]/.test(part));
}

/** The pattern with only those alternatives that occur in the path: none of the others could match in it. */
function narrow({ parts }: SplitPattern, possible: readonly (readonly string[])[]): string {
  return parts
    .map((part, number) => {
      const group = possible[number]?.map(quoteMeta);
      if (!group) return part;
      return `${part}(?:${group.length > 0 ? group.join('|') : IMPOSSIBLE})`;
    })
    .join('');
}

/** A literal that stands in no path. */
const IMPOSSIBLE = '\\x00';

function quoteMeta(literal: string): string {
  return literal.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&');
}

/** False when a pattern that is anchored to a literal beginning cannot match; a cheap way out for most. */
function mayStart(skeleton: string, path: string): boolean {
  const match = /^\^([A-Za-z0-9_/-]*)(.?)/.exec(skeleton);
  if (!match || skeleton.includes('|')) return true;
  const literal = match[1] ?? '';
  return path.startsWith(QUANTIFIER.has(match[2] ?? '') ? literal.slice(0, -1) : literal);
}
