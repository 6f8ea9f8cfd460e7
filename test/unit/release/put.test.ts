import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readCommit } from '../../../dev/release/commit.ts';
import { putRelease } from '../../../dev/release/put.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'put-release-'));
});
afterEach(() => rmSync(home, { recursive: true }));

const NAME = 'showcase-config-1.2.3';
const X64 = `${NAME}-linux-x64-glibc.tar.gz`;
const ARM = `${NAME}-linux-arm64-glibc.tar.gz`;
const put = (archives: Record<string, string>) =>
  putRelease(
    home,
    NAME,
    new Map(Object.entries(archives).map(([file, content]) => [file, Buffer.from(content)])),
  );
const sums = () => readFileSync(join(home, `${NAME}.SHA256SUMS`), 'utf8');

describe('putting a release into a directory', () => {
  it('replaces what was put there before, and keeps the sums of other targets', async () => {
    await put({ [X64]: 'first', [ARM]: 'first' });
    const before = sums().split('\n');
    expect(before.map((line) => line.slice(66))).toEqual([ARM, X64, '']);
    expect((await put({ [X64]: 'second' })).foreign).toEqual([]);
    expect(readFileSync(join(home, X64), 'utf8')).toBe('second');
    expect(sums().split('\n')[0]).toBe(before[0]);
    expect(execFileSync('sha256sum', ['-c', `${NAME}.SHA256SUMS`], { cwd: home, encoding: 'utf8' })).toBe(
      `${ARM}: OK\n${X64}: OK\n`,
    );
  });

  it('leaves an archive alone that has these bytes already', async () => {
    await put({ [X64]: 'same' });
    const { ino } = statSync(join(home, X64));
    rmSync(join(home, `${NAME}.SHA256SUMS`)); // as if the first had been killed before it wrote them
    expect((await put({ [X64]: 'same' })).foreign).toEqual([]);
    expect(statSync(join(home, X64)).ino).toBe(ino);
  });

  it('replaces nothing if one of the files is somebody else’s', async () => {
    await put({ [X64]: 'first' });
    writeFileSync(join(home, ARM), 'mine');
    expect(await put({ [X64]: 'second', [ARM]: 'second' })).toEqual({
      written: [],
      foreign: [join(home, ARM)],
    });
    expect(readFileSync(join(home, X64), 'utf8')).toBe('first');
    writeFileSync(join(home, X64), 'changed by hand');
    expect((await put({ [X64]: 'second' })).foreign).toEqual([join(home, X64)]);
  });

  it('replaces no file of sums that has anything else in it', async () => {
    writeFileSync(join(home, `${NAME}.SHA256SUMS`), 'shopping list\n');
    expect((await put({ [X64]: 'first' })).foreign).toEqual([join(home, `${NAME}.SHA256SUMS`)]);
    expect(readdirSync(home)).toEqual([`${NAME}.SHA256SUMS`]);
  });
});

describe('the commit that a release is made of', () => {
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=b', ...args], { cwd: home });
  beforeEach(() => {
    writeFileSync(join(home, 'package.json'), '{ "version": "1.2.3" }');
    git('init', '--quiet');
    git('add', '--all');
    git('commit', '--quiet', '--message=first', '--date=2026-01-02T03:04:05Z');
  });

  it('gives its version and time', () => {
    const committed = Number(execFileSync('git', ['log', '-1', '--format=%ct'], { cwd: home }));
    expect(readCommit(home, {})).toMatchObject({ version: '1.2.3', time: committed, changed: [] });
    expect(readCommit(home, { SOURCE_DATE_EPOCH: '1700000000' })).toMatchObject({ time: 1_700_000_000 });
    expect(() => readCommit(home, { SOURCE_DATE_EPOCH: 'today' })).toThrow('SOURCE_DATE_EPOCH');
  });

  it.each([
    ['a file that was changed', 'package.json', '{ "version": "1.2.3", "private": true }', ' M package.json'],
    ['a file that was added', 'new', '', '?? new'],
  ])('is dirty with %s, and says which', (_, name, content, line) => {
    writeFileSync(join(home, name), content);
    expect(readCommit(home, {})).toMatchObject({ version: '1.2.3+dirty', changed: [line] });
  });

  it('is none outside of a checkout', () => {
    rmSync(join(home, '.git'), { recursive: true });
    expect(() => readCommit(home, {})).toThrow(/not a git repository/);
  });
});
