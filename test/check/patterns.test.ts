import fc from 'fast-check';
import { RE2JS } from 're2js';
import { beforeAll, describe, expect, it } from 'vitest';
import { Patterns, splitPattern } from '../../src/check/patterns.ts';
import { anyOf } from '../../src/generate/re2.ts';

let patterns: Patterns;
beforeAll(async () => {
  patterns = await Patterns.load();
});

/** Pieces of patterns, so that what is made of them is often valid and often just not. */
const piece = fc.constantFrom(
  '(?:',
  ')',
  '|',
  'a',
  'b-c',
  '\\-',
  '\\',
  '\\\\',
  '\\(',
  '_0',
  '\\d',
  '\\Q',
  '\\E',
  '[',
  ']',
  '^',
  '$',
  '.',
  '*',
  '+',
  '?',
  '{2}',
  '{1000}',
  '/',
  'é',
  '(?:x|y)',
  '(',
  '(?i)',
  '(?=',
);
const anyPattern = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));

function compiles(pattern: string): boolean {
  try {
    RE2JS.compile(pattern);
    return true;
  } catch {
    return false;
  }
}

describe('taking groups of literals out of a pattern', () => {
  it('changes nothing about whether RE2 takes it', () => {
    fc.assert(
      fc.property(anyPattern, (pattern) => {
        expect(patterns.problem(pattern) === null).toBe(compiles(pattern));
      }),
      { numRuns: 5000 },
    );
  });

  it('changes nothing about what it matches', () => {
    const anyPath = fc.array(fc.constantFrom('a', 'b-c', '/', 'x', 'y', '-', 'é'), { maxLength: 6 });
    fc.assert(
      fc.property(anyPattern, anyPath, (pattern, path) => {
        const text = path.join('');
        const right = compiles(pattern) && RE2JS.compile(pattern).matcher(text).find();
        expect(patterns.matches(pattern, text)).toBe(right);
      }),
      { numRuns: 5000 },
    );
  });

  it('gives back the literals as they were before they were escaped', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1, unit: 'grapheme' }), { minLength: 1 }), (literals) => {
        const plain = literals.filter((literal) => !/\p{Cc}/u.test(literal));
        fc.pre(plain.length > 0);
        const { groups, skeleton } = splitPattern(`^/a/${anyOf(plain)}/?$`);
        expect(groups).toEqual([plain]);
        expect(skeleton).toBe('^/a/(?:x)/?$');
      }),
    );
  });

  it.each([
    ['a group in a class', '[(?:z-a)]'],
    ['a group behind an escape', 'a\\(?:b|c)'],
    ['a repeated group', '(?:abc){1000}'],
    ['a group in quotes', '\\Q(?:a)\\E'],
    ['a group with an empty literal', '(?:a||b)'],
    ['a group with syntax', '(?:a.b)'],
  ])('leaves %s alone', (_, pattern) => {
    expect(splitPattern(pattern)).toEqual({ skeleton: pattern, groups: [], parts: [pattern] });
  });

  it('makes a pattern of 100,000 events one that RE2 takes', () => {
    const names = Array.from({ length: 100_000 }, (_, number) => `studio-${number % 10_000}/event-${number}`);
    const pattern = `^/showcase/2026/${anyOf(names)}/public/`;
    expect(patterns.problem(pattern)).toBeNull();
    expect(patterns.matches(pattern, '/showcase/2026/studio-42/event-42/public/heats')).toBe(true);
    expect(patterns.matches(pattern, '/showcase/2026/studio-42/event-43/public/heats')).toBe(false);
    expect(patterns.matches(pattern, '/showcase/2025/studio-42/event-42/public/heats')).toBe(false);
  });
});
