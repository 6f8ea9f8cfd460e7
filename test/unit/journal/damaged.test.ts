import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { renameDamaged } from '../../../src/database/repair.ts';
import { openDatabase } from '../../../src/database/sqlite.ts';
import { readHistory } from '../../../src/journal/history.ts';
import { acquireJournal } from '../../../src/journal/journal.ts';
import { makeDbDir, withJournal } from '../../support/journal/db-dir.ts';
import { contend } from '../../support/journal/processes.ts';

describe('a journal that cannot be used', () => {
  const journalIn = (dbDir: string) => join(dbDir, '.update_config', 'journal.db');
  const damaged = (dbDir: string) =>
    readdirSync(join(dbDir, '.update_config')).filter((name) => name.includes('.damaged-'));

  it.each([
    ['is no database', (path: string) => writeFileSync(path, 'x'.repeat(9000))],
    [
      'is a database of another program',
      (path: string) => {
        rmSync(path);
        openDatabase(path).exec('CREATE TABLE strangers (id)').close();
      },
    ],
    [
      'has a torn page',
      (path: string) => {
        const bytes = readFileSync(path);
        bytes.fill(0xa5, 4096, 12_288);
        writeFileSync(path, bytes);
      },
    ],
  ])('because it %s is set aside with a note, and the update goes on with a new one', async (_, spoil) => {
    const dbDir = makeDbDir();
    await withJournal(dbDir, () => {});
    spoil(journalIn(dbDir));
    // Without a wait: a caller that has no patience gets the new one, too.
    const journal = await acquireJournal({ dbDir, timeoutMs: 0 });
    expect(journal.notes).toEqual([expect.stringContaining('set aside')]);
    expect(journal.history(1)).toEqual([]);
    journal.close();
    expect(damaged(dbDir)).toHaveLength(1);
    await withJournal(dbDir, (journal) => expect(journal.notes).toEqual([]));
  });

  it('is set aside once if 12 processes find it damaged at the same time, and never two hold the lock', async () => {
    const dbDir = makeDbDir();
    await withJournal(dbDir, () => {});
    writeFileSync(journalIn(dbDir), 'x'.repeat(9000));
    const said = await contend(dbDir, 12);
    expect(said.every((line) => line === 'ran\n' || line === 'shared\n')).toBe(true);
    expect(damaged(dbDir)).toHaveLength(1);
  });

  it('is left to the process that is setting it aside, or has made a new one', async () => {
    const dbDir = makeDbDir();
    await withJournal(dbDir, () => {});
    const guard = openDatabase(join(dbDir, '.update_config', 'repair.db')).exec('BEGIN EXCLUSIVE');
    expect(renameDamaged(journalIn(dbDir), () => true)).toBeNull();
    guard.close();
    expect(renameDamaged(journalIn(dbDir), () => false)).toBeNull();
    expect(existsSync(journalIn(dbDir))).toBe(true);
    expect(renameDamaged(journalIn(dbDir), () => true)).toContain('.damaged-');
    expect(existsSync(journalIn(dbDir))).toBe(false);
  });

  it('because it was removed while another process waited for it is made again once the holder is done', async () => {
    const dbDir = makeDbDir();
    const first = await acquireJournal({ dbDir, timeoutMs: 0 });
    const second = acquireJournal({ dbDir, timeoutMs: 60_000 });
    rmSync(journalIn(dbDir));
    first.close();
    const journal = await second;
    expect(existsSync(journalIn(dbDir))).toBe(true);
    await expect(acquireJournal({ dbDir, timeoutMs: 0 })).rejects.toMatchObject({ code: 'lock-timeout' });
    journal.close();
  });

  it('because a newer version made it is left unchanged, and the failure says so', async () => {
    const dbDir = makeDbDir();
    await withJournal(dbDir, () => {});
    openDatabase(journalIn(dbDir)).exec('PRAGMA user_version = 3').close();
    const refusal = { code: 'config-invalid', message: expect.stringContaining('newer version') };
    await expect(acquireJournal({ dbDir, timeoutMs: 0 })).rejects.toMatchObject(refusal);
    await expect(readHistory(dbDir, 1)).rejects.toMatchObject(refusal);
    expect(damaged(dbDir)).toEqual([]);
  });
});
