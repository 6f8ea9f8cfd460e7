import { chmodSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readSecrets } from '../../../src/app/secrets.ts';
import { withoutSecrets } from '../../../src/child/child-environment.ts';

const NAME = 'AWS_SECRET_ACCESS_KEY';
const FILE = 'AWS_SECRET_ACCESS_KEY_FILE';

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'secrets-'));
  path = join(directory, 'secret');
  writeFileSync(path, 'from-the-file\n', { mode: 0o600 });
});
afterEach(() => rmSync(directory, { recursive: true }));

describe('a secret in a file', () => {
  it('replaces its variable, which may hold a key of the events', () => {
    const { env, problems, cautions, unused } = readSecrets({ [FILE]: path, [NAME]: 'of-the-events' }, true);
    expect(env[NAME]).toBe('from-the-file');
    // Which is told to nobody, either.
    expect(unused).toContain('of-the-events');
    expect([...problems]).toEqual([]);
    expect(cautions).toEqual([]);
  });

  it('that is in the environment, too, gives a warning', () => {
    const { env, cautions } = readSecrets({ [FILE]: path, [NAME]: 'from-the-file' }, true);
    expect(env[NAME]).toBe('from-the-file');
    expect(cautions).toEqual([expect.stringContaining(`${NAME} has the value that is in ${FILE}`)]);
    expect(cautions.join()).not.toContain('from-the-file');
  });

  it.each([
    ['that others can read', () => chmodSync(path, 0o644)],
    ['that is not there', () => rmSync(path)],
    [
      'behind a link',
      () => {
        rmSync(path);
        symlinkSync('/etc/passwd', path);
      },
    ],
  ])('%s is refused, and its variable does not replace it', (_, spoil) => {
    spoil();
    const { env, problems } = readSecrets({ [FILE]: path, [NAME]: 'of-the-events' }, true);
    expect(env[NAME]).toBeUndefined();
    expect(problems.get(NAME)).toMatchObject({ code: 'config-invalid' });
  });
});

describe('a secret in the environment alone', () => {
  it('counts, with a warning if events of another account can read it', () => {
    const { env, cautions } = readSecrets({ [NAME]: 'open' }, true);
    expect(env[NAME]).toBe('open');
    expect(cautions).toEqual([expect.stringContaining(`name it in ${FILE}`)]);
    expect(cautions.join()).not.toContain('open');
  });

  it('gives no warning if everything runs under one account', () => {
    expect(readSecrets({ [NAME]: 'open' }, false).cautions).toEqual([]);
  });
});

it('no program of the application’s is given any secret that a file holds', () => {
  const settings = readFileSync(join(import.meta.dirname, '../../../docs/SETTINGS.md'), 'utf8');
  const files = [...new Set(settings.match(/\b[A-Z][A-Z_0-9]+_FILE\b/g))];
  expect(files.length).toBeGreaterThan(10);
  for (const file of files) {
    const { env } = readSecrets({ [file]: path, PATH: '/bin' }, true);
    expect([file, Object.values(env)]).toEqual([file, expect.arrayContaining(['from-the-file'])]);
    expect([file, withoutSecrets(env)]).toEqual([file, { PATH: '/bin' }]);
  }
});
