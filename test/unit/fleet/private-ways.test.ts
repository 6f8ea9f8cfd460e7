import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { retryAfterMs } from '../../../src/fleet/exchange.ts';
import { readCredentials } from '../../../src/fleet/machine-login.ts';
import { isFinal, ofUnsigned } from '../../../src/fleet/refusals.ts';
import { isPrivateWay } from '../../../src/private-way.ts';

describe('credentials are sent', () => {
  it.each([
    'http://d1.internal.example.com/',
    'http://internal.evil.example/',
    'http://x.internal.evil.example/',
    'http://internal/',
    'http://flycast/',
    'http://evilinternal/',
    'http://evil-flycast/',
    'http://app.flycast.example/',
    'http://127.0.0.1.example.com/',
    'http://128.0.0.1/',
    'http://evil127.0.0.1.example/',
    'http://localhost.example.com/',
    'http://notlocalhost/',
    'http://[::2]/',
    'http://smooth.fly.dev/',
  ])('not over a way that others could read: %s', (url) => expect(isPrivateWay(new URL(url))).toBe(false));

  it.each([
    'http://localhost:1/',
    'http://127.0.0.1/',
    'http://127.9.9.9/',
    'http://[::1]:80/',
    'http://d1.vm.smooth.internal/',
    'http://smooth.flycast/',
    'https://evil.example/',
  ])('within Fly, on this machine, and encrypted: %s', (url) =>
    expect(isPrivateWay(new URL(url))).toBe(true),
  );
});

describe('a netrc', () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'netrc-'));
  });
  afterEach(() => rmSync(home, { recursive: true }));

  const read = (mode: number) => {
    const path = join(home, '.netrc');
    writeFileSync(path, 'machine a.b login ann password p1');
    chmodSync(path, mode);
    const found = readCredentials(null, { HOME: home }, 'a.b');
    return found?.scheme === 'basic' ? (found.caution ?? null) : found;
  };

  it.each([0o640, 0o620, 0o610, 0o604, 0o601])('that others can read causes a warning: %o', (mode) => {
    expect(read(mode)).toContain('chmod 600');
  });

  it.each([0o600, 0o400, 0o700])('that is its owner’s alone causes none: %o', (mode) => {
    expect(read(mode)).toBe(null);
  });
});

describe('a pause that a machine asks for', () => {
  const now = Date.parse('2026-01-02T03:04:05Z');
  it.each([
    ['2', 2000],
    [' 10 ', 10_000],
    ['Fri, 02 Jan 2026 03:04:15 GMT', 10_000],
    ['Fri, 02 Jan 2026 03:04:00 GMT', 0],
    ['0', 0],
    ['', null],
    ['soon', null],
    ['-5', null],
  ])('%j is %s ms', (text, ms) => {
    if (text === '-5') return expect(retryAfterMs({ 'retry-after': text }, now)).not.toBe(-5000);
    expect(retryAfterMs({ 'retry-after': text }, now)).toBe(ms);
  });
});

describe('an answer that asking again cannot change', () => {
  const claim = (code: string) =>
    ({ error: { code, message: 'm', hint: 'h' } }) as unknown as Parameters<typeof isFinal>[1];
  it('is that of a server that cannot, and a failure that needs a repair first', () => {
    expect([501, 505].map((status) => isFinal(status, null))).toEqual([true, true]);
    expect([500, 502, 503, 504].map((status) => isFinal(status, null))).toEqual([false, false, false, false]);
    for (const code of ['config-invalid', 'check-failed', 'index-missing', 'no-generation'])
      expect([code, isFinal(500, claim(code)), isFinal(503, claim(code))]).toEqual([code, true, false]);
    for (const code of ['disk', 'lock-timeout', 'internal', 'store-timeout'])
      expect([code, isFinal(500, claim(code))]).toEqual([code, false]);
  });

  it('to a signature blames the clocks from 290 seconds on, and the key below that', () => {
    const now = Date.parse('2026-01-02T03:04:05Z');
    const told = (seconds: number) =>
      ofUnsigned({ date: new Date(now + seconds * 1000).toUTCString() }, now).message;
    expect(told(291)).toContain('291 s ahead of');
    expect(told(-291)).toContain('291 s behind');
    expect([told(290), told(-290), ofUnsigned({}, now).message].map((text) => text.includes('key'))).toEqual([
      true,
      true,
      true,
    ]);
  });
});
