import {
  chmodSync,
  chownSync,
  closeSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { isRootsAlone, isRootsFile, isRootsWay, strangerOn } from '../../../src/rights/control.ts';
import {
  makeDirectory,
  makeDirectoryForApplication,
  makePrivateDirectory,
} from '../../../src/rights/directories.ts';
import {
  makePrivateFile,
  own,
  ownershipFor,
  removeTree,
  setMtime,
  writeNewFile,
} from '../../../src/rights/files.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'made-'));
  const before = process.umask(0o077);
  onTestFinished(() => {
    process.umask(before);
    rmSync(home, { recursive: true });
  });
});
const at = (name: string) => join(home, name);
const modeOf = (name: string) => lstatSync(at(name)).mode & 0o7777;

describe('a new file', () => {
  const like = { mode: 0o664, uid: 1234, gid: 1235 };

  it('has all its pieces, and owner, mode and time as they were asked for, whatever the umask', () => {
    const mtime = new Date('2026-01-02T03:04:05.125Z');
    let isThere = false;
    const pieces = ['a', '', 'bc'].map((text) => Buffer.from(text));
    writeNewFile(at('x'), pieces, { ...like, mtime }, () => {
      isThere = lstatSync(at('x')).isFile();
    });
    const { uid, gid, mtimeMs } = lstatSync(at('x'));
    expect([isThere, uid, gid, modeOf('x'), mtimeMs]).toEqual([true, 1234, 1235, 0o664, mtime.getTime()]);
    expect(readFileSync(at('x'), 'utf8')).toBe('abc');
  });

  it('is never written over what stands there, nor through a link', () => {
    writeFileSync(at('old'), 'old');
    symlinkSync(at('nowhere'), at('link'));
    for (const name of ['old', 'link'])
      expect(() => writeNewFile(at(name), [Buffer.from('new')], like)).toThrow('EEXIST');
    expect(readFileSync(at('old'), 'utf8')).toBe('old');
    expect(lstatSync(at('nowhere'), { throwIfNoEntry: false })).toBe(undefined);
  });

  it('is for nobody else while it is written, and closed when its content fails', () => {
    function* failing(): Generator<Buffer> {
      expect([modeOf('x') & 0o077, lstatSync(at('x')).uid]).toEqual([0o064, 1234]);
      yield Buffer.from('a');
      throw new Error('no content');
    }
    expect(() => writeNewFile(at('x'), failing(), like)).toThrow('no content');
  });

  it('is like the file that it shall replace, without its set-id bits, else with the group of its directory', () => {
    writeFileSync(at('old'), '');
    chownSync(at('old'), 1234, 1235);
    chmodSync(at('old'), 0o6755);
    expect(ownershipFor(at('old'), 0o600)).toEqual({ mode: 0o755, uid: 1234, gid: 1235 });
    chownSync(home, 0, 4321);
    expect(ownershipFor(at('new'), 0o600)).toEqual({ mode: 0o600, uid: process.geteuid?.(), gid: 4321 });
    symlinkSync(at('old'), at('link'));
    expect(ownershipFor(at('link'), 0o600)).toMatchObject({ mode: 0o600, gid: 4321 });
  });
});

describe('an open file that is given to somebody', () => {
  it.each(['4755', '2755', '1755'])('loses what its mode has beside permissions: %s', (mode) => {
    writeFileSync(at('x'), '');
    chownSync(at('x'), 1234, 1235);
    chmodSync(at('x'), Number.parseInt(mode, 8));
    const fd = openSync(at('x'), 'r');
    own(fd, { mode: 0o755, uid: 1234, gid: 1235 });
    closeSync(fd);
    expect(modeOf('x')).toBe(0o755);
  });
});

describe('a private file', () => {
  it('is made for its owner alone, or becomes so where it is this process’s own', () => {
    makePrivateFile(at('new'));
    writeFileSync(at('own'), 'kept');
    chmodSync(at('own'), 0o666);
    makePrivateFile(at('own'));
    expect(['new', 'own'].map(modeOf)).toEqual([0o600, 0o600]);
    expect(readFileSync(at('own'), 'utf8')).toBe('kept');
  });

  it('stays as it is where it is somebody else’s, or a link', () => {
    writeFileSync(at('theirs'), '');
    chownSync(at('theirs'), 1234, 1234);
    symlinkSync(at('theirs'), at('link'));
    symlinkSync(at('nowhere'), at('loose'));
    chmodSync(at('theirs'), 0o644);
    for (const name of ['theirs', 'link', 'loose']) makePrivateFile(at(name));
    expect([modeOf('theirs'), lstatSync(at('nowhere'), { throwIfNoEntry: false })]).toEqual([
      0o644,
      undefined,
    ]);
  });
});

describe('a directory that is made', () => {
  it('is private, or readable for all, whatever the umask and whoever was killed before it was set', () => {
    makePrivateDirectory(at('private'));
    makeDirectory(at('a/b/c'));
    expect(['private', 'a', 'a/b/c'].map(modeOf)).toEqual([0o700, 0o755, 0o755]);
    chmodSync(at('private'), 0o755);
    makePrivateDirectory(at('private'));
    expect(modeOf('private')).toBe(0o700);
    chmodSync(at('a'), 0o711);
    makeDirectory(at('a'));
    expect(modeOf('a'), 'what is there stays as somebody wants it').toBe(0o711);
  });

  it('says whether it was missing, and is no link of somebody’s', () => {
    expect(makeDirectoryForApplication(at('x/y'))).toBe(true);
    expect(makeDirectoryForApplication(at('x/y'))).toBe(false);
    mkdirSync(at('elsewhere'), { mode: 0o755 });
    chmodSync(at('elsewhere'), 0o755);
    symlinkSync(at('elsewhere'), at('link'));
    makePrivateDirectory(at('link'));
    expect(modeOf('elsewhere')).toBe(0o755);
    chownSync(at('elsewhere'), 1234, 1234);
    makePrivateDirectory(at('elsewhere'));
    expect(modeOf('elsewhere'), 'of somebody else').toBe(0o755);
  });
});

it('a tree is removed with all that is in it, also when it is gone', () => {
  mkdirSync(at('tree/below'), { recursive: true });
  writeFileSync(at('tree/below/file'), '');
  removeTree(at('tree'));
  removeTree(at('tree'));
  expect(lstatSync(at('tree'), { throwIfNoEntry: false })).toBe(undefined);
});

it('a time is set to the eighth of a second', () => {
  writeFileSync(at('x'), '');
  setMtime(at('x'), 1_800_000_000_125);
  expect(lstatSync(at('x')).mtimeMs).toBe(1_800_000_000_125);
  expect(() => setMtime(at('missing'), 0)).toThrow('ENOENT');
});

describe('what root alone controls', () => {
  it('is a directory of root’s below such, and nothing that others own, may write to, or lead to', () => {
    mkdirSync(at('roots/below'), { recursive: true });
    for (const name of ['.', 'roots', 'roots/below']) chmodSync(at(name), 0o755);
    expect([isRootsAlone(at('roots/below')), isRootsWay(at('roots/below'))]).toEqual([true, true]);
    symlinkSync(at('roots'), at('link'));
    expect(isRootsAlone(at('link/below'))).toBe(true);
    expect(isRootsAlone(at('missing'))).toBe(false);
    writeFileSync(at('file'), '', { mode: 0o644 });
    chmodSync(at('file'), 0o644);
    expect([isRootsAlone(at('file')), isRootsFile(at('file'))]).toEqual([false, true]);
    for (const mode of [0o775, 0o757]) {
      chmodSync(at('roots'), mode);
      expect([mode, isRootsAlone(at('roots')), isRootsAlone(at('roots/below'))]).toEqual([
        mode,
        false,
        false,
      ]);
    }
    chmodSync(at('roots'), 0o1777);
    expect([isRootsAlone(at('roots')), isRootsAlone(at('roots/below'))]).toEqual([false, true]);
    chmodSync(at('roots'), 0o755);
    chownSync(at('roots'), 1234, 0);
    expect([isRootsAlone(at('roots')), isRootsAlone(at('roots/below')), isRootsWay(at('roots'))]).toEqual([
      false,
      false,
      true,
    ]);
    expect(strangerOn(at('roots/below'))).toEqual({ path: at('roots'), uid: 1234 });
    expect(strangerOn(at('link/below'))).toEqual({ path: at('roots'), uid: 1234 });
    chmodSync(at('file'), 0o664);
    expect(isRootsFile(at('file'))).toBe(false);
  });

  it('is not what a link of somebody else’s leads to, nor one of its own loops', () => {
    mkdirSync(at('roots'));
    for (const name of ['.', 'roots']) chmodSync(at(name), 0o755);
    symlinkSync(at('roots'), at('link'));
    expect(isRootsAlone(at('link'))).toBe(true);
    lchownSync(at('link'), 1234, 1234);
    expect([isRootsAlone(at('link')), strangerOn(at('link'))?.path]).toEqual([false, at('link')]);
    symlinkSync(at('loop'), at('loop'));
    expect([isRootsAlone(at('loop')), isRootsAlone('relative')]).toEqual([false, false]);
  });
});
