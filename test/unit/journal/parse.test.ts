import { describe, expect, it } from 'vitest';
import {
  parseDates,
  parseInstalled,
  parseList,
  parseMemory,
  parseProblem,
  parseResult,
} from '../../../src/journal/parse.ts';
import { resultOf } from '../../support/journal/results.ts';

const INSTALLED = {
  etag: null,
  sha256: 'a',
  digest: 'd',
  size: 1,
  time: '2026-01-02T03:04:05.000Z',
  source: 'store',
  held: false,
};
const PROBLEM = { code: 'disk', message: 'm', hint: 'h' };

/** The whole value, and it without, or with another kind of, each of its fields. */
function spoiled(value: object, ...optional: string[]): [string, unknown][] {
  return Object.keys(value)
    .filter((name) => !optional.includes(name))
    .flatMap((name): [string, unknown][] => {
      const { [name]: _, ...rest } = value as Record<string, unknown>;
      return [
        [`without ${name}`, rest],
        [`with another ${name}`, { ...value, [name]: { odd: [] } }],
      ];
    });
}

describe('what the journal has installed', () => {
  it('is read as it was written', () => {
    const text = JSON.stringify(INSTALLED);
    const read = parseInstalled(text);
    expect(read).toEqual({ ...INSTALLED, time: new Date(INSTALLED.time) });
    expect(JSON.stringify(read)).toBe(text);
    expect(parseInstalled(JSON.stringify({ ...INSTALLED, etag: '"e"' }))?.etag).toBe('"e"');
  });

  it.each([...spoiled(INSTALLED), ['with no time', { ...INSTALLED, time: 'soon' }]])(
    'is nothing %s',
    (_, value) => {
      expect(parseInstalled(JSON.stringify(value))).toBe(null);
    },
  );

  it.each([null, '', '[', '[]', 'null', '7'])('is nothing where it says %j', (text) => {
    expect([parseInstalled(text), parseProblem(text)]).toEqual([null, null]);
  });
});

describe('a result that may answer for another request', () => {
  const result = resultOf('a', { outcome: 'updated' });
  it('is read as it was written, with its failure and its index', () => {
    expect(parseResult(JSON.stringify(result))).toEqual(result);
    const failed = { ...result, outcome: 'failed', error: PROBLEM, index: { etag: null } };
    expect(parseResult(JSON.stringify(failed))).toEqual(failed);
  });

  it.each([
    ...spoiled(result, 'region', 'shared', 'index'),
    ['with another outcome', { ...result, outcome: 'state' }],
    ['with an index that is a list', { ...result, index: [] }],
    ['with an error that says nothing', { ...result, error: { code: 'disk' } }],
    ['with a file that is none', { ...result, files: [7] }],
    ['with a step that is none', { ...result, steps: [null] }],
  ])('is none %s', (_, value) => expect(parseResult(JSON.stringify(value))).toBe(null));
});

it('a problem that is owed says code, message and hint', () => {
  expect(parseProblem(JSON.stringify(PROBLEM))).toEqual(PROBLEM);
  for (const [, value] of spoiled(PROBLEM)) expect(parseProblem(JSON.stringify(value))).toBe(null);
});

it('what was published is remembered as far as it is whole', () => {
  const last = { etag: '"e"', digest: 'd', time: '2026-01-02T03:04:05.000Z', inventoried: true };
  expect(parseMemory(JSON.stringify({ last, intended: ['a', 7, null, 'b'] }))).toEqual({
    last: { ...last, time: new Date(last.time) },
    intended: ['a', 'b'],
  });
  for (const [, value] of [...spoiled(last, 'inventoried'), ['with no time', { ...last, time: 't' }]])
    expect(parseMemory(JSON.stringify({ last: value, intended: {} }))).toEqual({ last: null, intended: [] });
  expect(parseMemory(null)).toEqual({ last: null, intended: [] });
});

it('databases that were looked at are those with a text for a stamp', () => {
  const text = JSON.stringify({ basis: 'b', stamps: { a: 's', b: 7, c: null } });
  expect(parseDates(text)).toEqual({ basis: 'b', stamps: { a: 's' } });
  expect(parseDates(JSON.stringify({ basis: 7, stamps: [] }))).toEqual({ basis: null, stamps: {} });
  expect(parseDates(null)).toEqual({ basis: null, stamps: {} });
});

it('a list is its texts', () => {
  expect([parseList('["a", 7, "b"]'), parseList('{}'), parseList('x')]).toEqual([['a', 'b'], [], []]);
});
