import { describe, expect, it } from 'vitest';
import { readAnswer } from '../../../src/fleet/claim.ts';
import { parseJson } from '../../../src/json.ts';

const RESULT = 'RESULT {"machine":"d1","outcome":"updated"}';

describe('the claim in an answer', () => {
  it.each([
    ['', []],
    ['\n', []],
    ['one', ['one']],
    ['one\r\n\r\ntwo\r\n', ['one', '', 'two']],
    [`${RESULT}\nlater`, [RESULT, 'later']],
  ])('is missing without a RESULT as the last line: %j', (body, log) => {
    expect(readAnswer(body)).toEqual({ log, claim: null });
  });

  it.each([
    [RESULT, []],
    [`${RESULT}\r\n\r\n`, []],
    [`\n${RESULT}\n`, ['']],
    [`one\r\ntwo\r\n${RESULT}\r\n`, ['one', 'two']],
    [`one\n\n${RESULT}  \n`, ['one', '']],
  ])('is a RESULT on the last line; the lines before it are the log: %j', (body, log) => {
    expect(readAnswer(body)).toMatchObject({ log, claim: { machine: 'd1', outcome: 'updated' } });
  });

  it('of half a million lines comes with a log of the first 20,000, and the number of the others', () => {
    const { log, claim } = readAnswer(`${'x\n'.repeat(500_000)}${RESULT}\n`);
    expect(claim).not.toBeNull();
    expect(log).toHaveLength(20_001);
    expect(log.at(-2)).toBe('x');
    expect(log.at(-1)).toBe('(480000 more lines are not shown)');
    expect(readAnswer('x\n'.repeat(20_000)).log).toHaveLength(20_000);
  });

  it('is missing if its RESULT is nested deeper than any of ours', () => {
    const nested = (depth: number): string =>
      `RESULT {"machine":"d1","outcome":"updated","x":${'['.repeat(depth)}${']'.repeat(depth)}}`;
    expect(readAnswer(nested(63)).claim).not.toBeNull();
    expect(readAnswer(nested(64)).claim).toBeNull();
    expect(readAnswer(nested(400_000)).claim).toBeNull();
  });
});

describe('JSON from outside', () => {
  it('may have any number of brackets in its texts', () => {
    const value = { 'a[{"': '[{'.repeat(1000), b: '\\', c: '"[[[[', d: ['\\"{{{'] };
    expect(parseJson(JSON.stringify(value))).toEqual(value);
  });

  it('may be as wide as it likes', () => {
    const value = Array.from({ length: 10_000 }, () => [{}]);
    expect(parseJson(JSON.stringify(value))).toEqual(value);
  });

  it.each(['[', '{', '{"a":'])('is not read if %j is repeated without end', (opening) => {
    expect(parseJson(opening.repeat(100_000))).toBeUndefined();
  });
});
