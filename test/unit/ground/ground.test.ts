import { afterEach, describe, expect, it, vi } from 'vitest';
import { backoff, pause, pauseBetweenLooks } from '../../../src/backoff.ts';
import { bareEtag, quotedEtag, sameEtag } from '../../../src/etag.ts';
import { isRecord, parseJson } from '../../../src/json.ts';
import { isRunId, newRunId } from '../../../src/run-id.ts';
import { readCommand, readSeconds, readWholeNumber } from '../../../src/settings.ts';
import { isSigned, readKeys, sign } from '../../../src/signature.ts';
import { counted, cut, duration, printable, quoted } from '../../../src/text.ts';

afterEach(() => void vi.restoreAllMocks());

describe('the pause after an attempt', () => {
  const PAUSES = { firstPauseMs: 100, longestPauseMs: 1000 };
  const at = (random: number) => {
    vi.spyOn(Math, 'random').mockReturnValue(random);
    return [1, 2, 3, 4, 5, 50].map((attempt) => backoff(PAUSES, attempt));
  };
  it('doubles up to the longest, and lies between half of it and the whole', () => {
    expect(at(0)).toEqual([50, 100, 200, 400, 500, 500]);
    expect(at(1)).toEqual([100, 200, 400, 800, 1000, 1000]);
  });

  it('ends at once when it is called off, before or while it lasts', async () => {
    const stop = new AbortController();
    const paused = pause(3_600_000, stop.signal);
    stop.abort();
    await paused;
    await pause(3_600_000, stop.signal);
    await pause(1, new AbortController().signal);
  });
});

describe('the pause before the next look', () => {
  it('is a tenth of the wait, from 12 ms to 100, and by chance half of it more or less', () => {
    vi.spyOn(Math, 'random').mockReturnValue(0);
    expect([0, 120, 500, 60_000].map(pauseBetweenLooks)).toEqual([6, 6, 25, 50]);
    vi.spyOn(Math, 'random').mockReturnValue(1);
    expect([0, 120, 500, 60_000].map(pauseBetweenLooks)).toEqual([18, 18, 75, 150]);
  });
});

describe('a setting that is a number', () => {
  const whole = (text: string) => readWholeNumber({ X: text }, 'X', 7, 2, 10);
  it('is whole, within its limits, which it may have, and else refused', () => {
    expect(['', '2', '10', '02'].map(whole)).toEqual([7, 2, 10, 2]);
    for (const text of ['1', '11', '2.5', '-3', ' 3', '3 ', '0x3', '3e0', 'x'])
      expect(() => whole(text), text).toThrow(
        `X is ${JSON.stringify(text)}; it must be a whole number from 2 to 10`,
      );
  });

  const seconds = (text: string) => readSeconds({ X: text }, 'X', 7);
  it('of seconds is at least a millisecond, and a day at most', () => {
    expect(['', '1', '0.0001', '86400', '1.5'].map(seconds)).toEqual([7000, 1000, 1, 86_400_000, 1500]);
    for (const text of ['0', '0.0', '86400.1', '86401', '-1', '1e3', '.5', '1.', 'x'])
      expect(() => seconds(text), text).toThrow(
        `X is ${JSON.stringify(text)}; it must be a number of seconds`,
      );
  });
});

it('a setting that is a command is words between spaces, without quotes', () => {
  const command = (text: string) => readCommand({ X: text }, 'X', ['preset']);
  expect(['', '  ', 'a', ' a  b '].map(command)).toEqual([['preset'], ['preset'], ['a'], ['a', 'b']]);
  for (const text of ['a "b"', "a 'b'", 'a `b`', 'a\\ b', 'a\tb', 'a\nb'])
    expect(() => command(text), text).toThrow('X holds quotes');
});

describe('text for a message', () => {
  it('is cut at its length, and never in the middle of a character', () => {
    expect([cut('abc', 2), cut('abc', 3), cut('a💃', 2), cut('a💃', 3)]).toEqual(['ab', 'abc', 'a', 'a💃']);
    expect(quoted('x'.repeat(60))).toBe(`"${'x'.repeat(60)}"`);
    expect(quoted('x'.repeat(61))).toBe(`"${'x'.repeat(60)}..."`);
    expect(quoted('a"\n')).toBe('"a\\"\\n"');
  });

  it('has no character that cannot be seen', () => {
    expect(printable('a\u202eb\u0000c\u2028\ud800é💃')).toBe('a\\u{202e}b\\u{0}c\\u{2028}\\u{d800}é💃');
  });

  it.each([
    [0, '0 ms'],
    [-1, '0 ms'],
    [0.44, '0.4 ms'],
    [999, '999 ms'],
    [1000, '1.00 s'],
    [59_994, '59.99 s'],
    [59_995, '1 min 0 s'],
    [125_000, '2 min 5 s'],
  ])('of %s ms is %s', (ms, text) => expect(duration(ms)).toBe(text));

  it('counts one thing, and several', () => {
    expect([0, 1, 2].map((count) => counted(count, 'file'))).toEqual(['0 files', '1 file', '2 files']);
  });
});

describe('JSON of a stranger', () => {
  it('is read to a depth of 64, brackets in texts aside, and nothing else is JSON', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    expect([parseJson(nested(64)) !== undefined, parseJson(nested(65))]).toEqual([true, undefined]);
    expect(parseJson(`"\\"${'['.repeat(99)}"`)).toBe(`"${'['.repeat(99)}`);
    expect(['', '{', 'x', '1 2'].map(parseJson)).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('is a record only where it has names', () => {
    expect([{}, [], null, 'a', 7].map(isRecord)).toEqual([true, false, false, false, false]);
  });
});

describe('an ETag', () => {
  it('is the same whichever side has left its quotes out, or calls it weak', () => {
    const forms = ['"abc"', 'abc', 'W/"abc"'];
    for (const a of forms) for (const b of forms) expect([a, b, sameEtag(a, b)]).toEqual([a, b, true]);
    expect([sameEtag('"abc"', '"abC"'), sameEtag('', '"a"')]).toEqual([false, false]);
    expect([bareEtag('"a"b"'), bareEtag('"'), quotedEtag('W/"a"')]).toEqual(['a"b', '"', 'W/"a"']);
  });
});

it('a run is named by its time, and no two are named alike', () => {
  const names = Array.from({ length: 50 }, newRunId);
  expect(new Set(names).size).toBe(50);
  expect(names.every(isRunId)).toBe(true);
  expect(['', 'x', `${names[0]}x`, `x${names[0]}`, `../${names[0]}`].some(isRunId)).toBe(false);
});

describe('a signature', () => {
  const key = Buffer.alloc(24, 7);
  const signed = { id: 'a', timestamp: '1', body: Buffer.from('b') };
  const other = sign(Buffer.alloc(24, 8), signed);

  it('is one of twenty, and what stands behind them does not count', () => {
    const header = (before: number) => [...Array<string>(before).fill(other), sign(key, signed)].join(' ');
    expect([isSigned(header(19), signed, [key]), isSigned(header(20), signed, [key])]).toEqual([true, false]);
  });

  it('is of this version alone', () => {
    expect(isSigned(sign(key, signed).replace('v1,', 'v1a,'), signed, [key])).toBe(false);
    expect(isSigned(sign(key, signed).slice(3), signed, [key])).toBe(false);
  });

  it('is made with a key of 16 bytes at least', () => {
    const text = (bytes: number) => `whsec_${Buffer.alloc(bytes, 1).toString('base64')}`;
    expect(readKeys(`# two\n\n${text(16)}\r\n ${text(64)} \n`, 'X').map(({ length }) => length)).toEqual([
      16, 64,
    ]);
    expect(() => readKeys(text(15), 'X')).toThrow('less than 16 bytes');
  });
});
