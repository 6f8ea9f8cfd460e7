import { describe, expect, it } from 'vitest';
import { bareEtag, quotedEtag, sameEtag } from '../../../src/etag.ts';

describe('an ETag', () => {
  it('loses its quotes, and the sign of a weak one', () => {
    expect(['"abc"', 'W/"abc"', 'abc'].map(bareEtag)).toEqual(['abc', 'abc', 'abc']);
  });

  it('gets quotes where it has none', () => {
    expect(['"abc"', 'abc'].map(quotedEtag)).toEqual(['"abc"', '"abc"']);
  });

  it('is the same with and without quotes, and another one when it differs', () => {
    expect(sameEtag('abc', '"abc"')).toBe(true);
    expect(sameEtag('"abc"', '"abd"')).toBe(false);
  });
});
