import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Move, movesDir } from '../../../src/journal/event-moves.ts';
import { forgetMove, renameMoved, writeMove } from '../../../src/tenants/copy-moved.ts';
import { failureOf } from '../../support/suite/failure.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'moved-'));
  onTestFinished(() => rmSync(home, { recursive: true }));
});

const MOVE: Move = { from: '2026-a', digest: 'd', stamp: 's' };

describe('what an event was called before', () => {
  it('is written down for its owner alone, and takes with it what killed runs have left of it', () => {
    const directory = movesDir(home);
    const left = (name: string) => writeFileSync(join(directory, name), '{');
    const [own, other] = ['.2026-b.json.0123456789abcdef.fetched', '.2026-bc.json.0123456789abcdef.fetched'];
    mkdirSync(directory, { recursive: true });
    for (const clear of [() => writeMove(home, '2026-b', MOVE), () => forgetMove(home, '2026-b')]) {
      for (const name of [own, other]) left(name);
      clear();
      expect(readdirSync(directory)).not.toContain(own);
      expect(readdirSync(directory)).toContain(other);
      if (existsSync(join(directory, '2026-b.json'))) {
        expect(statSync(join(directory, '2026-b.json')).mode & 0o777).toBe(0o600);
        expect(JSON.parse(readFileSync(join(directory, '2026-b.json'), 'utf8'))).toEqual(MOVE);
      }
    }
    expect(readdirSync(directory)).toEqual([other]);
  });
});

describe('a database under its old name', () => {
  it('goes aside before its log, without which it would be an older one', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-02-03T04:05:06Z') });
    onTestFinished(() => void vi.useRealTimers());
    const path = join(home, '2026-a.sqlite3');
    const aside = `${path}.moved-20260203T040506Z`;
    for (const suffix of ['', '-wal', '-shm']) writeFileSync(path + suffix, suffix);
    // The log cannot go where it should.
    mkdirSync(`${aside}-wal`);
    expect((await failureOf(() => renameMoved(path))).code).toBe('disk');
    expect([existsSync(path), existsSync(aside), existsSync(`${path}-wal`)]).toEqual([false, true, true]);
    rmSync(`${aside}-wal`, { recursive: true });
    expect(renameMoved(path)).toBe(aside);
    expect(readdirSync(home).sort()).toEqual(
      ['', '-shm', '-wal'].map((suffix) => `2026-a.sqlite3.moved-20260203T040506Z${suffix}`),
    );
  });
});
