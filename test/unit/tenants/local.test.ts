import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readLocal } from '../../../src/tenants/local-copy.ts';

let home: string;
let path: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'local-'));
  path = join(home, '2025-boston.sqlite3');
});
afterEach(() => rmSync(home, { recursive: true }));

function write(file: string, bytes: number, time: string): void {
  writeFileSync(file, Buffer.alloc(bytes));
  utimesSync(file, new Date(time), new Date(time));
}

const EARLY = '2025-11-19T12:00:00.250Z';
const LATE = '2025-11-19T12:00:07Z';

describe('the local copy of a database', () => {
  it('is null if there is no file', () => {
    expect(readLocal(path)).toBeNull();
  });

  it('has the size and time of the file', () => {
    write(path, 4096, EARLY);
    expect(readLocal(path)).toEqual({ size: 4096, empty: false, modified: new Date(EARLY), linked: false });
  });

  it('has the time of its write-ahead log, if that is later and not empty', () => {
    write(path, 4096, EARLY);
    write(`${path}-wal`, 0, LATE);
    expect(readLocal(path)?.modified).toEqual(new Date(EARLY));
    write(`${path}-wal`, 32, LATE);
    expect(readLocal(path)?.modified).toEqual(new Date(LATE));
    write(path, 4096, '2025-11-19T12:00:09Z');
    expect(readLocal(path)?.modified).toEqual(new Date('2025-11-19T12:00:09Z'));
  });

  it('says if it is behind a link', () => {
    write(join(home, 'elsewhere'), 10, EARLY);
    symlinkSync(join(home, 'elsewhere'), path);
    expect(readLocal(path)).toEqual({ size: 10, empty: false, modified: new Date(EARLY), linked: true });
  });

  it('is refused if it is a directory, a pipe or a broken link', () => {
    symlinkSync(join(home, 'nowhere'), path);
    expect(() => readLocal(path)).toThrow(/symbolic link to nowhere/);
    rmSync(path);
    execFileSync('mkfifo', [path]);
    expect(() => readLocal(path)).toThrow(/is not a regular file/);
    rmSync(path);
    mkdirSync(path);
    expect(() => readLocal(path)).toThrow(/is a directory/);
  });
});
