import { chmodSync, chownSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { readSecretFile } from '../../../src/rights/secret-file.ts';
import { failureOf } from '../../support/suite/failure.ts';

let path: string;
beforeEach(() => {
  const home = mkdtempSync(join(tmpdir(), 'secret-'));
  onTestFinished(() => rmSync(home, { recursive: true }));
  path = join(home, 'key');
  writeFileSync(path, ' \r\nsecret one\nsecret two \n\n', { mode: 0o600 });
});

const problemOf = async (file = path) => {
  const { code, message, hint } = await failureOf(() => readSecretFile(file, 'KEY_FILE'));
  expect([code, `${message} ${hint}`.includes('secret one')]).toEqual(['config-invalid', false]);
  return message;
};

describe('a file with a secret', () => {
  it('is read without the white space around it', () => {
    for (const mode of [0o600, 0o400, 0o700]) {
      chmodSync(path, mode);
      expect(readSecretFile(path, 'KEY_FILE')).toBe('secret one\nsecret two');
    }
  });

  it.each(['640', '620', '610', '604', '602', '601'])('is refused with the mode %s', async (mode) => {
    chmodSync(path, Number.parseInt(mode, 8));
    expect(await problemOf()).toContain('can be read by others than its owner');
  });

  it('is refused where it is another user’s', async () => {
    chownSync(path, 1234, 0);
    expect(await problemOf()).toContain('has another owner');
  });

  it('has 64 KiB at most, and is neither empty nor a link', async () => {
    writeFileSync(path, 'x'.repeat(64 * 1024));
    expect(readSecretFile(path, 'KEY_FILE')).toHaveLength(64 * 1024);
    symlinkSync(path, `${path}-link`);
    expect(await problemOf(`${path}-link`)).toMatch(/not a file of its own|cannot be read/);
    writeFileSync(path, 'x'.repeat(64 * 1024 + 1));
    expect(await problemOf()).toContain('not a file of its own');
    writeFileSync(path, ' \n');
    expect(await problemOf()).toContain('is empty');
    expect(await problemOf(`${path}-missing`)).toContain('is not there');
    expect(await problemOf('key')).toContain('not an absolute path');
  });
});
