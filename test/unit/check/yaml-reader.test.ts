import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readYaml, YamlError, type YamlNode } from '../../../src/check/yaml-reader.ts';
import { generate } from '../../../src/generate/generate.ts';
import { emitYaml, type YamlMapping, type YamlValue } from '../../../src/generate/yaml.ts';
import { inventedIndex } from '../../support/indexes/invented-index.ts';
import { siteOf } from '../../support/machine/site.ts';

/** Texts that some reader or writer of YAML gets wrong, among any others. */
const hostile = fc.constantFrom(
  '',
  ' ',
  'y',
  'No',
  'null',
  '~',
  '1e3',
  '0x1',
  '1:20',
  '-',
  '- a',
  ': ',
  '#',
  '\\',
  '"',
  '\t',
  '\u2028',
  '\ufeff',
  '💃',
  '<<',
  '2026-01-01',
  ':a',
  '{}',
  '[]',
  '.',
  'a: b',
  "it's",
  '\r\n',
);
const anyText = fc.oneof(
  hostile,
  fc.string(),
  fc.string({ unit: 'grapheme' }),
  fc.stringMatching(/^[a-z/][a-z0-9_.-]*$/),
);

const anyValue: fc.Arbitrary<YamlValue> = fc.letrec<{ value: YamlValue; mapping: YamlMapping }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small', withCrossShrink: true },
    anyText,
    fc.constantFrom(null, true, false),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.array(fc.oneof(anyText, fc.integer(), tie('mapping')), { maxLength: 4 }),
    tie('mapping'),
  ),
  mapping: fc
    .array(
      fc.tuple(
        fc.oneof(
          anyText.filter((text) => text !== '<<'),
          fc.integer(),
        ),
        tie('value'),
      ),
      { maxLength: 5 },
    )
    .map((entries) => new Map<string | number, YamlValue>(entries)),
})).mapping;

describe('the strict reader', () => {
  it('agrees with the yaml package on everything that is emitted', () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        const text = emitYaml(value as YamlMapping);
        expect(comparable(readYaml(text))).toEqual(comparable(parse(text, { mapAsMap: true })));
      }),
      { numRuns: 2000 },
    );
  });

  it('refuses every beginning of a document that ends within a line', () => {
    const text = files().find((file) => file.kind === 'navigator')?.content ?? '';
    for (let end = 1; end < text.length; end += 1) {
      if (text[end - 1] !== '\n')
        expect(() => readYaml(text.slice(0, end)), `cut at ${end}`).toThrow(YamlError);
    }
  });

  it('refuses a document in which any mapping line stands twice', () => {
    const text = files().find((file) => file.kind === 'showcases')?.content ?? '';
    const lines = text.split('\n').slice(0, -1);
    for (const [number, line] of lines.entries()) {
      const twice = [...lines.slice(0, number), line, ...lines.slice(number)].join('\n');
      expect(() => readYaml(`${twice}\n`), line).toThrow(YamlError);
    }
  });

  it('keeps the order and the kind of keys', () => {
    const text = emitYaml(
      new Map<string | number, YamlValue>([
        ['b', 1],
        [2026, 2],
        ['2026', 3],
        ['a', 4],
        [10, 5],
      ]),
    );
    expect([...readYaml(text).keys()]).toEqual(['b', 2026, '2026', 'a', 10]);
  });

  it.each([
    ['a tab for an indent', 'a:\n\tb: c\n'],
    ['an indent of one', 'a:\n b: c\n'],
    ['an indent of four', 'a:\n    b: c\n'],
    ['a list at the indent of its key', 'a:\n- b\n'],
    ['a value and a block', 'a: b\n  c: d\n'],
    ['a deeper line after a value', 'a: b\n    c: d\n'],
    ['a key without a value', 'a:\n'],
    ['a key without a value before another', 'a:\nb: c\n'],
    ['the same key twice', 'a: b\na: c\n'],
    ['the same key twice, once quoted', 'a: b\n"a": c\n'],
    ['the same key twice, deeper', 'a:\n  b: 1\n  c: 2\n  b: 3\n'],
    ['a merge key', '<<: {}\n'],
    ['a quoted merge key', '"<<": {}\n'],
    ['an empty list in a list', 'a:\n  - []\n'],
    ['an exponent without a number', 'a: e3\n'],
    ['an anchor', 'a: &x b\n'],
    ['an alias', 'a: *x\n'],
    ['a tag', 'a: !!str b\n'],
    ['a comment', 'a: b # c\n'],
    ['a line of comment', '# c\na: b\n'],
    ['a document marker', '---\na: b\n'],
    ['an end marker', 'a: b\n...\n'],
    ['a second document', 'a: b\n---\nc: d\n'],
    ['a folded text', 'a: >\n  b\n'],
    ['a text on two lines', 'a: "b\n  c"\n'],
    ['single quotes', "a: 'b'\n"],
    ['an unquoted yes', 'a: yes\n'],
    ['an unquoted True', 'a: True\n'],
    ['an unquoted ~', 'a: ~\n'],
    ['nothing for null', 'a: \n'],
    ['a space at the end of a line', 'a: b \n'],
    ['a space before the colon', 'a : b\n'],
    ['two spaces behind the colon', 'a:  b\n'],
    ['a text with a space, unquoted', 'a: b c\n'],
    ['a flow list', 'a: [b]\n'],
    ['a flow mapping', 'a: {b: c}\n'],
    ['a list in a list', 'a:\n  - - b\n'],
    ['a list for a document', '- a\n'],
    ['a scalar for a document', 'a\n'],
    ['an empty document', ''],
    ['an empty line', 'a: b\n\nc: d\n'],
    ['an empty line at the end', 'a: b\n\n'],
    ['spaces at the end', 'a: b\n  '],
    ['CRLF', 'a: b\r\n'],
    ['no final line end', 'a: b'],
    ['a byte order mark', '\ufeffa: b\n'],
    ['a NUL', 'a: "\0"\n'],
    ['a raw tab in quotes', 'a: "\t"\n'],
    ['a raw C1 control', 'a: "\u0085"\n'],
    ['a raw line separator', 'a: "\u2028"\n'],
    ['half a character', 'a: "\ud800"\n'],
    ['an escape that JSON lacks', 'a: "\\x41"\n'],
    ['an octal number', 'a: 010\n'],
    ['a hexadecimal number', 'a: 0x10\n'],
    ['a number with a plus', 'a: +1\n'],
    ['a number with two points', 'a: 1.2.3\n'],
    ['a float without digits', 'a: 1.\n'],
    ['infinity', 'a: .inf\n'],
    ['a key that is a float', '1.5: a\n'],
    ['a key that is true', 'true: a\n'],
    ['a key that is a list', '? - a\n: b\n'],
    ['a quoted text and more', 'a: "b" c\n'],
    ['an item without a space', 'a:\n  -b\n'],
    ['an item and a key in one block', 'a:\n  - b\n  c: d\n'],
    ['a symbol that is a value', 'a: :b\n'],
  ])('refuses %s', (_, text) => {
    expect(() => readYaml(text)).toThrow(YamlError);
  });

  it('reads mappings up to the 200th column, and refuses deeper ones', () => {
    const nested = (depth: number) =>
      Array.from({ length: depth + 1 }, (_, at) => `${'  '.repeat(at)}a:${at === depth ? ' b' : ''}\n`).join(
        '',
      );
    expect(readYaml(nested(100)).size).toBe(1);
    expect(() => readYaml(nested(101))).toThrow('nested too deeply');
  });

  it('refuses nesting that only recursion without end could read', () => {
    let text = '';
    for (let depth = 0; depth < 100_000; depth += 1) text += `${' '.repeat(Math.min(depth * 2, 500))}a:\n`;
    expect(() => readYaml(text)).toThrow('nested too deeply');
  });

  it('names the line', () => {
    expect(() => readYaml('a: b\nc:\n  d: 1\n  d: 2\n')).toThrow('line 4: the key "d" is there twice');
    expect(() => readYaml('a: b\nc: *d\n')).toThrow('line 2: ');
  });
});

function files() {
  return generate(inventedIndex(), siteOf('fly-iad'));
}

/** Maps as lists of entries, since `toEqual` does not see the order of a Map, nor tell 0 from -0. */
function comparable(value: YamlNode | unknown): unknown {
  if (Array.isArray(value)) return value.map(comparable);
  if (value instanceof Map) return [...value].map(([key, item]) => [key, comparable(item)]);
  return value === 0 ? 0 : value;
}
