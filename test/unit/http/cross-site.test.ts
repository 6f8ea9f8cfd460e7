import { describe, expect, it } from 'vitest';
import { isCrossSite } from '../../../src/http/cross-site.ts';

const HOSTS = ['smooth.fly.dev', '127.0.0.1:9898'];

describe('a request that could change something', () => {
  it.each<[string | null, string | null, boolean]>([
    ['https://smooth.fly.dev', 'same-origin', false],
    ['https://smooth.fly.dev', null, false],
    ['http://127.0.0.1:9898', 'same-origin', false],
    [null, 'same-origin', false],
    [null, 'none', false],
    [null, null, false],
    // A proxy may have ended TLS and said nothing of it.
    ['http://smooth.fly.dev', 'same-origin', false],
    ['https://smooth.fly.dev:443', 'same-origin', false],
    ['https://smooth.fly.dev', 'cross-site', true],
    ['https://smooth.fly.dev', 'same-site', true],
    [null, 'cross-site', true],
    [null, 'same-site', true],
    [null, 'something', true],
    ['https://evil.example', 'same-origin', true],
    ['https://evil.example', null, true],
    ['https://smooth.fly.dev.evil.example', null, true],
    ['https://smooth.fly.dev:8443', null, true],
    ['http://127.0.0.1', null, true],
    ['null', null, true],
    ['null', 'same-origin', true],
    ['', null, true],
    ['smooth.fly.dev', null, true],
    ['file://smooth.fly.dev', null, true],
    ['javascript://smooth.fly.dev', null, true],
  ])('from %j and Sec-Fetch-Site %j counts as one of another site: %s', (origin, site, expected) => {
    expect(isCrossSite({ method: 'POST', origin, site }, HOSTS)).toBe(expected);
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND'])('may be a %s', (method) => {
    expect(isCrossSite({ method, origin: 'https://evil.example', site: null }, HOSTS)).toBe(true);
  });

  it.each(['GET', 'HEAD', 'OPTIONS'])('is no %s', (method) => {
    expect(isCrossSite({ method, origin: 'https://evil.example', site: 'cross-site' }, HOSTS)).toBe(false);
  });
});
