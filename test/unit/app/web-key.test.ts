import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { webKey } from '../../../src/app/web/web-key.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'key-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const path = () => join(dir, 'web.key');

it('the key of seals outlives a restart, and is for its owner alone', () => {
  const key = webKey(dir);
  expect(key).toHaveLength(32);
  expect(webKey(dir)).toEqual(key);
  expect([readdirSync(dir), statSync(path()).mode & 0o777]).toEqual([['web.key'], 0o600]);
});

it.each([0, 31, 33])('a key of %i bytes is none: another one takes its place', (length) => {
  writeFileSync(path(), Buffer.alloc(length, 7));
  const key = webKey(dir);
  expect(key).toHaveLength(32);
  expect(key).not.toEqual(Buffer.alloc(32, 7));
  expect(webKey(dir)).toEqual(key);
});
