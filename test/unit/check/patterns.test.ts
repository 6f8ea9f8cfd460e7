import fc from 'fast-check';
import { RE2JS } from 're2js';
import { beforeAll, describe, expect, it } from 'vitest';
import { makeSampleIndex } from '../../../dev/sample/sample.ts';
import { Patterns, splitPattern } from '../../../src/check/pattern-rules.ts';
import { plainPattern } from '../../../src/check/plain-pattern.ts';
import { patternPlaces } from '../../../src/check/planned-view.ts';
import { readYaml } from '../../../src/check/yaml-reader.ts';
import { openImage } from '../../../src/database/image.ts';
import { generate } from '../../../src/generate/generate.ts';
import { anyOf } from '../../../src/generate/re2.ts';
import { readIndex } from '../../../src/index/read-index.ts';
import { MACHINE_KINDS, siteOf, WEB_KINDS, webSiteOf } from '../../support/machine/site.ts';

/** With RE2 for what is not plain. */
let patterns: Patterns;
beforeAll(async () => {
  patterns = await Patterns.load(['(?i)a']);
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

describe('a plain pattern', () => {
  const anyText = fc.array(
    fc.constantFrom('a', 'b', 'z', '-', '/', '.', '?', '#', '%', '\n', '0', 'é', '\u2028'),
    {
      maxLength: 6,
    },
  );
  const plainPiece = fc.constantFrom(
    ...[
      'a',
      'b',
      'z',
      '0',
      '-',
      '/',
      '.',
      '.*',
      '.+',
      '\\.',
      '\\-',
      '\\/',
      '\\x00',
      'é',
      '^',
      '$',
      '?',
      '*',
      '+',
      '|',
    ],
    ...[
      '(?:',
      '(',
      ')',
      ')?',
      ')*',
      '[a-z]',
      '[^/]*',
      '[z-a]',
      '[a-z0-9_]+',
      '[^.?#%]*',
      '[?#%]',
      '[]',
      '[^]',
      '\\d',
      '{',
      '}',
      ']',
      '(?i)',
      '\u{1f57a}',
    ],
  );
  const anyPlain = fc.array(plainPiece, { maxLength: 10 }).map((pieces) => pieces.join(''));

  it('is accepted by RE2, and matches what RE2 matches', () => {
    let plain = 0;
    fc.assert(
      fc.property(anyPlain, anyText, (pattern, pieces) => {
        const read = plainPattern(pattern);
        if (read === null) return;
        plain += 1;
        const text = pieces.join('');
        expect(read.test(text)).toBe(RE2JS.compile(pattern).matcher(text).find());
      }),
      { numRuns: 20_000 },
    );
    expect(plain).toBeGreaterThan(2000);
  });

  it.each([
    ...['^/showcase/2026/(?:a\\-b|c\\.d)/?$', '^/showcase/studios/([a-z]*)/request$'],
    ...['^/([^/]+\\.(gif|png))$', '^/x(?:/.*)?$', '^/(showcase)?$', '^/[^/]*$'],
  ])('includes %s', (pattern) => {
    expect(plainPattern(pattern)).not.toBeNull();
  });

  it.each([
    '',
    'a||b',
    '(a',
    'a)',
    '(a*)*',
    '(?:a+)+',
    'a**',
    'a*?',
    'a{2}',
    '^*',
    '\\d',
    '[[:alpha:]]',
    '[z-a]',
    '(?i)a',
    'a\\',
  ])('does not include %j', (pattern) => {
    expect(plainPattern(pattern)).toBeNull();
  });

  it('is the only kind that this project writes, so RE2 is not loaded', async () => {
    const { index } = readIndex(openImage(makeSampleIndex()));
    for (const site of [
      ...MACHINE_KINDS.map((kind) => siteOf(kind)),
      ...WEB_KINDS.map((kind) => webSiteOf(kind)),
    ]) {
      const file = generate(index, site).find(({ kind }) => kind === 'navigator');
      const texts = patternPlaces(readYaml(file?.content ?? '')).map(({ pattern }) => String(pattern));
      expect(texts.length).toBeGreaterThan(5);
      expect(texts.filter((text) => plainPattern(splitPattern(text).skeleton) === null)).toEqual([]);
    }
  });
});

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
