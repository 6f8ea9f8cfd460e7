import { describe, expect, it } from 'vitest';
import {
  derivedKey,
  isDeployKey,
  isPlanSigned,
  planSignature,
  writtenKey,
} from '../../../src/callbacks/callback-signatures.ts';
import { isSigned, sign } from '../../../src/signature.ts';
import { KEY, VECTORS } from '../../support/callbacks/vectors.ts';

describe('the signatures of a callback', () => {
  it.each(VECTORS)('are those of the contract, for $id', ({ body, bytes, plan, id, timestamp, webhook }) => {
    const sent = Buffer.from(body);
    expect(sent).toHaveLength(bytes);
    expect(planSignature(KEY, sent)).toBe(plan);
    expect(isPlanSigned(plan, KEY, sent)).toBe(true);
    const signed = { id, timestamp, body: sent };
    expect(sign(derivedKey(KEY), signed)).toBe(webhook);
    expect(isSigned(webhook, signed, [derivedKey(KEY)])).toBe(true);
  });

  it("sign as GitHub's published example does", () => {
    expect(planSignature("It's a Secret to Everybody", Buffer.from('Hello, World!'))).toBe(
      'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
    );
  });

  it('use the text of the deploy key for the plan, and its bytes for the derived key', () => {
    const body = Buffer.from('{"status":"completed","error":null}');
    expect(planSignature(KEY, body)).toBe(
      'sha256=df58185ec9bb426220e1b97bc71bf74efc13ea18131cd67cce7cd252cbc5844a',
    );
    expect(planSignature(KEY.toUpperCase(), body)).not.toBe(planSignature(KEY, body));
    expect(writtenKey(derivedKey(KEY))).toBe('whsec_KzdvmqVewIaDLsPsq/YM3vk3J9S53Vl9/g5oC+jAQxE=');
    expect(derivedKey(KEY.toUpperCase())).toEqual(derivedKey(KEY));
  });

  it.each([
    ['absent', null],
    ['empty', ''],
    ['without a digest', 'sha256='],
    ['in capitals', planSignature(KEY, Buffer.from('{}')).toUpperCase().replace('SHA256', 'sha256')],
    ['short', planSignature(KEY, Buffer.from('{}')).slice(0, -1)],
    ['with something behind it', `${planSignature(KEY, Buffer.from('{}'))}0`],
    ['no digits', `sha256=${'g'.repeat(64)}`],
    ['of other bytes', planSignature(KEY, Buffer.from('{ }'))],
  ])('are refused and never throw where that of the plan is %s', (_, header) => {
    expect(isPlanSigned(header, KEY, Buffer.from('{}'))).toBe(false);
  });
});

describe('a deploy key', () => {
  it.each([
    [KEY, true],
    [KEY.toUpperCase(), true],
    [`${KEY}\n`, false],
    [KEY.slice(1), false],
    [`${KEY}0`, false],
    ['', false],
  ])('is 64 hexadecimal digits: %j is %s', (text, isOne) => {
    expect(isDeployKey(text)).toBe(isOne);
  });
});
