import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { asFailure, Failure } from '../../../src/failure.ts';
import { codeOf, diskError, fileId, isDirectory, notAsWritten, onDisk } from '../../../src/files/disk.ts';
import { openRegularFile, readRegularFile } from '../../../src/files/regular-file.ts';
import { stagedBy, stagedPath } from '../../../src/files/staged-names.ts';
import { syncDirectory } from '../../../src/files/sync-directory.ts';
import { makeTemporaryDirectory } from '../../../src/files/temporary.ts';

const RUN = '20260102T030405678Z-1f2e3d';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'files-'));
  onTestFinished(() => rmSync(home, { recursive: true }));
});
const at = (name: string) => join(home, name);

describe('a file that others can put anything in the place of', () => {
  it('is read whole up to the limit, which it may have, and not beyond it', () => {
    writeFileSync(at('file'), 'abc');
    expect(readRegularFile(at('file'), 3)).toMatchObject({ kind: 'file', bytes: Buffer.from('abc') });
    expect(readRegularFile(at('file'), 2)).toEqual({ kind: 'too-large', size: 3 });
    truncateSync(at('file'), 2 ** 40);
    expect(readRegularFile(at('file'), 2 ** 20)).toEqual({ kind: 'too-large', size: 2 ** 40 });
  });

  it('is distinguished from anything else, which is neither waited for nor followed', () => {
    writeFileSync(at('file'), 'abc');
    symlinkSync(at('file'), at('link'));
    mkdirSync(at('directory'));
    execFileSync('mkfifo', [at('pipe')]);
    const kinds = ['missing', 'link', 'directory', 'pipe'].map((name) => readRegularFile(at(name), 9).kind);
    expect(kinds).toEqual(['missing', 'special', 'directory', 'special']);
    expect(readRegularFile('/dev/zero', 9).kind).toBe('special');
    expect(() => readRegularFile(join(at('file'), 'below'), 9)).toThrow('ENOTDIR');
  });

  it('is opened behind a link, but not where that leads to a pipe or a directory', () => {
    execFileSync('mkfifo', [at('pipe')]);
    for (const name of ['pipe', '.']) expect([name, openRegularFile(at(name))]).toEqual([name, null]);
    expect(() => openRegularFile(at('missing'))).toThrow('ENOENT');
  });
});

describe('the name of a staged file', () => {
  it('is beside its target, hidden, and names the run', () => {
    expect(stagedPath('/a/b.yml', RUN)).toBe(`/a/.b.yml.${RUN}.staged`);
    for (const suffix of ['', '-journal', '-wal', '-shm'])
      expect(stagedBy(`.b.yml.${RUN}.staged${suffix}`)).toBe(RUN);
  });

  it.each([`b.yml.${RUN}.staged`, `.b.yml.${RUN}.staged-x`, `.${RUN}.staged`, '.b.yml.staged', `.b.${RUN}`])(
    'is not one of this program: %s',
    (name) => expect(stagedBy(name)).toBe(null),
  );
});

describe('an error of the disk', () => {
  const hintOf = (code: string) => {
    const error = diskError('cannot write', '/x', Object.assign(new Error('why'), { code }));
    return error instanceof Failure ? error.hint : null;
  };
  it.each([
    ['ENOSPC', /^Free some space/],
    ['EDQUOT', /^Free some space/],
    ['SQLITE_FULL', /^Free some space/],
    ['EFBIG', /^That file system, or a limit/],
    ['EMFILE', /^Too many files are open/],
    ['ENFILE', /^Too many files are open/],
    ['EROFS', /writable/],
    ['SQLITE_READONLY', /writable/],
    ['SQLITE_READONLY_DIRECTORY', /writable/],
    ['EACCES', /^Run it as root/],
    ['EPERM', /^Run it as root/],
    ['SQLITE_PERM', /^Run it as root/],
    ['EISDIR', /aside/],
    ['ENOTDIR', /aside/],
    ['ELOOP', /aside/],
    ['EEXIST', /aside/],
    ['EBUSY', /mount its directory/],
    ['EIO', /health/],
    ['ENXIO', /health/],
    ['SQLITE_IOERR_WRITE', /health/],
    ['SQLITE_CANTOPEN', /Check that the directory exists/],
    ['SQLITE_READONLY_DBMOVED', /Check that the directory exists/],
  ])('of code %s says what to do', (code, hint) => expect(hintOf(code)).toMatch(hint));

  it.each(['ENOENT', 'SQLITE_BUSY', 'SQLITE_CORRUPT', 'SQLITE_NOTADB', 'XENOSPC', ''])(
    'does not include code %j, which is passed on unchanged',
    (code) => expect(hintOf(code)).toBe(null),
  );

  it('names what was attempted, keeps its cause, and leaves a failure that says more as it is', () => {
    const cause = Object.assign(new Error('why'), { code: 'SQLITE_FULL' });
    const run = () =>
      onDisk('cannot write', '/x', () => {
        throw cause;
      });
    expect(run).toThrow('cannot write /x: why (SQLITE_FULL)');
    const known = new Failure('busy', 'm', { hint: 'h' });
    expect(diskError('a', 'b', known)).toBe(known);
    expect((diskError('a', 'b', cause) as Failure).cause).toBe(cause);
    expect([isDirectory('/x'), notAsWritten('/x')].map(({ code }) => code)).toEqual(['disk', 'disk']);
    expect([codeOf(cause), codeOf(new Error('x')), codeOf('x'), codeOf({ code: 7 })]).toEqual([
      'SQLITE_FULL',
      '',
      '',
      '',
    ]);
  });

  it('that is unexpected is internal, and has its message', () => {
    expect(asFailure(new TypeError('bad'))).toMatchObject({ code: 'internal', message: 'unexpected: bad' });
    expect(asFailure('text').message).toBe('unexpected: text');
  });
});

it('a file is known by its inode, and none by nothing', () => {
  writeFileSync(at('file'), '');
  const { dev, ino } = statSync(at('file'));
  expect([fileId(at('file')), fileId(at('missing'))]).toEqual([`${dev}:${ino}`, null]);
});

it('a directory is flushed, and what is none is an error', () => {
  syncDirectory(home);
  writeFileSync(at('file'), '');
  expect(() => syncDirectory(at('file'))).toThrow('ENOTDIR');
});

it('a temporary directory is for its owner alone', () => {
  const path = makeTemporaryDirectory('showcase-');
  onTestFinished(() => rmSync(path, { recursive: true }));
  expect(statSync(path).mode & 0o777).toBe(0o700);
});
