import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse, parseDocument } from 'yaml';
import { emitString, emitYaml, type YamlMapping, type YamlValue } from '../../../src/generate/yaml.ts';
import { YAML_TRAPS as TRAPS } from '../../support/indexes/yaml-traps.ts';
import { anyText } from '../../support/properties/any-text.ts';
import { readByRuby } from '../../support/system/ruby.ts';

describe('a string in YAML', () => {
  it.each(TRAPS)('is that string again for YAML 1.1 and 1.2: %j', (text) => {
    const document = emitYaml({ value: text, list: [text], inner: { value: text } });
    for (const version of ['1.1', '1.2'] as const) {
      expect(parseStrictly(document, version)).toEqual({ value: text, list: [text], inner: { value: text } });
    }
  });

  it('is that string again for Ruby', () => {
    expect(readByRuby([emitYaml({ value: TRAPS, keys: new Map(keysOf(TRAPS)) })])).toEqual([
      { value: TRAPS, keys: Object.fromEntries(keysOf(TRAPS)) },
    ]);
  });

  it('stands unquoted when every reader takes it for a string', () => {
    for (const plain of [
      'Boston',
      '/showcase/2025/boston/',
      'smooth.fly.dev',
      'a-b_c',
      'html',
      'nightly',
      'Only',
      'none',
    ]) {
      expect(emitString(plain)).toBe(plain);
    }
  });

  it('has no raw control character, line separator or byte order mark', () => {
    expect(emitString('\0\n\x7f\x85\u2028\u2029\ufeff\ufffe')).toBe(
      '"\\u0000\\n\\u007f\\u0085\\u2028\\u2029\\ufeff\\ufffe"',
    );
  });

  it('has U+FFFD for half of a surrogate pair, which YAML cannot say', () => {
    expect(emitString('a\ud800b\udc00💃')).toBe('"a\ufffdb\ufffd💃"');
  });

  it('can be read by a JSON parser when it is quoted', () => {
    for (const text of TRAPS.filter((trap) => emitString(trap).startsWith('"'))) {
      expect(JSON.parse(emitString(text))).toBe(text);
    }
  });
});

describe('a number in YAML', () => {
  const numbers = [0, 1, -1, 1.5, -33.86603, 1e21, 1e-7, -2.5e-9, 123456789012, 0.1 + 0.2];

  it.each(numbers)('is that number again: %d', (value) => {
    for (const version of ['1.1', '1.2'] as const)
      expect(parseStrictly(emitYaml({ value }), version)).toEqual({ value });
  });

  it('is that number again for Ruby', () => {
    expect(readByRuby([emitYaml({ numbers })])).toEqual([{ numbers }]);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('is refused when it is %d', (value) => {
    expect(() => emitYaml({ value })).toThrow(TypeError);
  });
});

describe('a mapping in YAML', () => {
  it('keeps the order of its keys, integer-like ones too', () => {
    const mapping = new Map<string | number, YamlValue>([
      ['10', 1],
      ['9', 2],
      ['b', 3],
      [2026, 4],
      ['a', 5],
    ]);
    expect(emitYaml(mapping)).toBe('"10": 1\n"9": 2\nb: 3\n2026: 4\na: 5\n');
  });

  it('is refused as an object when its keys would have been reordered', () => {
    expect(() => emitYaml({ '9': 1 })).toThrow('needs a Map');
  });

  it('writes a symbol as Ruby does', () => {
    expect(emitYaml(new Map([[Symbol('name'), 'x']]))).toBe(':name: x\n');
  });

  it.each(['', 'a b', 'a"', 'Name', 'a\nb'])('refuses a symbol that would need quotes: %j', (name) => {
    expect(() => emitYaml(new Map([[Symbol(name), 'x']]))).toThrow(TypeError);
  });

  it('refuses a key that readers would not take', () => {
    expect(emitYaml(new Map([['k'.repeat(1000), 1]]))).toBe(`${'k'.repeat(1000)}: 1\n`);
    expect(() => emitYaml(new Map([['k'.repeat(1001), 1]]))).toThrow('too long');
    expect(() => emitYaml(new Map([[1.5, 1]]))).toThrow('not an integer');
    expect(() => emitYaml(new Map([['<<', 1]]))).toThrow('merge');
  });

  it('is written as {} when it is empty, a list as []', () => {
    expect(emitYaml(new Map())).toBe('{}\n');
    expect(emitYaml({ a: {}, b: [], c: [{}, new Map()] })).toBe('a: {}\nb: []\nc:\n  - {}\n  - {}\n');
  });

  it('begins on the line of the dash inside a list', () => {
    expect(emitYaml({ list: [{ a: 1, b: { c: ['x'] } }] })).toBe(
      'list:\n  - a: 1\n    b:\n      c:\n        - x\n',
    );
  });

  it('refuses a list directly inside a list', () => {
    expect(() => emitYaml({ list: [['a']] })).toThrow(TypeError);
    expect(() => emitYaml({ list: [[]] })).toThrow(TypeError);
  });

  it('takes a list from any iterable, and calls a function for its mapping when it comes to it', () => {
    const calls: string[] = [];
    function* list() {
      calls.push('list');
      yield () => ({ a: 1 });
    }
    const lazy = () => {
      calls.push('mapping');
      return { b: [] };
    };
    expect(emitYaml({ list: { [Symbol.iterator]: list }, mapping: lazy, none: new Set<string>() })).toBe(
      'list:\n  - a: 1\nmapping:\n  b: []\nnone: []\n',
    );
    expect(calls).toEqual(['list', 'mapping']);
  });

  it('makes __proto__ an ordinary key', () => {
    expect(emitYaml(new Map([['__proto__', 1]]))).toBe('"__proto__": 1\n');
  });
});

describe('any document', () => {
  const text = fc.oneof(
    anyText(),
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: fc.constantFrom(...' :-#\'"\\\n\t,[]{}&*!|>%@`~=.0123eExyn') }),
    fc.constantFrom(...TRAPS),
  );
  const scalar = fc.oneof(
    text,
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0 || 0),
    fc.boolean(),
    fc.constant(null),
  );
  const key = text.filter((name) => name !== '<<' && emitString(name).length <= 1000);
  const { mapping } = fc.letrec<{ mapping: Map<string, YamlValue>; value: YamlValue }>((tie) => ({
    mapping: fc.array(fc.tuple(key, tie('value')), { maxLength: 5 }).map((pairs) => new Map(pairs)),
    value: fc.oneof(
      { maxDepth: 3 },
      scalar,
      tie('mapping'),
      fc.array(fc.oneof(scalar, tie('mapping')), { maxLength: 5 }),
    ),
  }));

  it('reads back the same under YAML 1.1 and 1.2', () => {
    fc.assert(
      fc.property(mapping, (document) => {
        const written = emitYaml(document);
        for (const version of ['1.1', '1.2'] as const) {
          expect(asPairs(parseStrictly(written, version, true))).toEqual(asPairs(document));
        }
      }),
      { numRuns: 400 },
    );
  });

  it('reads back the same in Ruby', () => {
    const documents = fc.sample(mapping, 300);
    expect(readByRuby(documents.map((document) => emitYaml(document))).map(asPairs)).toEqual(
      documents.map(asPairs),
    );
  });

  it('is ASCII in its structure and has no line that ends in a space', () => {
    fc.assert(
      fc.property(mapping, (document) => {
        expect(emitYaml(document)).not.toMatch(/ $/m);
        expect(emitYaml(document).replaceAll('\n', '')).not.toMatch(
          /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\ufeff\ufffe\uffff]/u,
        );
      }),
    );
  });
});

function keysOf(texts: readonly string[]): [string, number][] {
  return texts.filter((text) => text !== '<<' && text.length <= 1000).map((text, i) => [text, i]);
}

function parseStrictly(document: string, version: '1.1' | '1.2', mapAsMap = false): unknown {
  const parsed = parseDocument(document, { version, strict: true, uniqueKeys: true });
  expect([...parsed.errors, ...parsed.warnings]).toEqual([]);
  return parse(document, { version, mapAsMap });
}

/** Mappings as sorted lists of pairs, so that those of Ruby, of `yaml` and our own compare. */
function asPairs(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asPairs);
  if (typeof value !== 'object' || value === null) return value;
  const entries = value instanceof Map ? [...value] : Object.entries(value as YamlMapping);
  return {
    pairs: entries
      .map(([name, item]) => [name, asPairs(item)])
      .sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1)),
  };
}
