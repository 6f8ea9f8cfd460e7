import { closeSync, existsSync, openSync, readdirSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { renameDamaged } from '../../../src/database/repair.ts';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { lightly, openRunsFile } from '../../../src/runs/runs-file.ts';
import { Rig } from '../../support/runs/rig.ts';

let rig: Rig;

beforeEach(() => {
  rig = new Rig();
});
afterEach(() => rig.close());

const stateDir = () => join(rig.home, 'state');
const file = () => join(stateDir(), 'runs.sqlite3');

describe('the file', () => {
  it('is where only its owner may look', () => {
    expect(statSync(stateDir()).mode & 0o777).toBe(0o700);
  });

  it('has a version, a write-ahead log, and outlasts a power cut', async () => {
    await rig.runs.close();
    const db = openRunsFile(stateDir());
    const pragma = (name: string) => db.pragma(name, { simple: true });
    expect([pragma('user_version'), pragma('journal_mode'), pragma('synchronous')]).toEqual([4, 'wal', 2]);
    // Only what is done lightly is not flushed: what comes after it is again, also where it went wrong.
    expect(lightly(db, () => pragma('synchronous'))).toBe(1);
    expect(pragma('synchronous')).toBe(2);
    const failing = () => {
      throw new Error('no work');
    };
    expect(() => lightly(db, failing)).toThrow('no work');
    expect(pragma('synchronous')).toBe(2);
    db.close();
    rig.open();
  });

  it.each([
    ['is no database', () => writeFileSync(file(), 'x'.repeat(5000))],
    [
      'has another table',
      () => {
        const db = openDatabase(file());
        db.exec('CREATE TABLE foreign_table (x)');
        db.close();
      },
    ],
  ])('is set aside when it %s, and a new one is made', async (_, damage) => {
    rig.save('one');
    await rig.runs.close();
    damage();
    rig.open();
    expect(rig.runs.changes().total).toBe(0);
    expect(rig.problems).toEqual([expect.stringMatching(/^the record of runs was damaged/)]);
    expect(
      readdirSync(stateDir()).filter((name) => /^runs\.sqlite3\.damaged-[0-9TZ]+$/.test(name)),
    ).toHaveLength(1);
    rig.save('two');
    expect(rig.runs.changes().total).toBe(1);
  });

  it('is set aside with its log, which must never be played back into a new one', async () => {
    await rig.runs.close();
    writeFileSync(`${file()}-wal`, 'log');
    writeFileSync(`${file()}-shm`, 'its index');
    const aside = renameDamaged(file(), () => true);
    expect(
      readdirSync(stateDir())
        .filter((name) => name.startsWith('runs.sqlite3'))
        .toSorted(),
    ).toEqual(['', '-shm', '-wal'].map((ending) => `${basename(aside ?? '')}${ending}`));
    rig.open();
  });

  it('whose events are damaged keeps no run from its end, and is set aside at the next start', async () => {
    await rig.runs.close();
    const db = openDatabase(file());
    const root =
      db.prepare<[], number>("SELECT rootpage FROM sqlite_schema WHERE name = 'events'").pluck().get() ?? 0;
    db.close();
    const fd = openSync(file(), 'r+');
    writeSync(fd, Buffer.alloc(4096, 0xff), 0, 4096, (root - 1) * 4096);
    closeSync(fd);
    rig.open().start();
    const id = rig.save('one');
    const { run } = await rig.reaches(id, 'live');
    expect(() => rig.runs.events(run ?? '', 0, 10)).toThrow(/malformed/);
    expect(rig.problems[0]).toMatch(/malformed/);
    await rig.runs.close();
    rig.open().start();
    expect([rig.runs.changes().total, rig.problems.at(-1)]).toEqual([
      0,
      expect.stringMatching(/was damaged/),
    ]);
    await rig.reaches(rig.save('two'), 'live');
    expect(existsSync(`${file()}.suspect`), 'every page is looked at once, not at every start').toBe(false);
  });

  it('of a newer release is left alone', async () => {
    await rig.runs.close();
    const db = openDatabase(file());
    db.pragma('user_version = 5');
    db.close();
    expect(() => rig.open()).toThrow(expect.objectContaining({ code: 'config-invalid' }));
    const again = openDatabase(file());
    again.pragma('user_version = 4');
    again.close();
    rig.open();
  });
});
