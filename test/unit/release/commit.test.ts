import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { readCommit } from '../../../dev/release/commit.ts';
import { documentFiles } from '../../../dev/release/contents.ts';

const COMMITTED = 1_780_000_000;

let home: string;
const git = (...args: string[]) => execFileSync('git', args, { cwd: home });
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'commit-'));
  vi.stubEnv('GIT_CONFIG_GLOBAL', join(home, 'settings'));
  for (const role of ['AUTHOR', 'COMMITTER']) {
    vi.stubEnv(`GIT_${role}_NAME`, 'somebody');
    vi.stubEnv(`GIT_${role}_EMAIL`, 'somebody@example.org');
    vi.stubEnv(`GIT_${role}_DATE`, `${COMMITTED} +0000`);
  }
  writeFileSync(join(home, 'settings'), '');
  writeFileSync(join(home, 'package.json'), '{"version":"1.2.3"}');
  writeFileSync(join(home, '.gitignore'), 'settings\n');
  git('init', '--quiet');
  git('add', '--all');
  git('commit', '--quiet', '--message=all');
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(home, { recursive: true });
});

it('a commit without changes is the same whatever the settings of git have it say', () => {
  const plain = readCommit(home, {});
  expect(plain).toEqual({
    id: expect.stringMatching(/^[0-9a-f]{40}$/),
    time: COMMITTED,
    version: '1.2.3',
    changed: [],
  });
  writeFileSync(
    join(home, 'settings'),
    '[status]\n branch = true\n showStash = true\n[color]\n ui = always\n[log]\n showSignature = true\n',
  );
  expect(readCommit(home, {})).toEqual(plain);
});

it('a commit with changes, or with files that it does not have, is called so', () => {
  writeFileSync(join(home, 'package.json'), '{"version":"1.2.4"}');
  writeFileSync(join(home, 'new'), '');
  expect(readCommit(home, {})).toMatchObject({
    version: '1.2.4+dirty',
    changed: [' M package.json', '?? new'],
  });
});

it('a document that is missing from the tree is left out, and the others have the modes that are committed', () => {
  mkdirSync(join(home, 'docs'));
  for (const name of ['docs/A.md', 'docs/B.md', 'docs/c'])
    writeFileSync(join(home, name), name, { mode: 0o755 });
  git('add', '--all');
  git('update-index', '--chmod=-x', 'docs/A.md', 'docs/B.md');
  git('config', 'core.fileMode', 'false');
  git('commit', '--quiet', '--message=documents');
  expect(readCommit(home, {}).changed).toEqual([]);
  rmSync(join(home, 'docs/B.md'));
  expect(readCommit(home, {})).toMatchObject({ version: '1.2.3+dirty', changed: [' D docs/B.md'] });
  expect(documentFiles(home)).toEqual([
    { path: 'docs/A.md', content: Buffer.from('docs/A.md'), mode: 0o644 },
    { path: 'docs/c', content: Buffer.from('docs/c'), mode: 0o755 },
  ]);
});

it('a time that is no number of seconds is refused', () => {
  expect(readCommit(home, { SOURCE_DATE_EPOCH: '5' }).time).toBe(5);
  expect(() => readCommit(home, { SOURCE_DATE_EPOCH: 'yesterday' })).toThrow('SOURCE_DATE_EPOCH');
});
